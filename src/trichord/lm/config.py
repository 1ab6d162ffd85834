"""The complete description of a codec language model, saved beside its weights."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from trichord.errors import InputError


@dataclass(frozen=True)
class DropRates:
    """How often a condition is hidden in training, so that any may be absent later."""

    joint: float = 0.05
    """Joint embedding alone."""
    pitch: float = 0.02
    """Pitch alone."""
    velocity: float = 0.02
    """Velocity alone."""
    family: float = 0.5
    """Family alone; high, for a sentence seldom brings it along."""
    source: float = 0.5
    """Source alone."""
    like: float = 0.35
    """The note to sound like; the first note of an instrument is drawn without one."""
    everything: float = 0.1
    """All conditions of a note at once: what classifier-free guidance leads away from."""

    def __post_init__(self) -> None:
        """Refuses rates that are no probabilities."""
        for name, rate in dataclasses.asdict(self).items():
            if not 0 <= rate <= 1:
                raise InputError(f"drop.{name} is {rate}; a rate lies in 0..1")


@dataclass(frozen=True)
class LMConfig:
    """Everything that shapes a `CodecLM`."""

    num_codebooks: int = 8
    """K, codebooks of the codec."""
    cardinality: int = 1024
    """Entries per codebook; this number itself is the special token."""
    max_frames: int = 128
    """The longest note in frames."""
    dim: int = 384
    """Width of the residual stream."""
    layers: int = 8
    """Transformer blocks."""
    heads: int = 6
    """Attention heads; `dim` must be a multiple."""
    hidden: int = 4
    """Width of the feed-forward part in multiples of `dim`."""
    joint_dim: int = 128
    """Size of the joint space's unit vectors."""
    like_frames: int = 0
    """Frames that the model reads of a note to sound like; 0 = it takes none."""
    families: int = 11
    """Instrument families."""
    sources: int = 3
    """Kinds of source."""
    pattern: Literal["delay", "parallel", "flat"] = "delay"
    """How codebooks are laid out over steps."""
    fuser: Literal["sum", "prepend", "cross"] = "sum"
    """How conditions enter: added to every position, as a prefix, or by cross-attention."""
    dropout: float = 0.0
    """Dropout after every attention and feed-forward part."""
    drop: DropRates = field(default_factory=DropRates)
    """How often conditions are hidden in training."""
    codebook_weights: tuple[float, ...] | None = None
    """Weight of each codebook in the loss, normalised to a mean of 1; all alike when not given."""

    def __post_init__(self) -> None:
        """Refuses contradictions."""
        for name in ("num_codebooks", "cardinality", "max_frames", "dim", "layers", "heads"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if not 0 <= self.like_frames <= self.max_frames:
            raise InputError(
                f"like_frames is {self.like_frames}; it lies in 0..{self.max_frames} (max_frames)"
            )
        if self.dim % self.heads:
            raise InputError(f"dim {self.dim} is no multiple of heads {self.heads}; change one")
        if not 0 <= self.dropout < 1:
            raise InputError(f"dropout is {self.dropout}; it lies in 0..1")
        weights = self.codebook_weights
        if weights is not None and (len(weights) != self.num_codebooks or min(weights) <= 0):
            raise InputError(
                f"codebook_weights are {weights}; give {self.num_codebooks} positive numbers"
            )

    @classmethod
    def debug(cls, **changes: Any) -> LMConfig:
        """A tiny model with the full interface, for tests."""
        tiny = cls(
            num_codebooks=3, cardinality=16, max_frames=24, dim=32, layers=2, heads=2, joint_dim=8
        )
        return dataclasses.replace(tiny, **changes)

    def to_json(self) -> str:
        """All fields, readable."""
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str, where: str = "config.json") -> LMConfig:
        """Reads what `to_json` wrote; `where` names the file in a complaint."""
        try:
            values = json.loads(text)
            values["drop"] = DropRates(**values["drop"])
            weights = values["codebook_weights"]
            values["codebook_weights"] = None if weights is None else tuple(weights)
            return cls(**values)
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise InputError(f"{where} describes no codec language model: {error}") from error


def read_config(folder: Path) -> LMConfig:
    """The configuration of the model in a folder."""
    path = folder / "config.json"
    if not path.is_file():
        raise InputError(f"{path} is missing; a model is a folder with config.json in it")
    return LMConfig.from_json(path.read_text(encoding="utf-8"), str(path))
