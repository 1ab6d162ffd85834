"""What each tower makes of programs, as vectors of the same collections that listeners hear."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trichord.studies.alignment.agreement import Distance, Vectors, cosines, euclidean
from trichord.studies.alignment.collection import Collection
from trichord.studies.alignment.sketches import sketches

if TYPE_CHECKING:
    from trichord.studies.alignment.material import Material

WINDOW = 300
"""Characters of a program that the sentence encoder reads at a time: within its 128 tokens."""


@dataclass(frozen=True)
class Told:
    """One way to tell how programs sound.

    Attributes:
        rooms: the weights that decide it, besides the sets.
        near: how its vectors compare.
        shared: whether its vectors lie in the space of clips, beside those of real sounds.
    """

    label: str
    rooms: tuple[str, ...]
    make: Callable[[Material, Collection], Vectors]
    near: Distance = cosines
    shared: bool = False


def read_as_text(programs: Sequence[str], window: int | None) -> Vectors:
    """Vectors `[N, D]` of the sentence encoder, nothing trained on programs.

    Args:
        programs: their code.
        window: characters read at a time, the vectors of all of them averaged; None: only what
            the encoder takes at once, its first 128 tokens.
    """
    from trichord.space.text import SentenceConfig, SentenceEncoder

    encoder = SentenceEncoder(SentenceConfig())
    parts = [_parts(code, window) for code in programs]
    logger = logging.getLogger("trichord.space.text")
    level = logger.level
    # That it reads no further than 128 tokens is what is measured here, no news.
    logger.setLevel(logging.ERROR)
    try:
        read = encoder.embed([part for one in parts for part in one]).numpy()
    finally:
        logger.setLevel(level)
    ends = np.cumsum([len(one) for one in parts])
    return np.stack([rows.mean(axis=0) for rows in np.split(read, ends[:-1])])


def _parts(code: str, window: int | None) -> list[str]:
    if window is None:
        return [code]
    return [code[at : at + window] for at in range(0, len(code), window)]


def _text(window: int | None) -> Callable[[Material, Collection], Vectors]:
    def make(_: Material, clips: Collection) -> Vectors:
        return stacked(clips, read_as_text([clip.code for clip in clips.clips], window))

    return make


def _code(material: Material, clips: Collection) -> Vectors:
    return stacked(clips, material.code_tower.embed([clip.code for clip in clips.clips]).numpy())


def _read(material: Material, clips: Collection) -> Vectors:
    pictures = material.code_tower.pictures([clip.code for clip in clips.clips]).numpy()
    return material.bands(pictures.reshape(len(clips.sets), -1, *pictures.shape[1:]))


def _sketch(material: Material, clips: Collection) -> Vectors:
    return material.bands(sketches(clips))


def _score(material: Material, clips: Collection) -> Vectors:
    return material.see(sketches(clips))


def _refined(material: Material, clips: Collection) -> Vectors:
    return material.see(material.refine(sketches(clips)))


def stacked(clips: Collection, rows: Vectors) -> Vectors:
    """Rows of all clips `[S N, D]` as `[S, N, D]`."""
    count = len(clips.sets)
    return np.ascontiguousarray(rows, np.float32).reshape(count, len(rows) // count, -1)


TOWERS: dict[str, Told] = {
    "text": Told("sentence encoder, first 128 tokens", (), _text(None)),
    "text_whole": Told("sentence encoder, whole program", (), _text(WINDOW)),
    "code": Told("**code tower**", ("clips", "code"), _code, shared=True),
    "read": Told("picture that the code tower reads, band statistics", ("code",), _read, euclidean),
    "sketch": Told("sketch of the score, nothing learnt, band statistics", (), _sketch, euclidean),
    "drawn": Told("sketch of the score, our audio door", ("clips",), _score, shared=True),
    "score": Told("**score tower**", ("clips", "refiner"), _refined, shared=True),
}
"""From what reads least to what does most."""

SHOWN = tuple(name for name in TOWERS if name != "text_whole")
"""In the tables, in this order; the whole text is read for the table of parts alone."""

DRAWN = ("read", "sketch")
"""Those whose vectors lie beside the band statistics of real sounds."""
