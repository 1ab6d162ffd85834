"""Measured axes of a sound: dark to bright, slow to fast. What, by which unit, called how.

Every axis can be read off a picture; pace, density and register are told better by a program's
events, where those are known. `axes.csv` is the table of units and words.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trichord.audio.bands import GRID, PICTURE_FRAMES

if TYPE_CHECKING:
    from trichord.livecode.towers import Picture, Strokes

COLUMN_SECONDS = PICTURE_FRAMES / GRID.frame_rate
"""Seconds of a picture's column: 93 ms."""

SLOWEST = 1.0 / 16.0
"""Strokes per second below which nothing gets slower: one in sixteen seconds."""

TOGETHER = 0.015
"""Seconds within which strokes count as one."""

Values = Mapping[str, float]
Row = NDArray[np.float64]


@dataclass(frozen=True)
class Axis:
    """One row of `axes.csv`."""

    name: str
    unit: str
    spread: float
    """About one standard deviation over programs, in `unit`."""
    less: str
    more: str
    low_words: tuple[str, ...]
    high_words: tuple[str, ...]


@lru_cache(maxsize=1)
def axes() -> tuple[Axis, ...]:
    """The axes, in the table's order."""
    text = resources.files("trichord.choose").joinpath("axes.csv").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(
        Axis(
            name=row["axis"],
            unit=row["unit"],
            spread=float(row["spread"]),
            less=row["less"],
            more=row["more"],
            low_words=_several(row["low_words"]),
            high_words=_several(row["high_words"]),
        )
        for row in csv.DictReader(lines)
    )


def measure(picture: Picture) -> dict[str, float]:
    """Every axis of a sound, read off its picture `[108, F]`; see `axes.csv` for the units.

    * brightness: centroid of the magnitudes' spectrum over the loud columns.
    * pace: rises of the whole spectrum that stand out from their neighbours, per second.
    * density: rises of single bands by more than 6 dB, per second.
    * attacks: dB per second by which the level jumps up from column to column.
    * loudness: K-weighted level (ITU-R BS.1770-4) of the loud columns, re full scale.
    * register: mean note of the K-weighted magnitudes.
    * bass: share of the energy below 150 Hz.
    * noise: spectral flatness between 100 Hz and 10 kHz; 0 is white noise.
    * range: between the levels that 10 and 95 % of the seconds stay below.
    * swell: the last third against the first.
    * length: from the first loud column to the end of the last.
    """
    shown = picture.astype(np.float64)
    power = 10.0 ** (shown / 10.0) - 1.0  # floor = 1
    weighted = _k_weights() @ power
    level = 10.0 * np.log10(weighted + 1.0)
    sounding = level > max(float(level.max()) - 50.0, 1.0)
    loud = power[:, sounding] if sounding.any() else power
    spectrum = loud.mean(axis=1)
    seconds = shown.shape[1] * COLUMN_SECONDS
    rises = np.maximum(0.0, np.diff(shown, axis=1, prepend=0.0))
    places = np.flatnonzero(sounding)
    return {
        "brightness": _brightness(spectrum),
        "pace": _octaves(_peaks(rises.mean(axis=0)) / seconds),
        "density": _octaves(float((rises > 6.0).sum()) / seconds),
        "attacks": _attacks(level) / seconds,
        "loudness": 10.0 * float(np.log10(weighted[sounding].mean() if len(places) else 1.0)) - 80,
        "register": _register(spectrum),
        "bass": _share(spectrum, 0.0, 150.0),
        "noise": _flatness(loud),
        "range": _range(weighted),
        "swell": _swell(weighted),
        "length": float(places[-1] - places[0] + 1) * COLUMN_SECONDS if len(places) else 0.0,
    }


def played(strokes: Strokes) -> dict[str, float]:
    """Pace, density and register as a program's strokes tell them; see `measure`.

    Register is the note that half of the sounding time of all notes lies below; it is left out
    where no notes are known.
    """
    starts = np.sort(strokes.starts)
    moments = starts[np.diff(starts, prepend=-1.0) > TOGETHER]
    seconds = max(strokes.seconds, 1e-3)
    values = {
        "pace": _octaves(len(moments) / seconds),
        "density": _octaves(len(starts) / seconds),
    }
    known = np.isfinite(strokes.notes)
    if known.any():
        pairs = np.stack([strokes.notes[known], strokes.lengths[known]], axis=1)
        values["register"] = _weighted_median(pairs)
    return values


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


