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
    chance_sounds,
    loss_difference,
    losses_of,
    over_seeds,
    real_sounds,
    sounds_of,
)
from trichord.studies.tables import Cell as Shown
from trichord.studies.tables import Table, Target

if TYPE_CHECKING:
    from trichord.studies.regularisation.study import RegularisationStudy

READ = (
    "setting",
    "seeds",
    "loss, caption shown",
    "less the one without [95 %]",
    "p",
    "loss, nothing shown",
    "caption tells, unheard",
    "caption tells, heard",
    "geometry of states",
    "less the one without [95 %], p",
    "term of the paper",
)
HEARD = (
    "setting",
    "seeds",
    "KAD, hand-made",
    "KAD, judge",
    "less the one without [95 %], p",
    "FAD, space",
    "tagger KL",
    "score of judge",
    "less [95 %], p",
    "consistency",
    "geometry of sounds",
    "less [95 %], p ",
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


def read_table(group: str) -> Callable[[RegularisationStudy], Table]:
    """The function that makes the table of a group's losses and geometry."""

    def make(study: RegularisationStudy) -> Table:
        rows = _rows(group, study, heard=False)
        cells = GROUPS[group]
        return Table(
            title=_TITLES[group],
            columns=READ,
            rows=tuple(
                (cell.said, *_loss_cells(study, rows[cell], rows[cell.without])) for cell in cells
            ),
            about=about_read(study, [rows[cell] for cell in cells]),
            raw={cell.name: _raw(row) for cell, row in rows.items()},
        )

    return make


def heard_table(group: str) -> Callable[[RegularisationStudy], Table]:
    """The function that makes the table of what is heard of a group."""

    def make(study: RegularisationStudy) -> Table:
        rows = _rows(group, study, heard=study.options.listen)
        cells = GROUPS[group]
        shown: list[tuple[Shown, ...]] = [
            (cell.said, *_sound_cells(rows[cell], rows[cell.without])) for cell in cells
        ]
        if study.options.listen:
            shown.append(_fixed_row("chance: tokens drawn evenly", chance_sounds(study)))
            shown.append(_fixed_row("ceiling: real notes of the asked keys", real_sounds(study)))
        return Table(
            title=f"{_TITLES[group]}: what is heard",
            columns=HEARD,
            rows=tuple(shown),
            about=about_heard(study, [rows[cell] for cell in cells]),
            targets=tuple(_target(rows[c], rows[c.without]) for c in cells if c.weight),
            raw={cell.name: _raw(row) for cell, row in rows.items()},
        )

    return make


def _rows(group: str, study: RegularisationStudy, *, heard: bool) -> dict[Cell, Row]:
    """The settings of a group and those they are held against."""
    cells = dict.fromkeys((*GROUPS[group], *(cell.without for cell in GROUPS[group])))
    scale = study.options.guidance
    return {
        cell: Row(cell, losses_of(study, cell), sounds_of(study, cell, scale) if heard else None)
        for cell in cells
    }


def _fixed_row(name: str, one: Sounds) -> tuple[Shown, ...]:
    """What no run had a part in."""
    return (
        name,
        None,
        *(float(value[0]) for value in (one.kad_hand, one.kad_judge)),
        None,
        f"{one.fad_space[0]:.3f}",
        f"{one.divergence[0]:.3f}",
        f"{one.score[0]:.3f}",
        None,
        float(one.consistency[0]),
        float(one.geometry[0]),
        None,
    )


def _loss_cells(study: RegularisationStudy, row: Row, base: Row) -> tuple[Shown, ...]:
    losses = row.losses
    if losses is None:
        return (0, *[None] * 9)
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
        f"{losses.hidden.mean():.3f}",
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


def about_read(study: RegularisationStudy, rows: Sequence[Row]) -> str:
    """What was done, for a table of losses."""
    options = study.options
    absent = [row.cell.said for row in rows if row.losses is None]
    lacking = f" Not trained yet: {'; '.join(absent)}." if absent else ""
    return (
        f"Models of 128 × 4 layers, {_begin(study)}, {options.notes} notes each, the same notes "
        f"for every setting of a seed; up to {options.seeds} seeds. Loss: nats per token on "
        "held-out instruments of the valid split, with a caption, pitch and velocity shown; "
        "interval and p over instruments (bootstrap, sign flips), seeds averaged first. What the "
        "caption tells: loss with nothing shown less loss with all shown, on unheard instruments "
        "and on reserved notes of heard ones; it grows as well where the loss with nothing shown "
        "is made worse. Geometry "
        "of states: Spearman's correlation over pairs of held-out instruments between cosines of "
        "captions and of max-pooled hidden states with nothing shown (chance 0; 1 = the same "
        "order); its difference is over seeds, by Student's paired t. The paper's term is on "
        f"those states, whatever was trained with.{lacking}"
    )


def _begin(study: RegularisationStudy) -> str:
    """What the runs begin with."""
    if study.options.base is None:
        return "begun at random"
    return "begun with a base that learnt the sounds of the training split without a text"


def about_heard(study: RegularisationStudy, rows: Sequence[Row]) -> str:
    """What was done, for a table of sounds."""
    options = study.options
    absent = [row.cell.said for row in rows if row.sounds is None]
    lacking = f" Not heard yet: {'; '.join(absent)}." if absent else ""
    return (
        "The same models, asked for the instruments of the test split by their first caption: "
        f"{options.keys} keys at three velocities, guidance {options.guidance:g}, one draw per "
        "note, 2 s heard. KAD, FAD, KL and score as in [conditioning](conditioning.md), by ears "
        "that were not trained with the generator; the reference is other real notes of the same "
        "instruments. Score: the judge's cosine of an instrument and its captions, adapted "
        "(chance about 0). Geometry of sounds: Spearman's correlation over pairs of instruments "
        "between the judge's cosines of captions and of made sounds (chance 0). Differences are "
        "over seeds, by Student's paired t, which with three seeds finds large effects alone."
        f"{lacking}"
    )
