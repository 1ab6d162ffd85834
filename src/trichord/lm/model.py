"""CodecLM: a decoder-only language model over codec tokens, under conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trichord.errors import InputError
from trichord.lm.conditions import ConditionEncoder, Conditions
from trichord.lm.config import LMConfig, read_config
from trichord.lm.files import read_weights, save_model
from trichord.lm.fusers import Fused, make_fuser
from trichord.lm.generation import Request, generate, stream
from trichord.lm.linear import Linear
from trichord.lm.loss import IGNORED, LMLoss, heads_loss
from trichord.lm.masked import masked_logits, masked_loss, shown_tokens
from trichord.lm.patterns import make_pattern
from trichord.lm.providers import PitchProvider
from trichord.lm.reference import ReferenceEncoder, fitted_codes
from trichord.lm.sampling import Sampling
from trichord.lm.text import TextProvider
from trichord.lm.transformer import Cache, Transformer


class CodecLM(nn.Module):
    """Embeddings of K codebooks summed, a transformer, K heads.

    The frame grid of a codec need not be uniform in time, but frame f always means the same moment
    of a note; hence positions are learned, one per step.
    """

    def __init__(self, config: LMConfig) -> None:
        super().__init__()
        self.config = config
        self.masked = config.decoding == "masked"
        pattern = "parallel" if self.masked else config.pattern
        self.pattern = make_pattern(pattern, config.num_codebooks)
        K, C = config.num_codebooks, config.cardinality
        self.tokens = nn.Embedding(K * (C + 1), config.dim)  # one table, codebook after codebook
        self.positions = nn.Embedding(self.pattern.steps(config.max_frames), config.dim)
        self.conditioner = ConditionEncoder(config)
        self.reference = ReferenceEncoder(config) if config.like_frames else None
        self.text = TextProvider(config) if config.text_dim else None
        self.transformer = Transformer(config)
        self.heads = Linear(config.dim, K * C)
        self.register_buffer("offsets", torch.arange(K) * (C + 1), persistent=False)
        self.register_buffer("weights", _codebook_weights(config), persistent=False)
        self._fuse = make_fuser(config.fuser)
        self._initialise()

    def _initialise(self) -> None:
        conditions = (self.conditioner, self.reference, self.text)
        parts = [part for module in conditions if module is not None for part in module.modules()]
        for module in (self.tokens, self.positions, self.heads, *parts):
            if isinstance(module, nn.Embedding | nn.Linear):
                nn.init.normal_(module.weight, std=0.02)
        for module in parts:
            if isinstance(module, PitchProvider):
                nn.init.zeros_(module.table.weight)

    @property
    def special(self) -> int:
        """The token that stands where no frame is shown."""
        return self.config.cardinality

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return self.heads.weight.device

    # -- training ---------------------------------------------------------------------------------

    def forward(self, codes: Tensor, conditions: Conditions) -> Tensor:
        """Logits of every code, each given the conditions and the steps before its own.

        A masked model says of each code what belongs into holes in its place, given the lower
        codebooks: holes are entries of its own codebook that are `special`.

        Args:
            codes: integers [B, K, F].
            conditions: of B notes.

        Returns:
            [B, K, F, C].
        """
        if self.masked:
            return self._fill(self._laid_out(codes), self.fused(conditions, len(codes)))
        sequence = self._laid_out(codes)
        hidden = self._hidden(sequence, conditions)
        logits = self.logits(hidden).transpose(1, 2)  # [B, K, S, C]
        return self.pattern.revert(logits, codes.shape[-1])

    def loss(self, codes: Tensor, conditions: Conditions, lengths: Tensor | None = None) -> LMLoss:
        """Cross-entropy of the next step, or of masked codes (see `masked.training`).

        Args:
            codes: integers [B, K, F].
            conditions: of B notes, already dropped as training wants it.
            lengths: frames that count, integers [B]; all when not given.

        Returns:
            Nats per token, in all and per codebook; the hidden states that it was read from.
        """
        sequence = self._laid_out(codes)
        if self.masked:
            return masked_loss(self, sequence, conditions, lengths)
        hidden = self._hidden(sequence, conditions)
        targets = torch.where(sequence == self.special, IGNORED, sequence)
        if lengths is not None:
            frame = self.pattern.layout(codes.shape[-1]).to(codes.device)  # [K, S]
            targets = targets.masked_fill(frame >= lengths[:, None, None], IGNORED)
        report = heads_loss(
            hidden.flatten(0, 1),
            self.heads.weight,
            targets.transpose(1, 2).flatten(0, 1),
            self.get_buffer("weights"),
        )
        return replace(report, hidden=hidden, mask=(targets != IGNORED).any(dim=1))

    def _laid_out(self, codes: Tensor) -> Tensor:
        """Codes [B, K, F] → tokens [B, K, S], checked."""
        B, K, frames = codes.shape
        if self.config.num_codebooks != K or not 1 <= frames <= self.config.max_frames:
            raise InputError(
                f"codes are [{B}, {K}, {frames}]; this model takes {self.config.num_codebooks} "
                f"codebooks and at most {self.config.max_frames} frames"
            )
        return self.pattern.apply(codes.long(), self.special)

    def _fill(self, codes: Tensor, fused: Fused) -> Tensor:
        """Logits [B, K, F, C] of a masked model."""
        each: list[Tensor] = []
        for codebook in range(codes.shape[1]):
            holes = codes[:, codebook] == self.special
            tokens = shown_tokens(codes, codebook, holes, self.special)
            each.append(masked_logits(self, tokens, fused, codebook))
        return torch.stack(each, dim=1)

    def _hidden(self, sequence: Tensor, conditions: Conditions) -> Tensor:
        """The transformer's output [B, S, dim] at each step, given the steps before it."""
        B, K, _ = sequence.shape
        start = sequence.new_full((B, K, 1), self.special)
        shown = torch.cat([start, sequence[:, :, :-1]], dim=2)
        return self.run(self.embed(shown, 0), self.fused(conditions, B))

    def fused(self, conditions: Conditions, count: int) -> Fused:
        """All that is known of `count` notes, as it enters the transformer."""
        fused = self._fuse(self.conditioner(conditions, count))
        if self.text is not None:
            fused = fused.then(self.text(conditions.text, conditions.text_length, count))
        elif conditions.text is not None:
            raise InputError("conditions hold a text, and this model's text_dim is 0: leave it out")
        if self.reference is not None:
            prefix = self._reference(self.reference, conditions, count)
            fused = fused.then(Fused(prefix=prefix))
        return fused

    def _reference(self, encoder: ReferenceEncoder, conditions: Conditions, count: int) -> Tensor:
        """The notes to sound like as positions [N, R, dim] before the first step."""
        shape = (count, self.config.num_codebooks, encoder.frames)
        codes = fitted_codes(conditions.like, shape, self.special).to(self.device)
        unknown = torch.full((count,), -1, device=self.device)
        pitch, velocity = conditions.like_pitch, conditions.like_velocity
        return encoder(
            self._summed(codes),
            unknown if pitch is None else pitch,
            unknown if velocity is None else velocity,
        )

    def embed(self, tokens: Tensor, first: int) -> Tensor:
        """Tokens [B, K, n] of the steps from `first` on → [B, n, dim]."""
        return self._summed(tokens) + self.positions.weight[first : first + tokens.shape[2]]

    def _summed(self, tokens: Tensor) -> Tensor:
        """Embeddings of tokens [B, K, n], summed over the codebooks: [B, n, dim]."""
        B, K, n = tokens.shape
        index = (tokens + self.get_buffer("offsets")[:, None]).transpose(1, 2).reshape(B * n, K)
        return F.embedding_bag(index, self.tokens.weight, mode="sum").view(B, n, -1)

    def run(
        self,
        x: Tensor,
        fused: Fused,
        cache: Cache | None = None,
        visible: Tensor | None = None,
    ) -> Tensor:
        """Embedded steps [B, n, dim] and conditions through the transformer: [B, n, dim].

        `visible` is of the masked models; see `Transformer.forward`.
        """
        prefix = 0
        if fused.added is not None:
            x = x + fused.added
        if fused.prefix is not None and (cache is None or cache.length == 0):
            prefix = fused.prefix.shape[1]
            x = torch.cat([fused.prefix.to(x.dtype), x], dim=1)
        hidden = self.transformer(x, fused.memory, cache, fused.memory_mask, visible)
        return hidden[:, prefix:]

    def logits(self, hidden: Tensor) -> Tensor:
        """[B, n, dim] → [B, n, K, C]."""
        shape = (*hidden.shape[:2], self.config.num_codebooks, self.config.cardinality)
        return self.heads(hidden).view(shape)

    # -- generation -------------------------------------------------------------------------------

    def generate(
        self,
        conditions: Conditions,
        frames: int,
        sampling: Sampling | None = None,
        *,
        seeds: Sequence[int] | None = None,
        on_step: Callable[[int, int], None] | None = None,
    ) -> Tensor:
        """Draws the codes of N notes.

        A row depends on its own conditions, `sampling` and its own key alone, not on the rows
        beside it. A shorter note of an autoregressive model is the beginning of a longer one.

        Args:
            conditions: of N notes, N ≥ 1 (a tensor of absent rows where nothing is known).
            frames: F, the length of all notes.
            sampling: how to draw.
            seeds: one key per row, mixed with `sampling.seed`; 0..N-1 when not given. Rows with
                equal keys share their luck, which makes like notes more alike.
            on_step: called with (steps done, steps in all).

        Returns:
            int64 [N, K, F].
        """
        request = Request(conditions, frames, sampling or Sampling(), seeds)
        return generate(self, request, on_step)

    def stream(
        self,
        conditions: Conditions,
        frames: int,
        sampling: Sampling | None = None,
        *,
        seeds: Sequence[int] | None = None,
        at_once: int = 1,
    ) -> Iterator[Tensor]:
        """Draws as `generate` does, and hands frames out as soon as all their codebooks are drawn.

        A masked model knows no frame for certain before its last pass: it hands out all at once.

        Args:
            conditions: as in `generate`.
            frames: as in `generate`.
            sampling: as in `generate`.
            seeds: as in `generate`.
            at_once: frames that are waited for; the last ones come as they are.

        Yields:
            int64 [N, K, f], in order; together they are what `generate` returns.
        """
        return stream(self, Request(conditions, frames, sampling or Sampling(), seeds), at_once)

    # -- files ------------------------------------------------------------------------------------

    def save(self, folder: Path, dtype: torch.dtype = torch.float32) -> None:
        """Writes model.safetensors and config.json; see `files.save_model`."""
        save_model(self, self.config, folder, dtype)

    @classmethod
    def load(cls, folder: Path, dtype: torch.dtype = torch.float32) -> CodecLM:
        """Reads a folder written by `save`; ready to generate.

        Args:
            folder: with model.safetensors and config.json.
            dtype: of the weights in memory; see `linear.quick_dtype` for the fastest one here.

        Raises:
            InputError: what is in the folder is no model, or a part of another one.
        """
        folder = Path(folder)
        config = read_config(folder)
        state = read_weights(folder, config)
        model = cls(config)
        try:
            model.load_state_dict(state)
        except RuntimeError as error:
            lines = [line.strip() for line in str(error).splitlines()]
            raise InputError(f"{folder} holds weights of another model: {lines[-1]}") from error
        return model.to(dtype).eval()


def _codebook_weights(config: LMConfig) -> Tensor:
    weights = torch.tensor(config.codebook_weights or (1.0,) * config.num_codebooks)
    return weights / weights.mean()
