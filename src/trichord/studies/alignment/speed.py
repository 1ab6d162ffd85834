"""How long ten candidates take to rank, in a process that has ranked before."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import numpy as np

from trichord.metrics.diverse import most_diverse
from trichord.studies.alignment.agreement import CHOSEN, cosines
from trichord.studies.alignment.scenarios import MIXED
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.tables import Cell, Table, Target

if TYPE_CHECKING:
    from trichord.livecode.towers import Tower

BARS = {"code": 0.050, "score": 0.500, "audio": 3.0}
"""Seconds for ten candidates."""

ROUNDS = 7
SETS = 5


def speed_table(study: AlignmentStudy) -> Table:
    """Ten candidates by every tower: to vectors and pictures, and the choice of three."""
    from trichord.livecode.towers import load_tower

    clips = study.material.scenario(MIXED, SETS)
    programs = [[clip.code for clip in one] for one in clips.sets]
    rows: list[tuple[Cell, ...]] = []
    targets: list[Target] = []
    for name, bound in BARS.items():
        with load_tower(name, study.material.space) as tower:
            for codes in programs:
                timed(tower, codes)
            took = [timed(tower, codes) for _ in range(ROUNDS) for codes in programs]
        walls = np.array([wall for wall, _ in took])
        cpus = np.array([cpu for _, cpu in took])
        best, typical = float(np.percentile(walls, 10)), float(np.median(walls))
        rows.append((f"`{name}`", 1000 * best, 1000 * typical, 1000 * float(np.median(cpus))))
        targets.append(
            Target(f"ten candidates ranked, warm, `{name}`", f"≤ {1000 * bound:.0f} ms",
                   f"{1000 * typical:.0f} ms", typical <= bound)
        )  # fmt: skip
    busy = os.getloadavg()[0]
    signs = int(np.median([len(code) for codes in programs for code in codes]))
    return Table(
        title="Speed",
        columns=(
            "tower",
            "tenth percentile, ms",
            "median, ms",
            "processor time of the process, ms",
        ),
        rows=tuple(rows),
        about=(
            f"Ten candidates to their three most different, {SETS} sets, {ROUNDS} rounds after a "
            f"first one, in one process on {os.cpu_count()} cores; each program is heard for 18 s. "
            f"Candidates of a set are changes of one program, of {signs} characters in the median; "
            "`make bench` ranks ten that have nothing in common, by a wish, which takes longer. "
            f"Other programs were running beside (load {busy:.1f}): on a quiet machine the median "
            "comes near the tenth percentile. What runs in the workers of Sonic Pi and scsynth is "
            "in the time on the clock, not in that of the processor."
        ),
        targets=tuple(targets),
    )


def timed(tower: Tower, programs: list[str]) -> tuple[float, float]:
    """Seconds on the clock and of the processor to choose the three most different programs."""
    wall, cpu = time.perf_counter(), time.process_time()
    vectors = tower.embed(programs).vectors.numpy()
    most_diverse(cosines(vectors.astype(np.float64)), CHOSEN)
    return time.perf_counter() - wall, time.process_time() - cpu
