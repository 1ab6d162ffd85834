"""Does a larger model serve? Three sizes on one number of notes, as one curve."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from trichord.studies.conditioning.cells import TASKS, Cell, Result, finished, sizes
from trichord.studies.conditioning.measure import HAND, SPACE
from trichord.studies.figures import plots
from trichord.studies.tables import Cell as TableCell
from trichord.studies.tables import Table

if TYPE_CHECKING:
    from pathlib import Path

    from trichord.studies.conditioning.study import ConditioningStudy


def scaling_table(study: ConditioningStudy) -> Table:
    """The scheme of the shipped model at three sizes, seed 0."""
    cells = sizes()
    results = finished(study, cells)
    rows: list[tuple[TableCell, ...]] = []
    for cell, result in results.items():
        figures = [result.figures[task] for task in TASKS]
        width, layers = cell.size
        told: list[TableCell] = [one.kad[name] for one in figures for name in (SPACE, HAND)]
        millions = f"{result.parameters / 1e6:.2f} M"
        rows.append((f"{width}-d × {layers}", millions, result.nats, *told, result.seconds))
    _draw(results, study.options.out / "scaling.png")
    asked = [f"KAD by {task}, {name}" for task in TASKS for name in ("joint space", "hand-made")]
    missing = ", ".join(cell.name for cell in cells if cell not in results)
    return Table(
        title="Three sizes, one curve",
        columns=("model", "parameters", "nats per token", *asked, "processor seconds"),
        rows=tuple(rows),
        about=(
            f"Scheme {cells[0].scheme}, {cells[0].decoding}, seed 0: a base of "
            f"{study.options.base_steps} steps for each size, then {study.options.steps} under the "
            f"scheme, {study.options.batch_size} notes each and the learning rate alike; as many "
            "notes seen by all, not as many seconds (those are of the second part)."
            + (f" Not run: {missing}." if missing else "")
        ),
        figures=("scaling.png",) if results else (),
        raw={cell.name: asdict(result) for cell, result in results.items()},
    )


def _draw(results: dict[Cell, Result], path: Path) -> None:
    plt = plots()
    figure, axis = plt.subplots(figsize=(5.2, 3.4))
    order = sorted(results.values(), key=lambda one: one.parameters)
    axis.plot([one.parameters for one in order], [one.nats for one in order], marker="o")
    axis.set_xscale("log")
    axis.set_xlabel("parameters")
    axis.set_ylabel("nats per token, held-out instruments")
    figure.tight_layout()
    figure.savefig(path, dpi=90)
    plt.close(figure)
