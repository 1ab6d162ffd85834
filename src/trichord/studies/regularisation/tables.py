"""The table of each group of settings: losses and geometry, and what is heard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trichord.metrics.paired import PairedT
from trichord.studies.regularisation.cells import GROUPS, Cell
from trichord.studies.regularisation.figures import (
    Losses,
    Sounds,
    Values,
    loss_difference,
    losses_of,
    over_seeds,
    sounds_of,
)
from trichord.studies.tables import Cell as Shown
from trichord.studies.tables import Table, Target

if TYPE_CHECKING:
    from trichord.studies.regularisation.study import RegularisationStudy

COLUMNS = (
    "setting",
    "seeds",
    "loss, nats per token",
    "less the one without [95 %]",
    "p",
    "caption tells, unheard",
    "caption tells, heard",
    "geometry of states",
    "less the one without [95 %], p",
    "term of the paper",
    "seeds heard",
    "KAD, hand-made",
    "KAD, judge",
    "less [95 %], p",
    "FAD, space",
    "tagger KL",
    "score of judge",
    "less [95 %], p ",
    "consistency",
    "geometry of sounds",
    "less [95 %], p  ",
)

_TITLES = {
    "steps": "Nowhere, in the dropped steps, in all steps",
    "weights": "The weight λ",
    "pooling": "Pooling",
    "targets": "Whose geometry: the text encoder's, or the joint space's",
    "centring": "Targets as they are, centred, whitened",
    "ratios": "How often the conditions are dropped",
    "batches": "Batch size: the pairs that the mean runs over",
}


@dataclass(frozen=True)
class Row:
    """A setting and what was measured of it."""

    cell: Cell
    losses: Losses | None
    sounds: Sounds | None


def table_of(group: str) -> Callable[[RegularisationStudy], Table]:
    """The function that makes the table of a group."""

    def make(study: RegularisationStudy) -> Table:
        cells = GROUPS[group]
        rows = {cell: _row(study, cell) for cell in dict.fromkeys((*cells, *_bases(cells)))}
        shown = [cells_of(study, rows[cell], rows[cell.without]) for cell in cells]
        return Table(
            title=_TITLES[group],
            columns=COLUMNS,
            rows=tuple(shown),
            about=_about(study, [rows[cell] for cell in cells]),
            targets=tuple(_target(rows[c], rows[c.without]) for c in cells if c.weight),
            raw={cell.name: _raw(row) for cell, row in rows.items()},
        )

    return make


def _bases(cells: Sequence[Cell]) -> list[Cell]:
    return [cell.without for cell in cells]


def _row(study: RegularisationStudy, cell: Cell) -> Row:
    sounds = sounds_of(study, cell, study.options.guidance) if study.options.listen else None
    return Row(cell, losses_of(study, cell), sounds)


def cells_of(study: RegularisationStudy, row: Row, base: Row) -> tuple[Shown, ...]:
    """A row of the table; what was not run is empty."""
    return (row.cell.said, *_loss_cells(study, row, base), *_sound_cells(row, base))


def _loss_cells(study: RegularisationStudy, row: Row, base: Row) -> tuple[Shown, ...]:
    losses = row.losses
    if losses is None:
        return (0, *[None] * 8)
    versus: Shown = None
    p: Shown = None
    geometry: Shown = None
    if base.losses is not None and row.cell.weight:
        found, value = loss_difference(study, losses, base.losses)
        versus = f"{found.value:+.3f} [{found.low:+.3f}, {found.high:+.3f}]"
        p = p_value(value)
        geometry = difference(
            losses.agreement, losses.seeds, base.losses.agreement, base.losses.seeds
        )
    return (
        len(losses.seeds),
        f"{losses.shown.mean():.3f}",
        versus,
        p,
        f"{losses.gain:.3f}",
        f"{losses.gain_heard:.3f}",
        float(losses.agreement.mean()),
        geometry,
        f"{losses.similarity:.3f}",
    )


def _sound_cells(row: Row, base: Row) -> tuple[Shown, ...]:
    sounds = row.sounds
    if sounds is None:
        return (0, *[None] * 10)

    def versus(name: str) -> Shown:
        if base.sounds is None or not row.cell.weight:
            return None
        own, other = getattr(sounds, name), getattr(base.sounds, name)
        return difference(own, sounds.seeds, other, base.sounds.seeds)

    return (
        len(sounds.seeds),
        float(sounds.kad_hand.mean()),
        float(sounds.kad_judge.mean()),
        versus("kad_judge"),
        f"{sounds.fad_space.mean():.3f}",
        f"{sounds.divergence.mean():.3f}",
        f"{sounds.score.mean():.3f}",
        versus("score"),
        float(sounds.consistency.mean()),
        float(sounds.geometry.mean()),
        versus("geometry"),
    )


def difference(
    one: Values, seeds: tuple[int, ...], other: Values, others: tuple[int, ...]
) -> Shown:
    """The mean difference over common seeds, its interval and p; nothing below two."""
    known = {s for s, value in zip(seeds, one, strict=True) if np.isfinite(value)}
    known &= {s for s, value in zip(others, other, strict=True) if np.isfinite(value)}
    if len(known) < 2:
        return None
    return said(over_seeds(one, seeds, other, others))


def said(found: PairedT) -> str:
    """A difference as it is shown."""
    return f"{found.mean:+.3f} [{found.low:+.3f}, {found.high:+.3f}], {p_value(found.p)}"


def p_value(p: float) -> str:
    """Two digits, or that it is below a thousandth."""
    return "< .001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def _target(row: Row, base: Row) -> Target:
    """Did it help? By the judge's score on three seeds or more."""
    what = f"{row.cell.said}: score of the judge above the one without"
    if row.sounds is None or base.sounds is None:
        return Target(what, "interval above 0", "not run", False)
    common = set(row.sounds.seeds) & set(base.sounds.seeds)
    if len(common) < 2:
        return Target(what, "interval above 0", f"{len(common)} seeds run", False)
    found = over_seeds(row.sounds.score, row.sounds.seeds, base.sounds.score, base.sounds.seeds)
    return Target(what, "interval above 0", said(found), found.low > 0)


