"""CodecLM: a decoder-only language model over codec tokens, under conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from trichord.errors import InputError
from trichord.lm.conditions import ConditionEncoder, Conditions
from trichord.lm.config import LMConfig, read_config
from trichord.lm.fusers import Fused, make_fuser
from trichord.lm.loss import IGNORED, LMLoss, heads_loss
from trichord.lm.patterns import make_pattern
from trichord.lm.providers import PitchProvider
from trichord.lm.reference import ReferenceEncoder, fitted_codes
from trichord.lm.sampling import Sampling, guide, row_generators, sample
from trichord.lm.text import TextProvider
from trichord.lm.transformer import Cache, Transformer

# Matrix products of very few rows take other paths than those of many and round otherwise; from
# this many on a row comes out the same to the last bit whatever stands beside it.
_LEAST_ROWS = 16


class CodecLM(nn.Module):
    """Embeddings of K codebooks summed, a transformer, K heads.

    The frame grid of a codec need not be uniform in time, but frame f always means the same moment
    of a note; hence positions are learned, one per step.
    """

    def __init__(self, config: LMConfig) -> None:
        super().__init__()
        self.config = config
        self.pattern = make_pattern(config.pattern, config.num_codebooks)
        K, C = config.num_codebooks, config.cardinality
        self.tokens = nn.Embedding(K * (C + 1), config.dim)  # one table, codebook after codebook
        self.positions = nn.Embedding(self.pattern.steps(config.max_frames), config.dim)
        self.conditioner = ConditionEncoder(config)
        self.reference = ReferenceEncoder(config) if config.like_frames else None
        self.text = TextProvider(config) if config.text_dim else None
        self.transformer = Transformer(config)
        self.heads = nn.Linear(config.dim, K * C, bias=False)
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

        Args:
            codes: integers [B, K, F].
            conditions: of B notes.

        Returns:
            [B, K, F, C].
        """
        sequence = self._laid_out(codes)
        hidden = self._hidden(sequence, conditions)
        logits = self._logits(hidden).transpose(1, 2)  # [B, K, S, C]
        return self.pattern.revert(logits, codes.shape[-1])

    def loss(self, codes: Tensor, conditions: Conditions, lengths: Tensor | None = None) -> LMLoss:
        """Cross-entropy of the next step.

        Args:
            codes: integers [B, K, F].
            conditions: of B notes, already dropped as training wants it.
            lengths: frames that count, integers [B]; all when not given.

        Returns:
            Nats per token, in all and per codebook; the hidden states that it was read from.
        """
        sequence = self._laid_out(codes)
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

    def _hidden(self, sequence: Tensor, conditions: Conditions) -> Tensor:
        """The transformer's output [B, S, dim] at each step, given the steps before it."""
        B, K, _ = sequence.shape
        start = sequence.new_full((B, K, 1), self.special)
        shown = torch.cat([start, sequence[:, :, :-1]], dim=2)
        return self._run(self._embed(shown, 0), self._fused(conditions, B))

    def _fused(self, conditions: Conditions, count: int) -> Fused:
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

    def _embed(self, tokens: Tensor, first: int) -> Tensor:
        """Tokens [B, K, n] of the steps from `first` on → [B, n, dim]."""
        return self._summed(tokens) + self.positions.weight[first : first + tokens.shape[2]]

    def _summed(self, tokens: Tensor) -> Tensor:
        """Embeddings of tokens [B, K, n], summed over the codebooks: [B, n, dim]."""
        B, K, n = tokens.shape
        index = (tokens + self.get_buffer("offsets")[:, None]).transpose(1, 2).reshape(B * n, K)
        return F.embedding_bag(index, self.tokens.weight, mode="sum").view(B, n, -1)

    def _run(self, x: Tensor, fused: Fused, cache: Cache | None = None) -> Tensor:
        prefix = 0
        if fused.added is not None:
            x = x + fused.added
        if fused.prefix is not None and (cache is None or cache.length == 0):
            prefix = fused.prefix.shape[1]
            x = torch.cat([fused.prefix.to(x.dtype), x], dim=1)
        return self.transformer(x, fused.memory, cache, fused.memory_mask)[:, prefix:]

    def _logits(self, hidden: Tensor) -> Tensor:
        """[B, n, dim] → [B, n, K, C]."""
        shape = (*hidden.shape[:2], self.config.num_codebooks, self.config.cardinality)
        return self.heads(hidden).view(shape)

    # -- generation -------------------------------------------------------------------------------

    @torch.no_grad()
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
        beside it; and a shorter note is the beginning of a longer one.

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
        sampling = sampling or Sampling()
        count = len(conditions)
        self._check_request(count, frames, seeds)
        keys = list(range(count)) if seeds is None else list(seeds)
        generators = row_generators(sampling.seed, keys)
        pad = max(0, _LEAST_ROWS - count)
        rows = torch.tensor([*range(count), *[0] * pad])
        generators += row_generators(sampling.seed, [0] * pad)
        training = self.training
        self.eval()
        sequence = self._draw(conditions.select(rows), frames, sampling, generators, on_step)
        self.train(training)
        return self.pattern.revert(sequence, frames)[:count]

    def _check_request(self, count: int, frames: int, seeds: Sequence[int] | None) -> None:
        if count < 1:
            raise InputError("conditions hold no note; give at least one attribute for each note")
        if not 1 <= frames <= self.config.max_frames:
            raise InputError(f"frames is {frames}; this model makes 1..{self.config.max_frames}")
        if seeds is not None and len(seeds) != count:
            raise InputError(f"there are {len(seeds)} seeds for {count} notes; give one per note")

    def _draw(
        self,
        conditions: Conditions,
        frames: int,
        sampling: Sampling,
        generators: list[torch.Generator],
        on_step: Callable[[int, int], None] | None,
    ) -> Tensor:
        """Draws step by step; returns the sequence [N, K, S]."""
        count, device = len(conditions), self.device
        guided = sampling.guidance != 1
        fused = self._fused(conditions.to(device), count)
        if guided:
            fused = fused.beside(self._fused(Conditions(), count))
        # Laid out as for the longest note: a shorter one then ends amid it, without an end of its
        # own that training has never shown.
        steps = self.pattern.steps(frames)
        longest = self.pattern.layout(self.config.max_frames).to(device)
        shows = longest[:, :steps] >= 0  # [K, S]
        capacity = steps + (0 if fused.prefix is None else fused.prefix.shape[1])
        rows = 2 * count if guided else count
        cache = Cache.empty(self.config, rows, capacity, self.heads.weight.dtype, device)
        sequence = torch.full((count, len(shows), steps), self.special, device=device)
        shown = sequence[:, :, :1]
        for step in range(steps):
            both = torch.cat([shown, shown]) if guided else shown
            hidden = self._run(self._embed(both, step), fused, cache)
            logits = self._logits(hidden)[:, 0].float()  # [N or 2N, K, C]
            if guided:
                logits = guide(*logits.chunk(2), sampling.guidance)
            drawn = sample(logits, sampling, generators)
            shown = torch.where(shows[:, step], drawn, self.special)[:, :, None]
            sequence[:, :, step] = shown[:, :, 0]
            if on_step is not None:
                on_step(step + 1, steps)
        return sequence

    # -- files ------------------------------------------------------------------------------------

    def save(self, folder: Path, dtype: torch.dtype = torch.float32) -> None:
        """Writes model.safetensors and config.json, each put in place when complete.

        Args:
            folder: made if it is missing.
            dtype: of the weights in the file; float16 halves it and is what is shipped.
        """
        folder.mkdir(parents=True, exist_ok=True)
        state = {k: v.to(dtype).contiguous().cpu() for k, v in self.state_dict().items()}
        weights, config = folder / "model.safetensors", folder / "config.json"
        save_file(state, f"{weights}.part")
        Path(f"{weights}.part").replace(weights)
        Path(f"{config}.part").write_text(self.config.to_json(), encoding="utf-8")
        Path(f"{config}.part").replace(config)

    @classmethod
    def load(cls, folder: Path, dtype: torch.dtype = torch.float32) -> CodecLM:
        """Reads a folder written by `save`; ready to generate.

        Args:
            folder: with model.safetensors and config.json.
            dtype: of the weights in memory; bfloat16 is several times faster on processors that
                have it.
        """
        folder = Path(folder)
        model = cls(read_config(folder))
        path = folder / "model.safetensors"
        if not path.is_file():
            raise InputError(f"{path} is missing; a model is a folder with model.safetensors in it")
        try:
            model.load_state_dict(load_file(path))
        except (SafetensorError, RuntimeError) as error:
            first = str(error).splitlines()[0]
            raise InputError(f"{path} does not fit its config.json: {first}") from error
        return model.to(dtype).eval()


def _codebook_weights(config: LMConfig) -> Tensor:
    weights = torch.tensor(config.codebook_weights or (1.0,) * config.num_codebooks)
    return weights / weights.mean()
