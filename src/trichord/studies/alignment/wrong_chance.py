"""What one set of ten can show: how often a random choice does as well as the paper's figures."""

from __future__ import annotations

from math import ceil

import numpy as np

from trichord.metrics.overlap import chance_jaccard, chance_overlap
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.tables import Cell, Table

CANDIDATES, CHOSEN = 10, 3

_FIGURES = (
    ("melody, raw", 0.33), ("melody, aligned", 0.47), ("drum, raw", 0.00),
    ("drum, aligned", 0.27), ("bass, raw", 0.33), ("bass, aligned", 0.67),
)  # fmt: skip
"""The paper's overlap@3; the aligned ones are means of five runs."""

_POWER = 2.8
"""Standard errors between chance and what is there, for 80 % power at p = .05, two-sided."""


def chance_table(study: AlignmentStudy) -> Table:
    """The paper's overlaps, each beside how often chance reaches it and the sets it would take."""
    del study  # closed form
    spread = overlap_spread(CANDIDATES, CHOSEN)
    rows: list[tuple[Cell, ...]] = [
        (name, f"{value:.2f}", f"{value - chance_overlap(CANDIDATES, CHOSEN):+.2f}",
         f"{at_least(value):.3f}", sets_needed(value))
        for name, value in _FIGURES
    ]  # fmt: skip
    return Table(
        title="What was wrong: one set of ten",
        columns=(
            "the paper's scenario", "overlap@3", "above chance",
            "how often one random choice does as well", "sets that would show it",
        ),
        rows=tuple(rows),
        about=(
            f"Three of ten drawn at random share {chance_overlap(CANDIDATES, CHOSEN):.3f} of the "
            f"gold three (standard deviation {spread:.3f} of one set), Jaccard "
            f"{chance_jaccard(CANDIDATES, CHOSEN):.3f}: hypergeometric, no simulation. On one set "
            "overlap is 0, ⅓, ⅔ or 1 with probabilities "
            + ", ".join(f"{p:.3f}" for p in overlap_chances(CANDIDATES, CHOSEN))
            + ". The aligned figures are means of five trainings judged on the same set, which is "
            "still one set. Sets that would show it: for 80 % power at p = .05."
        ),
    )  # fmt: skip


def overlap_chances(n: int, k: int) -> list[float]:
    """The chance of each number of shared items, 0 to k."""
    from scipy.stats import hypergeom

    return [float(p) for p in hypergeom.pmf(np.arange(k + 1), n, k, k)]


def overlap_spread(n: int, k: int) -> float:
    """Standard deviation of the overlap of two choices, one of them random."""
    chances, shared = overlap_chances(n, k), np.arange(k + 1) / k
    return float(np.sqrt(np.dot(chances, shared**2) - np.dot(chances, shared) ** 2))


def at_least(value: float) -> float:
    """How often a random choice of three of ten overlaps as much; ⅔ is printed as 0.67."""
    shared = np.arange(CHOSEN + 1) / CHOSEN
    reached = shared >= value - 0.005
    return float(np.dot(overlap_chances(CANDIDATES, CHOSEN), reached))


def sets_needed(value: float) -> int | None:
    """Sets after which such a mean stands out of chance; None where it does not lie above."""
    above = value - chance_overlap(CANDIDATES, CHOSEN)
    if above <= 0:
        return None
    return ceil((_POWER * overlap_spread(CANDIDATES, CHOSEN) / above) ** 2)
