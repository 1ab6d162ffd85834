"""The contract of every tower: programs in, vectors of the clip space and pictures out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from trichord.audio.bands import GRID, PICTURE_FRAMES

if TYPE_CHECKING:
    from torch import Tensor

    from trichord.space.clips import ClipSpace

Picture = NDArray[np.float32]
"""`[108, F]`, dB above the floor in frames of 93 ms; see `trichord.audio.bands`."""

SECONDS = 18.0
"""Of a program that a tower hears, as in the clips that it learned from."""

AUDIBLE_DB = 1.0
"""A picture whose brightest cell stays below this is silent (about 74 dB below full scale)."""


@dataclass(frozen=True)
class Strokes:
    """What a program strikes: notes and samples, N in all.

    Attributes:
        seconds: length of the program.
        starts: `[N]` seconds.
        lengths: `[N]` seconds.
        notes: `[N]` MIDI; NaN for what has no note, or none that is known.
    """

    seconds: float
    starts: NDArray[np.float64]
    lengths: NDArray[np.float64]
    notes: NDArray[np.float64]


@dataclass(frozen=True)
class Readings:
    """What a tower made of N programs.

    Attributes:
        vectors: unit `[N, D]`; a row of zeros where nothing could be read.
        pictures: how each sounds; None where nothing could be read.
        problems: what is wrong with each, one line, or None. With a picture beside it the program
            failed midway, and vector and picture are those of what it played.
        strokes: what each plays and when, from towers that know more of it than a picture.
    """

    vectors: Tensor
    pictures: tuple[Picture | None, ...]
    problems: tuple[str | None, ...]
    strokes: tuple[Strokes | None, ...]

    def __len__(self) -> int:
        return len(self.problems)


class Tower(ABC):
    """Tells how programs sound; a context manager, or `close` it."""

    name: str
    space: ClipSpace

    @abstractmethod
    def embed(self, programs: Sequence[str]) -> Readings:
        """Reads programs, in their order; what is wrong with one is told beside it."""

    def fingerprint(self) -> str:
        """Changes when the same program may be read otherwise than before."""
        return self.name

    def close(self) -> None:  # noqa: B027 - towers that start no process have nothing to end
        """Ends what the tower has started; safe to call twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def readings_of(
    space: ClipSpace,
    pictures: Sequence[Picture | None],
    problems: Sequence[str | None],
    strokes: Sequence[Strokes | None],
) -> Readings:
    """Readings whose vectors are what the space hears in the pictures; silence is a problem."""
    import torch

    heard = [picture if is_audible(picture) else None for picture in pictures]
    said = [
        problem or (f"makes no sound in {SECONDS:g} s" if shown is None else None)
        for problem, shown in zip(problems, heard, strict=True)
    ]
    vectors = torch.zeros(len(heard), space.dim)
    places = [i for i, picture in enumerate(heard) if picture is not None]
    if places:
        shown = np.stack([_of_length(heard[i]) for i in places])
        vectors[places] = space.embed_picture(torch.from_numpy(shown)).clone()
    return Readings(vectors, tuple(heard), tuple(said), tuple(strokes))


def is_audible(picture: Picture | None) -> bool:
    """Whether anything sounds in a picture."""
    return picture is not None and picture.size > 0 and float(picture.max()) >= AUDIBLE_DB


def _of_length(picture: Picture | None) -> Picture:
    """A picture filled up with silence, or cut, to the length that all have."""
    assert picture is not None
    columns = -(-GRID.frames(SECONDS) // PICTURE_FRAMES)
    missing = max(0, columns - picture.shape[1])
    return np.pad(picture, ((0, 0), (0, missing)))[:, :columns].astype(np.float32)
