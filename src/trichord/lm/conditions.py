"""Conditions of a note: attribute → provider → fuser.

An attribute is what is known of a note, a provider turns it into a vector, a fuser brings the
vectors into the transformer. Any attribute may be absent, for a batch or for single rows: a learned
null vector then stands in its place.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trichord.errors import InputError
from trichord.lm.config import DropRates, LMConfig
from trichord.lm.providers import (
    IndexProvider,
    JointProvider,
    PitchProvider,
    Provider,
    VelocityProvider,
)

ATTRIBUTES = ("joint", "pitch", "velocity", "family", "source")
"""What has one vector each."""
REFERENCE = ("like", "like_pitch", "like_velocity")
"""What is known of the note to sound like; hidden together."""
TEXT = ("text", "text_length")
"""States of a text and their number; hidden together."""
_NOTHING = {"joint": 0, "text": 0, "text_length": 0}
"""What stands in a row that is absent; -1 for all other attributes."""


@dataclass(frozen=True)
class Conditions:
    """What is known of N notes; an attribute that is None is absent for all of them.

    A single row is absent where `joint` is all zeros, where a velocity or a text's length is below
    1, and where any other value is negative.
    """

    joint: Tensor | None = None
    """Unit vectors of the joint space, float [N, D]; or M notes' [N, M, D] to be weighed into one
    by a model with `joint_notes`."""
    pitch: Tensor | None = None
    """MIDI keys 0..127, integers [N]."""
    velocity: Tensor | None = None
    """MIDI velocities 1..127, integers [N]."""
    family: Tensor | None = None
    """Index into the families, integers [N]."""
    source: Tensor | None = None
    """Index into the sources, integers [N]."""
    like: Tensor | None = None
    """Codes of a note to sound like, integers [N, K, F]; negative past its end."""
    like_pitch: Tensor | None = None
    """Its MIDI key, integers [N]."""
    like_velocity: Tensor | None = None
    """Its MIDI velocity, integers [N]."""
    text: Tensor | None = None
    """States of a text encoder, float [N, L, D], filled up behind; a pooled text has one, L = 1."""
    text_length: Tensor | None = None
    """States that count, integers [N]; all L where it is None."""

    def __post_init__(self) -> None:
        """Refuses attributes of different lengths."""
        if self.text is not None and self.text.dim() != 3:
            raise InputError(
                f"text is {list(self.text.shape)}; give states [notes, length, size], a pooled "
                "text with a length of 1"
            )
        counts = {name: len(value) for name, value in self.present().items()}
        if len(set(counts.values())) > 1:
            raise InputError(f"conditions disagree on the number of notes: {counts}")

    def present(self) -> dict[str, Tensor]:
        """The attributes that are not None, by name."""
        values = {name: getattr(self, name) for name in (*ATTRIBUTES, *REFERENCE, *TEXT)}
        return {name: value for name, value in values.items() if value is not None}

    def __len__(self) -> int:
        """N, or 0 if nothing is known at all."""
        return next((len(value) for value in self.present().values()), 0)

    def select(self, rows: Tensor | Sequence[int]) -> Conditions:
        """The conditions of some rows, in that order."""
        index = torch.as_tensor(rows)
        return Conditions(**{name: value[index] for name, value in self.present().items()})

    def without(self, names: Sequence[str]) -> Conditions:
        """The conditions with some of them absent; "like" and "text" stand for all of theirs."""
        gone = {*names}
        gone |= {*REFERENCE} if "like" in gone else set()
        gone |= {*TEXT} if "text" in gone else set()
        return Conditions(**{k: v for k, v in self.present().items() if k not in gone})

    def to(self, device: torch.device) -> Conditions:
        """The same on a device."""
        return Conditions(**{name: value.to(device) for name, value in self.present().items()})

    def hide(self, hidden: dict[str, Tensor]) -> Conditions:
        """Makes rows absent: per attribute a mask, bool [N], true where it is to be hidden."""
        values = self.present()
        if "text" in hidden and self.text is not None:
            # A text is absent by its length, which may not have been given.
            lengths = torch.full((len(self),), self.text.shape[1], device=self.text.device)
            values.setdefault("text_length", lengths)
            hidden = hidden | {"text_length": hidden["text"]}
        for name, mask in hidden.items():
            if name in values:
                rows = mask.view(-1, *[1] * (values[name].dim() - 1))
                values[name] = values[name].masked_fill(rows, _NOTHING.get(name, -1))
        return Conditions(**values)

    def drop(self, rates: DropRates, generator: torch.Generator) -> Conditions:
        """Hides attributes at random: each by its own rate, and all of a row by `everything`."""
        chances = torch.rand(len(ATTRIBUTES) + 1, len(self), generator=generator)
        everything = chances[-1] < rates.everything
        each = dataclasses.asdict(rates)
        hidden = {
            name: (chances[index] < each[name]) | everything
            for index, name in enumerate(ATTRIBUTES)
        }
        if self.like is not None:
            alone = torch.rand(len(self), generator=generator) < rates.like
            hidden |= dict.fromkeys(REFERENCE, alone | everything)
        if self.text is not None:
            hidden["text"] = everything | (torch.rand(len(self), generator=generator) < rates.text)
        return self.hide(hidden)


class ConditionEncoder(nn.Module):
    """All providers, and a null vector for each attribute that is absent."""

    def __init__(self, config: LMConfig) -> None:
        super().__init__()
        self.providers = nn.ModuleDict(
            {
                "joint": JointProvider(config),
                "pitch": PitchProvider(config),
                "velocity": VelocityProvider(config),
                "family": IndexProvider(config.families, config),
                "source": IndexProvider(config.sources, config),
            }
        )
        self.null = nn.Parameter(torch.zeros(len(ATTRIBUTES), config.dim))

    def forward(self, conditions: Conditions, count: int) -> Tensor:
        """One vector per attribute.

        Args:
            conditions: of N = `count` notes.
            count: N, which conditions without a single attribute cannot tell.

        Returns:
            [N, A, dim], A attributes in the order of `ATTRIBUTES`.
        """
        if len(conditions) not in (0, count):
            raise InputError(f"there are conditions for {len(conditions)} notes, not {count}")
        values = conditions.present()
        return torch.stack(
            [self._vectors(name, values.get(name), count) for name in ATTRIBUTES], dim=1
        )

    def _vectors(self, name: str, values: Tensor | None, count: int) -> Tensor:
        null = self.null[ATTRIBUTES.index(name)]
        if values is None:
            return null.expand(count, -1)
        provider = self.providers[name]
        assert isinstance(provider, Provider)
        return torch.where(provider.absent(values)[:, None], null, provider(values))
