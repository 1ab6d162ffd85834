"""A table of figures: kept as JSON so that a study resumes, shown as Markdown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

from trichord.errors import InputError
from trichord.files import write_atomically

Cell = str | int | float | None


@dataclass(frozen=True)
class Target:
    """One thing that was to be shown, and whether it was."""

    what: str
    bound: str
    """The least that was asked, such as "≤ 5 cents"."""
    measured: str
    met: bool


@dataclass(frozen=True)
class Table:
    """Figures of one question, with all that is needed to measure them again."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    about: str
    """What was done, with N, in one paragraph."""
    targets: tuple[Target, ...] = ()
    figures: tuple[str, ...] = ()
    """Names of pictures in the study's folder."""
    pages: tuple[str, ...] = ()
    """Names of pages of their own (HTML) and of sounds in the study's folder."""
    raw: dict[str, Any] = field(default_factory=dict[str, Any])
    """What the rows were made from, for machines."""

    def save(self, path: Path, inputs: dict[str, Any]) -> None:
        """Writes the table with the inputs that decide it."""
        text = json.dumps({"inputs": inputs, "table": asdict(self)}, indent=1)
        write_atomically(path, (text + "\n").encode())


def read_report(path: Path, mend: str) -> dict[str, Any]:
    """What a run or a build reports of itself.

    Args:
        path: of the JSON file.
        mend: what brings it, such as "run `trichord train space`".

    Raises:
        InputError: the file is missing, or is no report.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file; {mend}")
    try:
        report: Any = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path}: no JSON ({error}); {mend}") from None
    if not isinstance(report, dict):
        raise InputError(f"{path}: no report; {mend}")
    return cast("dict[str, Any]", report)


def load_table(path: Path, inputs: dict[str, Any]) -> Table | None:
    """The table that was saved with the same inputs; None where there is none, or a broken one."""
    if not path.is_file():
        return None
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        # JSON knows no tuples: what is compared has been through it on both sides.
        same = stored["inputs"] == json.loads(json.dumps(inputs))
        return _table_of(stored) if same else None
    except _BROKEN:
        return None


def read_table(path: Path) -> Table | None:
    """The table that was saved, with whatever inputs; None where there is none.

    Raises:
        InputError: the file holds no table.
    """
    if not path.is_file():
        return None
    try:
        return _table_of(json.loads(path.read_text(encoding="utf-8")))
    except _BROKEN:
        raise InputError(
            f"{path}: holds no table of a study: remove it, and run that study again"
        ) from None


_BROKEN = (ValueError, KeyError, TypeError, AttributeError)
"""What reading raises where a file is cut short, or is something else."""


def _table_of(stored: dict[str, Any]) -> Table:
    values = stored["table"]
    for name in ("columns", "figures", "pages"):
        values[name] = tuple(values.get(name, ()))
    values["rows"] = tuple(tuple(row) for row in values["rows"])
    values["targets"] = tuple(Target(**target) for target in values["targets"])
    return Table(**values)


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """A Markdown table; numbers are shown with three significant digits or so."""
    lines = [_line(columns), _line(["---"] * len(columns))]
    return "\n".join([*lines, *(_line([show(cell) for cell in row]) for row in rows)])


def show(cell: Cell) -> str:
    """A cell as a person reads it: "–" for nothing, no digits that mean nothing."""
    if cell is None:
        return "–"
    if isinstance(cell, float):
        if cell != cell:
            return "–"
        size = abs(cell)
        return f"{cell:.0f}" if size >= 100 else f"{cell:.1f}" if size >= 10 else f"{cell:.2f}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def percent(share: float) -> str:
    """0.815 → "82 %"; small shares keep a digit."""
    return f"{100 * share:.0f} %" if share == 0 or share >= 0.1 else f"{100 * share:.1f} %"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"
