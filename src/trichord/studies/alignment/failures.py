"""Where the towers are most wrong, to be listened to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import rankdata

from trichord.files import write_atomically
from trichord.metrics.arrays import Matrix, upper
from trichord.studies.alignment.agreement import Vectors, cosines
from trichord.studies.alignment.collection import Collection
from trichord.studies.alignment.scenarios import SCENARIOS
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.tables import Table

WORST = 3
"""Pairs of each tower."""
ASKED = ("score", "code")


@dataclass(frozen=True)
class Wrong:
    """Two candidates that a tower misjudges.

    Attributes:
        at: the set, and the places of both in it.
        said: rank of their distance among the set's 45 as the tower has it, 1 the nearest pair.
        heard: the same of the real sound.
    """

    clips: Collection
    at: tuple[int, int, int]
    said: float
    heard: float


def failures_table(study: AlignmentStudy) -> Table:
    """The pairs whose place among the distances of their set is most wrong."""
    rows: list[tuple[str, ...]] = []
    written: list[str] = []
    for tower in ASKED:
        found: list[Wrong] = []
        for scenario in SCENARIOS.values():
            clips = study.material.scenario(scenario)
            heard = study.material.listener(clips, "space")
            found += worst_pairs(clips, study.material.tower(clips, tower), heard)
        found = [one for one in found if not _foreign(one)]
        found.sort(key=lambda one: -abs(one.said - one.heard))
        for number, one in enumerate(found[:WORST], start=1):
            names = _write(study.options.out, f"{tower}_{number}", one)
            written += names
            rows.append(
                (
                    f"`{tower}`",
                    one.clips.name,
                    f"{one.said:.0f}",
                    f"{one.heard:.0f}",
                    " and ".join(f"`trichord render {name} --out {name[:-3]}.wav`"
                                 for name in names),
                )
            )  # fmt: skip
    return Table(
        title="Failures to listen to",
        columns=("tower", "scenario", "rank of the distance as told", "as heard", "both of them"),
        rows=tuple(rows),
        about=(
            "Of each tower the pairs of candidates whose distance stands most wrongly among the 45 "
            "of its set (1: nearest, 45: farthest), one pair of a set at most, against our audio "
            "door, of the six scenarios; programs of our own only. The programs are beside this "
            f"page; what was compared are their first {study.options.seconds:g} s."
        ),
        pages=tuple(written),
    )


def worst_pairs(clips: Collection, told: Vectors, heard: Vectors) -> list[Wrong]:
    """The most misjudged pair of every set."""
    return [
        _worst(clips, at, cosines(np.asarray(a, np.float64)), cosines(np.asarray(b, np.float64)))
        for at, (a, b) in enumerate(zip(told, heard, strict=True))
    ]


def _worst(clips: Collection, at: int, told: Matrix, heard: Matrix) -> Wrong:
    said, truth = (np.asarray(rankdata(upper(one))) for one in (told, heard))
    most = int(np.argmax(np.abs(said - truth)))
    rows, columns = np.triu_indices(len(told), k=1)
    place = (at, int(rows[most]), int(columns[most]))
    return Wrong(clips, place, float(said[most]), float(truth[most]))


def _foreign(one: Wrong) -> bool:
    """Whether its programs stem from an example of Sonic Pi, which is not ours to copy."""
    return one.clips.templates[one.at[0]].startswith("example_")


def _write(out: Path, name: str, one: Wrong) -> Sequence[str]:
    at, *pair = one.at
    names = [f"{name}{side}.rb" for side in "ab"]
    for file, place in zip(names, pair, strict=True):
        write_atomically(out / file, one.clips.sets[at][place].code.encode())
    return names
