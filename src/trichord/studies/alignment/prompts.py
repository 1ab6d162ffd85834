"""Forty wishes: does ranking by a sentence move what is heard in the wished direction?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trichord.audio.yardstick import FAMILY_SIZES
from trichord.studies.alignment.collection import Clip, Collection
from trichord.studies.alignment.scenarios import MIXED
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.tables import Cell, Table, Target, percent

if TYPE_CHECKING:
    from trichord.livecode.towers import Tower

BASES, FIRST = 5, 3
"""Programs with ten candidates each, and how many of the first are looked at."""
LEAST_RIGHT = 0.8
ASKED = ("code", "score", "audio")

_RHYTHM = FAMILY_SIZES[0] + FAMILY_SIZES[1]
"""Where the yardstick's rhythm begins: mean flux, its spread, strokes a second …"""

Measure = Callable[[Clip, NDArray[np.float32]], float]


@dataclass(frozen=True)
class Direction:
    """A wish, and what of the real render tells whether it was met.

    Attributes:
        sign: 1 where more of it is asked.
        measure: takes the clip with its traits, and its yardstick as it was measured.
        descriptor: what that measures, in words.
    """

    word: str
    sign: int
    measure: Measure
    descriptor: str


def _brightness(clip: Clip, _: NDArray[np.float32]) -> float:
    return clip.traits["brightness"]


def _strokes(_: Clip, yardstick: NDArray[np.float32]) -> float:
    return float(yardstick[_RHYTHM + 2])


def _flux(_: Clip, yardstick: NDArray[np.float32]) -> float:
    return float(yardstick[_RHYTHM])


def _attacks(clip: Clip, _: NDArray[np.float32]) -> float:
    return clip.traits["strokes"]


DIRECTIONS = (
    Direction("darker", -1, _brightness, "spectral centroid"),
    Direction("brighter", 1, _brightness, "spectral centroid"),
    Direction("faster", 1, _strokes, "strokes a second"),
    Direction("slower", -1, _strokes, "strokes a second"),
    Direction("sparser", -1, _flux, "mean spectral flux"),
    Direction("busier", 1, _flux, "mean spectral flux"),
    Direction("more percussive", 1, _attacks, "level jumps, dB a second"),
    Direction("more sustained", -1, _attacks, "level jumps, dB a second"),
)


def prompts_table(study: AlignmentStudy) -> Table:
    """How many of forty wishes each tower meets."""
    from trichord.livecode.towers import load_tower

    clips = study.material.scenario(MIXED, BASES)
    heard = clips.heard("yardstick")
    met: dict[str, list[list[bool]]] = {}
    gains: dict[str, list[float]] = {}
    task = study.progress.task("ranking", len(ASKED) * len(DIRECTIONS))
    for name in ASKED:
        with load_tower(name, study.material.space) as tower:
            for direction in DIRECTIONS:
                found = [
                    moved(direction, clips, at, heard[at], tower) for at in range(len(clips.sets))
                ]
                met.setdefault(name, []).append([gain > 0 for gain in found])
                gains.setdefault(name, []).append(float(np.mean(found)))
                task.advance()
    rows: list[tuple[Cell, ...]] = []
    for at, direction in enumerate(DIRECTIONS):
        cells = (f"{sum(met[name][at])} of {BASES} ({gains[name][at]:+.2f})" for name in ASKED)
        rows.append((direction.word, direction.descriptor, *cells))
    shares = {name: float(np.mean(met[name])) for name in ASKED}
    rows.append(("all", "", *(percent(shares[name]) for name in ASKED)))
    total = len(DIRECTIONS) * len(clips.sets)
    return Table(
        title="Forty wishes",
        columns=("wish", "measured on the real render", *(f"`{name}`" for name in ASKED)),
        rows=tuple(rows),
        about=(
            f"{total} wishes: eight directions, {len(clips.sets)} programs of the split `test` "
            f"with ten candidates each (any edits; {study.options.seconds:g} s; seed "
            f"{study.options.seed}), ranked as `trichord rank --like` does. A wish is met where "
            f"the mean of the descriptor over the first {FIRST} lies on the wished side of the "
            "mean over all ten; chance is a half. In brackets: by how many standard deviations of "
            "the ten it moves, mean over the programs. The descriptors are hand-made, of the real "
            "render; what ranks are the axes that each tower reads off its own picture or events."
        ),
        targets=tuple(
            Target(f"wishes that move the ranking the right way, `{name}`",
                   f"≥ {percent(LEAST_RIGHT)} of 40",
                   f"{percent(shares[name])} of {total}",
                   shares[name] >= LEAST_RIGHT and total >= 40)
            for name in ASKED
        ),
    )  # fmt: skip


def moved(
    direction: Direction,
    clips: Collection,
    at: int,
    heard: NDArray[np.float32],
    tower: Tower,
) -> float:
    """By how many standard deviations the first few differ from all, in the wished direction.

    Args:
        direction: the wish.
        clips: candidates.
        at: which set of them.
        heard: their yardsticks as measured `[N, D]`.
        tower: that ranks.
    """
    from trichord.choose.rank import rank_programs

    candidates = clips.sets[at]
    order, _ = rank_programs([clip.code for clip in candidates], direction.word, tower)
    values = [direction.measure(*pair) for pair in zip(candidates, heard, strict=True)]
    return gain(values, order[:FIRST], direction.sign)


def gain(values: Sequence[float], first: Sequence[int], sign: int) -> float:
    """Mean of the first few less the mean of all, in standard deviations, signed by the wish."""
    spread = float(np.std(values))
    if spread <= 0.0 or not first:
        return 0.0
    chosen = float(np.mean([values[at] for at in first]))
    return sign * (chosen - float(np.mean(values))) / spread
