"""The recipe of the language model: conditions by scheme, loss, validation."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.errors import InputError
from trichord.lm import CodecLM, Conditions, LMConfig, LMLoss
from trichord.train.devices import first_alone
from trichord.train.lm_config import LMTrainConfig, Scheme
from trichord.train.lm_like import (
    alter,
    begin_with,
    draw_likened,
    palette_of,
    told_by_the_shown,
)
from trichord.train.lm_text import descriptions_of
from trichord.train.lm_worded import Worded, worded_of
from trichord.train.loop import fit
from trichord.train.recolour import Colours, draw_colours, encode_recoloured
from trichord.train.regulariser import Targets
from trichord.train.schedule import generator_for
from trichord.train.task import Task
from trichord.train.tokenise import check_tokens, write_tokens
from trichord.train.tokens import TRAIN, VALID, Instruments, TokenSet


@dataclass(frozen=True)
class NoteBatch:
    """What one step sees."""

    codes: Tensor
    """int32 [b, K, F]."""
    lengths: Tensor
    """int32 [b]."""
    conditions: Conditions
    """Of b notes."""
    targets: Targets | None = None
    """What the regulariser compares."""
    dropped: bool = False
    """Whether one draw has hidden the conditions of all rows."""


class LMTask(Task[NoteBatch]):
    """A `CodecLM` on pre-tokenised notes."""

    by_rows = True

    def __init__(self, config: LMTrainConfig, notes: TokenSet) -> None:
        self.config, self.notes = config, notes
        self.instruments = Instruments(notes)
        self.rows = (notes.split == TRAIN).nonzero()[:, 0]
        self.worded: Worded | None = None
        if config.worded.chance:
            self.worded = worded_of(config.tokens, notes, config.source, config.worded)
        self.palette = palette_of(config.source, notes) if config.recolour.chance else None
        self.valid_rows = self._choose_valid()
        folder = config.captions or config.tokens
        self.descriptions = descriptions_of(
            notes, folder, config.source, shown=config.text, config=config.regulariser
        )
        torch.manual_seed(config.loop.seed)
        captions = self.descriptions.captions
        text_dim = captions.dim if config.text and captions is not None else 0
        self.model: CodecLM = CodecLM(fitted(config.model, notes, text_dim))
        if config.start is not None:
            begin_with(self.model, config.start)

    def _choose_valid(self) -> Tensor:
        """A fixed subset of the held-out notes."""
        held_out = (self.notes.split == VALID).nonzero()[:, 0]
        if not len(held_out):
            raise InputError(f"{self.config.tokens} holds no notes of the valid split; add some")
        shuffled = torch.randperm(len(held_out), generator=generator_for(self.config.loop.seed, 3))
        return held_out[shuffled[: self.config.valid_notes].sort().values]

    @property
    def count(self) -> int:
        """Notes in the training split."""
        return len(self.rows)

    @property
    def row_lengths(self) -> Tensor:
        """Frames of each note."""
        return self.notes.lengths[self.rows]

    def weight(self, batch: NoteBatch) -> float:
        """Its frames: the loss is a mean over tokens."""
        return float(batch.lengths.sum())

    def batch(self, rows: Tensor, generator: torch.Generator) -> NoteBatch:
        """Notes with conditions as the scheme has them, some of them hidden."""
        notes = self.rows[rows]
        batch = self._shown(notes, generator)
        if not self.descriptions.drops(generator):
            return batch
        everything = dict.fromkeys(batch.conditions.present(), torch.ones(len(notes)).bool())
        return dataclasses.replace(
            batch, conditions=batch.conditions.hide(everything), dropped=True
        )

    def _shown(self, notes: Tensor, generator: torch.Generator) -> NoteBatch:
        """Notes of which each condition is hidden at its own rate."""
        joint = self._vectors(self.config.scheme, notes, generator)
        joint = self._worded(self._noisy(joint, generator), notes, generator)
        batch = self._notes(notes, joint)
        batch = self._described(batch, notes, generator)
        if not self.model.config.like_frames:
            conditions = batch.conditions.drop(self.config.model.drop, generator)
            return dataclasses.replace(batch, conditions=conditions)
        likened = draw_likened(self.instruments, notes, self.config.like, generator)
        changed = torch.rand(len(notes), generator=generator) < self.config.recolour.chance
        colours = draw_colours(int(changed.sum()), self.config.recolour, generator)
        batch = self._recoloured(batch, notes, changed, colours)
        shown = self._recoloured(self._notes(likened, None), likened, changed, colours)
        known = self._beside(batch, self._likened(shown, generator)).conditions
        dropped = known.drop(self.config.model.drop, generator)
        return dataclasses.replace(batch, conditions=told_by_the_shown(known, dropped, changed))

    def _vectors(self, scheme: Scheme, notes: Tensor, generator: torch.Generator) -> Tensor:
        several = self.config.model.joint_notes
        return self.instruments.vectors(scheme, notes, generator, several)

    def _worded(self, joint: Tensor, notes: Tensor, generator: torch.Generator) -> Tensor:
        """Vectors [b, D] some of which are those of sentences about the notes' instruments."""
        if self.worded is None:
            return joint
        said = self._said(notes, generator)
        chosen = torch.rand(len(notes), 1, generator=generator) < self.config.worded.chance
        return torch.where(chosen, said, joint)

    def _said(self, notes: Tensor, generator: torch.Generator) -> Tensor:
        """The vector [b, D] of a sentence about the instrument of each note."""
        assert self.worded is not None
        return self.worded.draw(self.notes.instrument[notes].long(), generator)

    def _described(self, batch: NoteBatch, notes: Tensor, generator: torch.Generator) -> NoteBatch:
        """The batch with a caption of each note."""
        drawn = self.descriptions.draw(notes, generator)
        return dataclasses.replace(self._beside(batch, drawn.text), targets=drawn.targets)

    def _recoloured(
        self, batch: NoteBatch, notes: Tensor, changed: Tensor, colours: Colours
    ) -> NoteBatch:
        """The batch with the notes of the rows `changed` recoloured."""
        if self.palette is None or not changed.any():
            return batch
        pitch = self.notes.pitch[notes[changed]].long()
        blocks = self.palette.blocks[notes[changed]]
        codes = batch.codes.clone()
        codes[changed] = encode_recoloured(
            self.palette.codec, blocks, pitch, codes[changed], colours
        )
        return dataclasses.replace(batch, codes=codes)

    def _noisy(self, joint: Tensor, generator: torch.Generator) -> Tensor:
        if self.config.joint_noise == 0:
            return joint
        noise = torch.randn(joint.shape, generator=generator) / joint.shape[-1] ** 0.5
        return F.normalize(joint + self.config.joint_noise * noise, dim=-1)

    def _likened(self, shown: NoteBatch, generator: torch.Generator) -> Conditions:
        """Notes to sound like, altered as recordings and drawn notes are."""
        codes = shown.codes[:, :, : self.model.config.like_frames]
        altered = alter(codes, self.notes.meta["cardinality"], self.config.like, generator)
        known = shown.conditions.present()
        hidden = torch.rand(len(codes), generator=generator) < self.config.like.hide_velocity
        return Conditions(
            like=altered,
            like_pitch=known["pitch"],
            like_velocity=known["velocity"].masked_fill(hidden, -1),
        )

    @staticmethod
    def _beside(batch: NoteBatch, likened: Conditions) -> NoteBatch:
        conditions = Conditions(**batch.conditions.present(), **likened.present())
        return dataclasses.replace(batch, conditions=conditions)

    def _known(self, notes: Tensor) -> dict[str, Tensor]:
        return {name: getattr(self.notes, name)[notes].long() for name in _INTEGERS}

    def _notes(self, notes: Tensor, joint: Tensor | None) -> NoteBatch:
        lengths = self.notes.lengths[notes]
        codes = self.notes.frames(notes)[:, :, : int(lengths.max())]
        return NoteBatch(codes, lengths, Conditions(joint=joint, **self._known(notes)))

    def loss(self, model: Any, batch: NoteBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """Cross-entropy in nats per token, and the regulariser in the steps where it applies."""
        device = self.model.device
        conditions = batch.conditions.to(device)
        report: LMLoss = model.loss(batch.codes.to(device), conditions, batch.lengths.to(device))
        told = {"first_codebook": report.per_codebook[0].detach()}
        regulariser = self.descriptions.regulariser
        if regulariser is None:
            return report.total, told
        assert batch.targets is not None
        assert report.hidden is not None
        assert report.mask is not None
        applies = regulariser.applies(batch.dropped)
        hidden = report.hidden if applies else report.hidden.detach()
        similarity = regulariser.similarity(batch.targets.to(device), hidden, report.mask)
        told["similarity"] = similarity.detach()
        if not applies:
            return report.total, told
        return report.total + regulariser.config.weight * similarity, told

    def validate(self, model: Any) -> dict[str, float]:
        """Nats per token on held-out instruments, conditions as in use: no family, no source.

        `loss` has joint vectors by the run's scheme, `loss_mean` the instrument's mean direction
        (which compares runs of different schemes), `loss_no_joint` none; `loss_like` has the
        instrument's note nearest to middle C beside the mean direction, `loss_worded` the vector
        of a caption, `loss_text` a caption and no vector.
        """
        scheme = self.config.scheme
        own = self._evaluate(model, scheme)
        figures = {f"codebook_{k}": v for k, v in enumerate(own)}
        loss = sum(own) / len(own)
        mean = self._evaluate(model, "mean")
        absent = self._evaluate(model, None)
        if self.model.config.like_frames:
            like = self._evaluate(model, "mean", like=True)
            figures |= {f"like_codebook_{k}": v for k, v in enumerate(like)}
            figures["loss_like"] = sum(like) / len(like)
        if self.worded is not None:
            worded = self._evaluate(model, None, worded=True)
            figures["loss_worded"] = sum(worded) / len(worded)
        if self.config.text:
            text = self._evaluate(model, None, text=True)
            figures["loss_text"] = sum(text) / len(text)
        return {
            "loss": loss,
            "loss_mean": sum(mean) / len(mean),
            "loss_no_joint": sum(absent) / len(absent),
            **figures,
        }

    def _evaluate(
        self,
        model: Any,
        scheme: Scheme | None,
        *,
        like: bool = False,
        worded: bool = False,
        text: bool = False,
    ) -> list[float]:
        """Nats per token of each codebook over the validation notes."""
        generator = generator_for(self.config.loop.seed, 4)
        sums = torch.zeros(self.model.config.num_codebooks)
        for notes in self.valid_rows.split(self.config.loop.batch_size):
            joint = None
            if scheme is not None:
                joint = self._vectors(scheme, notes, generator)
            if worded:
                joint = self._said(notes, generator)
            batch = self._notes(notes, joint)
            if like:
                batch = self._beside(batch, self._middle(notes))
            if text:
                batch = self._described(batch, notes, generator)
            known = batch.conditions.present()
            used = Conditions(**{k: v for k, v in known.items() if k not in ("family", "source")})
            device = self.model.device
            report = model.loss(batch.codes.to(device), used.to(device), batch.lengths.to(device))
            sums += report.per_codebook.cpu() * batch.lengths.sum()
        return (sums / self.notes.lengths[self.valid_rows].sum()).tolist()

    def _middle(self, notes: Tensor) -> Conditions:
        """The note of each note's instrument that lies nearest to middle C, as it was played."""
        middle = self.instruments.reference[self.instruments.group[notes]]
        known = self._known(middle)
        return Conditions(
            like=self.notes.frames(middle),
            like_pitch=known["pitch"],
            like_velocity=known["velocity"],
        )

    def export(self, folder: Path) -> None:
        """Writes the model folder."""
        self.model.save(folder)


_INTEGERS = ("pitch", "velocity", "family", "source")


def fitted(model: LMConfig, notes: TokenSet, text_dim: int = 0) -> LMConfig:
    """The model's configuration with the numbers that follow from the tokens and their captions."""
    weights = model.codebook_weights
    codebooks = notes.meta["num_codebooks"]
    if weights is not None and len(weights) != codebooks:
        raise InputError(
            f"codebook_weights has {len(weights)} entries; the tokens have {codebooks}"
        )
    return dataclasses.replace(
        model,
        num_codebooks=codebooks,
        cardinality=notes.meta["cardinality"],
        max_frames=notes.codes.shape[2],
        joint_dim=notes.joint.shape[1],
        text_dim=text_dim,
    )


def train_lm(
    config: LMTrainConfig, on_report: Callable[[dict[str, Any]], None] | None = None
) -> dict[str, Any]:
    """Trains a language model; the model lies in `config.out / "model"` from the first save on.

    Returns:
        The last line of metrics.

    Raises:
        InputError: the tokens were made with another codec or space than those of `config.source`.
    """
    first_alone(
        (config.tokens / "meta.json").is_file, lambda: write_tokens(config.source, config.tokens)
    )
    notes = TokenSet.read(config.tokens)
    check_tokens(notes, config.tokens, config.source)
    task = LMTask(config, notes)
    settings = dataclasses.asdict(config) | {"model": dataclasses.asdict(task.model.config)}
    del settings["resume"]
    return fit(
        task, config.loop, config.out, settings=settings, resume=config.resume, on_report=on_report
    )
