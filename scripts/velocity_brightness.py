"""How much brighter a note is for each step of velocity: a constant of `instrument/shot_player.py`.

    .venv/bin/python scripts/velocity_brightness.py build/blocks

reads the analysed notes that `trichord train codec` keeps. For every key of a training instrument
that was played at three velocities or more: the slope of its first twelve partials in dB per
octave, and how that slope grows with velocity, both by least squares; the mean by kind of source.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from trichord.codec.note import layout as lay
from trichord.data.schema import SOURCES, SPLITS

PARTIALS, BODY, SILENT_DB, LEAST_SPREAD = 12, slice(10, 40), -85.0, 40
OCTAVES = np.log2(np.arange(1, PARTIALS + 1))


def slope(levels: NDArray[np.float64]) -> float | None:
    """DB per octave over the partials [12] that sound; None where fewer than four do."""
    heard = levels > SILENT_DB
    if heard.sum() < 4:
        return None
    return float(np.polyfit(OCTAVES[heard], levels[heard], 1)[0])


def main() -> None:
    """Prints a line per kind of source."""
    keys: dict[tuple[str, int, int], list[tuple[int, float]]] = defaultdict(list)
    for path in sorted(Path(sys.argv[1]).glob("notes-*.safetensors")):
        with safe_open(path, framework="np") as file:
            blocks = file.get_tensor("blocks")[:, BODY, lay.HARMONIC_SLICE][:, :, :PARTIALS]
            columns = [file.get_tensor(n) for n in ("velocity", "pitch", "source", "split")]
            owners = file.metadata()["instrument_ids"].split("\n")
        levels = 10 * np.log10((10 ** (blocks.astype(np.float64) / 10)).mean(1) + 1e-10)
        for row, owner, velocity, pitch, source, split in zip(
            levels, owners, *columns, strict=True
        ):
            steep = slope(row)
            if steep is not None and SPLITS[split] == "train":
                keys[owner, int(pitch), int(source)].append((int(velocity), steep))
    growth: dict[int, list[float]] = defaultdict(list)
    for (_, _, source), notes in keys.items():
        velocities, slopes = np.array(notes).T
        if len(notes) >= 3 and np.ptp(velocities) > LEAST_SPREAD:
            growth[source].append(float(np.polyfit(velocities, slopes, 1)[0]))
    for source, values in sorted(growth.items()):
        line = (
            f"{SOURCES[source]}: {np.mean(values):.4f} dB per octave and step, {len(values)} keys"
        )
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
