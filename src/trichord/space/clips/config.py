"""Everything that shapes the space of clips."""

from __future__ import annotations

from dataclasses import dataclass, field

from trichord.audio.bands import BandGrid
from trichord.errors import InputError
from trichord.space.heads import HeadConfig
from trichord.space.text import SentenceConfig


@dataclass(frozen=True)
class PictureConfig:
    """Shape of the convolutional network that reads pictures."""

    channels: tuple[int, ...] = (24, 48, 96, 128)
    """Channels of the stem and of each stage; every one halves the bands."""
    time_strides: tuple[int, ...] = (2, 2, 1, 2)
    """How many columns of 93 ms become one at the stem and at each stage."""
    width: int = 384
    """Width of a column's vector after the bands are folded in."""
    queries: int = 4
    """Learned weightings over time."""

    def __post_init__(self) -> None:
        if len(self.channels) < 2:
            raise InputError(
                f"picture.channels: {self.channels}; give a stem and at least one stage"
            )
        if len(self.time_strides) != len(self.channels):
            raise InputError(
                f"picture.time_strides: {self.time_strides}; give one for each of {self.channels}"
            )


@dataclass(frozen=True)
class ClipConfig:
    """Everything that shapes a space of clips."""

    dim: int = 128
    """Width D of the vectors."""
    seconds: float = 18.0
    """What is heard of a recording, from its start."""
    grid: BandGrid = field(default_factory=BandGrid)
    """Bands and frames of the pictures."""
    sentence: SentenceConfig = field(default_factory=SentenceConfig)
    """The frozen sentence encoder of the text door."""
    picture: PictureConfig = field(default_factory=PictureConfig)
    audio_head: HeadConfig = field(default_factory=HeadConfig)
    text_head: HeadConfig = field(default_factory=HeadConfig)
