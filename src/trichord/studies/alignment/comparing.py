"""Towers against listeners over a collection of sets, with the lines to read them by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trichord.metrics.bootstrap import Interval
from trichord.metrics.paired import cluster_means, holm, permutation_test
from trichord.studies.alignment.agreement import FIGURES, Judged, chance, intervals, judge
from trichord.studies.alignment.collection import Collection
from trichord.studies.alignment.material import DISTANCES
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.alignment.towers import TOWERS
from trichord.studies.tables import Cell

LISTENERS = {
    "space": "our audio door",
    "yardstick": "hand-made yardstick",
    "ears": "second ears",
    "bands": "band statistics",
}
"""Who hears the real sound. Nothing was trained on the last three."""

OTHERS = {"space": "yardstick", "yardstick": "ears", "ears": "yardstick", "bands": "yardstick"}
"""The second pair of ears beside each listener: built differently, hearing the same sound."""


@dataclass(frozen=True)
class Line:
    """One tower, or one line to read towers by, against one listener.

    Attributes:
        judged: figures of every set.
        found: their means, with intervals over templates.
    """

    listener: str
    name: str
    label: str
    judged: Judged
    found: dict[str, Interval]

    def row(self) -> tuple[Cell, ...]:
        """Cells: listener, who tells, and every figure with its interval."""
        return (LISTENERS[self.listener], self.label, *map(told, self.found.values()))

    def raw(self) -> dict[str, object]:
        """For machines: the figures of every set."""
        return {name: [round(float(one), 5) for one in v] for name, v in self.judged.items()}


def told(one: Interval) -> str:
    """A mean with its interval: "0.56 (0.52–0.60)"."""
    return f"{one.value:.2f} ({one.low:.2f}–{one.high:.2f})"


def standing(study: AlignmentStudy, towers: Sequence[str]) -> list[str]:
    """Those of the towers whose weights are there."""
    return [name for name in towers if study.stands(*TOWERS[name].rooms)]


def missing(study: AlignmentStudy) -> str:
    """A sentence that names the models that are not there; empty where all are."""
    rooms = dict.fromkeys(room for tower in TOWERS.values() for room in tower.rooms)
    names = [room for room in rooms if not study.stands(room)]
    return f" Left out, since their weights are missing: {', '.join(names)}." if names else ""


def compare(
    study: AlignmentStudy,
    clips: Collection,
    listener: str,
    towers: Sequence[str],
    rng: np.random.Generator,
) -> list[Line]:
    """The towers against one listener, and behind them both lines.

    Args:
        study: that has the vectors.
        clips: the sets.
        listener: a name of `LISTENERS`.
        towers: names of `TOWERS`.
        rng: of the bootstrap.
    """
    if listener == "space" and not study.stands("clips"):
        return []
    material = study.material
    heard, truth = material.listener(clips, listener), DISTANCES[listener]
    other = OTHERS[listener]
    lines: list[Line] = []

    def add(name: str, label: str, judged: Judged) -> None:
        found = intervals(judged, clips.templates, rng)
        lines.append(Line(listener, name, label, judged, found))

    for name in standing(study, towers):
        tower = TOWERS[name]
        vectors = material.tower(clips, name)
        add(name, tower.label, judge(vectors, heard, tower.near, truth))
    second = material.listener(clips, other)
    add("second", f"*a second pair of ears* ({LISTENERS[other]})",
        judge(second, heard, DISTANCES[other], truth))  # fmt: skip
    start = material.listener(clips, f"{listener}_start")
    add("start", "*the first four seconds*", judge(start, heard, truth, truth))
    return lines


def chance_row() -> tuple[Cell, ...]:
    """The row of a choice at random."""
    return ("any", "*chance*", *(f"{value:.2f}" for value in chance().values()))


def columns() -> tuple[str, ...]:
    """Of the rows of `Line.row`."""
    return ("listener of the real sound", "who tells", *FIGURES)


def compared(
    lines: Sequence[Line], figure: str, templates: Sequence[str], rng: np.random.Generator
) -> list[tuple[str, str, float, float | None]]:
    """Neighbouring lines of one listener tested against each other, whole templates flipped.

    Returns:
        (first, second, difference of the means, p after Holm) of each pair of neighbours; p is
        None where there is one template alone.
    """
    pairs = list(pairwise(lines))
    figures = [(a.judged[figure], b.judged[figure]) for a, b in pairs]
    pvalues = [paired_p(a, b, templates, rng) for a, b in figures]
    told = [p for p in pvalues if p is not None]
    corrected = holm(told) if len(told) == len(pvalues) else pvalues
    return [
        (a.label, b.label, float(np.nanmean(second) - np.nanmean(first)), p)
        for (a, b), (first, second), p in zip(pairs, figures, corrected, strict=True)
    ]


def paired_p(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    templates: Sequence[str],
    rng: np.random.Generator,
) -> float | None:
    """P of two figures per set, paired, templates for units; None where there is only one."""
    one, two = (cluster_means(each, templates) for each in (first, second))
    return permutation_test(one, two, rng) if len(one) > 1 else None
