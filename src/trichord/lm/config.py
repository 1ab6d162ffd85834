"""The complete description of a codec language model, saved beside its weights."""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from trichord.errors import InputError
from trichord.lm.patterns import make_pattern
from trichord.lm.sizes import Size, SizeName, resolved


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
    text: float = 0.1
    """The text alone."""

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
    size: SizeName | None = None
    """Short for dim, layers and heads; not kept, for those three tell it."""
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
    joint_notes: int = 0
    """Vectors of an instrument's notes that a learned attention weighs into one in training; 0 =
    the model takes one vector and learns no weights."""
    like_frames: int = 0
    """Frames that the model reads of a note to sound like; 0 = it takes none."""
    text_dim: int = 0
    """Size of the text encoder's states; 0 = the model takes no text."""
    text_tokens: int = 32
    """States of a text that are read; more are cut off. Where text is summed all are averaged."""
    families: int = 11
    """Instrument families."""
    sources: int = 3
    """Kinds of source."""
    decoding: Literal["autoregressive", "masked"] = "autoregressive"
    """Step after step by the pattern, or codebook after codebook by filling masked frames."""
    pattern: str = "delay"
    """How codebooks are laid out over steps: delay, parallel, flat or another one of
    `trichord.lm.patterns`; a masked model has all codebooks of a frame in one step."""
    mask_span: int = 3
    """Masked models: frames of a span, which are masked together."""
    mask_context: int = 5
    """Masked models: frames to both sides that all codebooks but the first attend to; 0 = all."""
    fuser: Literal["sum", "prepend", "cross"] = "sum"
    """How conditions enter: added to every position, as a prefix, or by cross-attention."""
    text_fuser: Literal["sum", "prepend", "cross"] = "prepend"
    """How text enters: its mean added to every position, its states as a prefix, or by
    cross-attention."""
    dropout: float = 0.0
    """Dropout after every attention and feed-forward part."""
    drop: DropRates = field(default_factory=DropRates)
    """How often conditions are hidden in training."""
    codebook_weights: tuple[float, ...] | None = None
    """Weight of each codebook in the loss, normalised to a mean of 1; all alike when not given."""

    def __post_init__(self) -> None:
        """Resolves the size; refuses contradictions."""
        if self.size is not None:
            size = resolved(self.size, Size(self.dim, self.layers, self.heads))
            for name, value in dataclasses.asdict(size).items():
                object.__setattr__(self, name, value)
            object.__setattr__(self, "size", None)
        for name in ("num_codebooks", "cardinality", "max_frames", "dim", "layers", "heads"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if not 0 <= self.like_frames <= self.max_frames:
            raise InputError(
                f"like_frames is {self.like_frames}; it lies in 0..{self.max_frames} (max_frames)"
            )
        if self.joint_notes < 0:
            raise InputError(f"joint_notes is {self.joint_notes}; give 0 (one vector) or more")
        if self.text_dim < 0 or self.text_tokens < 1:
            raise InputError(
                f"text_dim is {self.text_dim} and text_tokens {self.text_tokens}; "
                "give 0 or more and at least 1"
            )
        make_pattern(self.pattern, self.num_codebooks)
        self._check_masked()
        if self.dim % self.heads:
            raise InputError(f"dim {self.dim} is no multiple of heads {self.heads}; change one")
        if not 0 <= self.dropout < 1:
            raise InputError(f"dropout is {self.dropout}; it lies in 0..1")
        weights = self.codebook_weights
        if weights is not None and (len(weights) != self.num_codebooks or min(weights) <= 0):
            raise InputError(
                f"codebook_weights are {weights} and num_codebooks is {self.num_codebooks}; "
                f"give {self.num_codebooks} positive numbers"
            )

    def _check_masked(self) -> None:
        if self.decoding == "masked" and self.pattern == "flat":
            raise InputError(
                "decoding is 'masked' and pattern 'flat': a masked model has all codebooks of a "
                "frame in one step; leave pattern out, or decode autoregressively"
            )
        if not 1 <= self.mask_span <= self.max_frames or self.mask_context < 0:
            raise InputError(
                f"mask_span is {self.mask_span} and mask_context {self.mask_context}; give "
                f"1..{self.max_frames} (max_frames) and 0 or more"
            )

    @property
    def crosses(self) -> bool:
        """True where any condition enters by cross-attention."""
        return self.fuser == "cross" or (self.text_dim > 0 and self.text_fuser == "cross")

    @classmethod
    def debug(cls, **changes: Any) -> LMConfig:
        """A tiny model with the full interface, for tests."""
        tiny = cls(
            num_codebooks=3, cardinality=16, max_frames=24, dim=32, layers=2, heads=2, joint_dim=8
        )
        return dataclasses.replace(tiny, **changes)

    def to_json(self) -> str:
        """All fields, readable."""
        values = dataclasses.asdict(self)
        del values["size"]
        return json.dumps(values, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str, where: str = "config.json") -> LMConfig:
        """Reads what `to_json` wrote; `where` names the file in a complaint.

        Fields that are not there have their defaults: so models of earlier versions are read.
        """
        try:
            values = json.loads(text)
            if not isinstance(values, dict):
                raise TypeError("it holds no fields")
            _refuse_unknown(values, cls)
            if "drop" in values:
                _refuse_unknown(values["drop"], DropRates, "drop.")
                values["drop"] = DropRates(**values["drop"])
            weights = values.get("codebook_weights")
            values["codebook_weights"] = None if weights is None else tuple(weights)
            return cls(**values)
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
        except (json.JSONDecodeError, TypeError) as error:
            raise InputError(f"{where} describes no codec language model: {error}") from error


def make_config(size: SizeName, **changes: Any) -> LMConfig:
    """The configuration of a named size; `changes` are further fields, or other numbers."""
    return dataclasses.replace(LMConfig(size=size), **changes)


def _refuse_unknown(values: Iterable[str], kind: type, prefix: str = "") -> None:
    known = [field.name for field in dataclasses.fields(kind)]
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            mend = f"perhaps {prefix}{near[0]}" if near else f"known are {', '.join(known)}"
            raise InputError(f"unknown field {prefix}{name}; {mend}")


def read_config(folder: Path) -> LMConfig:
    """The configuration of the model in a folder.

    Raises:
        InputError: the file is missing or describes no model.
    """
    path = folder / "config.json"
    if not path.is_file():
        raise InputError(f"{path} is missing; a model is a folder with config.json in it")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: no text ({error}); copy the model's folder again") from None
    return LMConfig.from_json(text, str(path))