@lru_cache(maxsize=1)
def _hz() -> Row:
    return 440.0 * 2.0 ** ((GRID.notes.astype(np.float64) - 69.0) / 12.0)


@lru_cache(maxsize=1)
def _bins() -> Row:
    """How many bins of the spectrum a band takes in; at least one."""
    return np.maximum(1.0, _hz() * (2.0 ** (1 / 12) - 1.0) * GRID.n_fft / GRID.sample_rate)


@lru_cache(maxsize=1)
def _k_weights() -> Row:
    """BS.1770's weighting of power, by band."""
    from trichord.audio.loudness import k_response

    response = np.square(np.abs(k_response(GRID.n_fft, GRID.sample_rate)))
    nearest = np.rint(_hz() * GRID.n_fft / GRID.sample_rate).astype(int)
    return response[np.clip(nearest, 0, len(response) - 1)].astype(np.float64)


def _octaves(rate: float) -> float:
    return float(np.log2(max(rate, SLOWEST)))


def _brightness(spectrum: Row) -> float:
    # A band's power spread over its bins: the sum of their magnitudes.
    magnitude = np.sqrt(np.maximum(spectrum, 0.0) * _bins())
    centroid = float((magnitude * _hz()).sum() / (magnitude.sum() + 1e-20))
    return float(np.log2(max(centroid, 30.0) / 1000.0))


def _peaks(flux: Row) -> float:
    """Columns in which the flux is highest among its neighbours and stands out."""
    least = max(0.5, 0.15 * float(flux.max()))
    before = np.concatenate([[-1.0], flux[:-1]])
    after = np.concatenate([flux[1:], [-1.0]])
    return float(((flux > before) & (flux >= after) & (flux > least)).sum())


def _attacks(level: Row) -> float:
    rise = np.diff(np.maximum(level, max(float(level.max()) - 40.0, 0.0)), prepend=level[0])
    return float(rise[rise > 2.0].sum())


def _register(spectrum: Row) -> float:
    weight = np.sqrt(np.maximum(spectrum, 0.0) * _k_weights())
    return float((weight * GRID.notes).sum() / (weight.sum() + 1e-20))


def _share(spectrum: Row, low: float, high: float) -> float:
    inside = float(spectrum[(_hz() >= low) & (_hz() < high)].sum())
    return 10.0 * float(np.log10(max(inside / (float(spectrum.sum()) + 1e-20), 1e-4)))


def _flatness(loud: Row) -> float:
    inside = (_hz() >= 100.0) & (_hz() < 10000.0)
    # The floor itself is flat; a thousandth of it keeps the logarithm finite and out of the way.
    density = np.maximum(loud[inside], 0.0) / _bins()[inside, None] + 1e-3
    ratio = np.exp(np.log(density).mean(axis=0)) / density.mean(axis=0)
    return 10.0 * float(np.log10(float(np.median(ratio)) + 1e-6))


def _range(weighted: Row) -> float:
    count = max(1, round(len(weighted) * COLUMN_SECONDS))
    parts = [part.mean() for part in np.array_split(weighted, count)]
    bottom, top = np.percentile(10.0 * np.log10(np.array(parts) + 1.0), [10.0, 95.0])
    return float(top - bottom)


def _swell(weighted: Row) -> float:
    if len(weighted) < 3:
        return 0.0
    first, _, last = (float(part.mean()) for part in np.array_split(weighted, 3))
    return float(np.clip(10.0 * np.log10((last + 1.0) / (first + 1.0)), -30.0, 30.0))


def _weighted_median(pairs: Row) -> float:
    """Of values and weights `[N, 2]`."""
    ordered = pairs[np.argsort(pairs[:, 0])]
    total = np.cumsum(np.maximum(ordered[:, 1], 1e-6))
    return float(ordered[np.searchsorted(total, 0.5 * total[-1]), 0])