def _raw(row: Row) -> dict[str, Any]:
    """Everything that was measured, for machines."""
    told: dict[str, Any] = {"cell": asdict(row.cell)}
    for name, part in (("losses", row.losses), ("sounds", row.sounds)):
        if part is not None:
            told[name] = {
                key: value.tolist() if isinstance(value, np.ndarray) else value
                for key, value in asdict(part).items()
            }
    return told


def _about(study: RegularisationStudy, rows: Sequence[Row]) -> str:
    options = study.options
    absent = [row.cell.said for row in rows if row.losses is None]
    silent = [row.cell.said for row in rows if row.losses is not None and row.sounds is None]
    lacking = ""
    if absent:
        lacking += f" Not trained yet: {'; '.join(absent)}."
    if silent:
        lacking += f" Trained, not heard yet: {'; '.join(silent)}."
    return (
        f"Models of 128 × 4 layers, {options.notes} notes each, the same notes for every setting "
        f"of a seed; up to {options.seeds} seeds. Loss: held-out instruments of the valid split "
        "with a caption, pitch and velocity; interval and p over instruments (bootstrap, sign "
        "flips), seeds averaged first. What the caption tells: loss with nothing shown less loss "
        "with all shown, on unheard instruments and on reserved notes of heard ones. Geometry of "
        "states: Spearman's correlation over pairs of held-out instruments between cosines of "
        "captions and of max-pooled hidden states with nothing shown (chance 0); the paper's term "
        "is on those states. Heard: test instruments asked for by their first caption, "
        f"{options.keys} keys at three velocities, guidance {options.guidance:g}, one draw per "
        "note; KAD, FAD, KL and score as in docs/results/conditioning.md, by ears that were not "
        "trained with the generator. Geometry of sounds: the same correlation between the "
        "judge's cosines of captions and of made instruments. Differences over seeds: Student's "
        f"paired t, which with three seeds finds large effects alone.{lacking}"
    )
