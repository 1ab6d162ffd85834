"""Pictures made small: numbers for JSON, and a sheet of all files as one PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trichord.audio.bands import GRID
from trichord.choose.axes import COLUMN_SECONDS
from trichord.errors import InputError, MissingProgramError

if TYPE_CHECKING:
    from trichord.livecode.towers import Picture

ROWS, COLUMNS = 27, 48
"""Of a thumbnail: four semitones a row; 375 ms a column of an 18 s clip."""
LOUDEST = 70.0
"""dB above the floor that the sheet draws in its brightest colour."""


def thumbnail(picture: Picture) -> dict[str, Any]:
    """A picture as a few numbers: whole dB above the floor, row by row, lowest band first."""
    rows = picture.reshape(ROWS, -1, picture.shape[1]).max(axis=1)
    count = min(COLUMNS, picture.shape[1])
    parts = [part.max(axis=1) for part in np.array_split(rows, count, axis=1)]
    small = np.rint(np.stack(parts, axis=1)).astype(int)
    return {
        "seconds": round(picture.shape[1] * COLUMN_SECONDS, 2),
        "low_midi": GRID.low,
        "semitones_per_row": GRID.bands // ROWS,
        "db": small.tolist(),
    }


def check_sheet(path: Path) -> None:
    """Refuses a place for the sheet before any work is done.

    Raises:
        InputError: it is no .png, or its folder does not exist.
        MissingProgramError: matplotlib is not installed.
    """
    import importlib.util

    if path.suffix.lower() != ".png":
        raise InputError(f"--picture {path}: name a file that ends in .png")
    if path.is_dir() or not path.parent.is_dir():
        raise InputError(f"--picture {path}: its folder does not exist: make it first")
    if importlib.util.find_spec("matplotlib") is None:
        raise MissingProgramError("--picture needs matplotlib: pip install 'trichord[study]'")


def write_sheet(path: Path, pictures: Sequence[Picture], titles: Sequence[str]) -> None:
    """Writes spectrograms below each other, one per file, in order of rank.

    Raises:
        InputError: the file cannot be written.
    """
    import io

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from trichord.files import write_atomically

    figure = Figure(figsize=(7.0, 0.4 + 1.25 * len(pictures)), layout="constrained")
    FigureCanvasAgg(figure)
    longest = max(picture.shape[1] for picture in pictures) * COLUMN_SECONDS
    panels = figure.subplots(len(pictures), 1, sharex=True, squeeze=False)[:, 0]
    for panel, picture, title in zip(panels, pictures, titles, strict=True):
        seconds = picture.shape[1] * COLUMN_SECONDS
        extent = (0.0, seconds, float(GRID.low), float(GRID.high))
        panel.imshow(
            picture,
            origin="lower",
            aspect="auto",
            extent=extent,
            cmap="magma",
            vmin=0,
            vmax=LOUDEST,
        )
        panel.set_xlim(0.0, longest)
        panel.set_yticks([36, 60, 84, 108], ["C2", "C4", "C6", "C8"], fontsize=7)
        panel.set_title(title, fontsize=8, loc="left")
    panels[-1].set_xlabel("seconds", fontsize=8)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    write_atomically(path, buffer.getvalue())
