"""Pitch of a note that should have one: how far from the intended key, and in the right octave?

The intended pitch is known, so the note is tested against it: partials are sought where they should
be, refined to a fraction of a cent, and fitted by the law of a stiff string,
f(k) = k·f0·√(1 + B·k²). (Trackers that must guess the pitch top out near 2 kHz and make octave
errors; for a recording of unknown pitch see `trichord.audio.unknown_pitch`.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trichord.audio.notes import midi_to_hz
from trichord.audio.partials import Spectrum, sounding_part, spectrum

_SEARCH_CENTS = 300.0
_STIFFEST = 0.004
_HIGHEST_HZ = 9000.0
_MOST_PARTIALS = 24
_PROMINENCE = 3.0
_OTHER_OCTAVE_FLOOR = 10.0 ** (-26.0 / 20.0)
_DROWNING = 8.0
_HEARD = 0.1


@dataclass(frozen=True)
class PitchReading:
    """A note measured against the key it is meant to be."""

    cents: float
    """Deviation of the fundamental from the intended pitch; 0 where nothing could be read."""
    octave_error: bool
    """The partials belong to a note one octave or more away from the intended one."""
    confidence: float
    """Share (0..1) of the sound's power that lies in the partials found; 0: no reading."""


@dataclass(frozen=True)
class _Fit:
    """Partials found and the stiff-string law through them."""

    numbers: NDArray[np.float64]
    hz: NDArray[np.float64]
    amplitude: NDArray[np.float64]
    base: float
    stiffness: float

    @property
    def fundamental(self) -> float:
        return self.base * float(np.sqrt(1.0 + self.stiffness))


def cents_from(wave: NDArray[np.float32], sample_rate: int, midi: float) -> PitchReading:
    """Measures a note against its intended pitch.

    Args:
        wave: mono samples `[T]` of one note; silence in front and a release behind do not matter.
        sample_rate: Hz.
        midi: the intended pitch; a note up to 3 semitones off is found.

    Returns:
        The reading; its confidence is 0 for silence and for fewer than four periods.
    """
    intended = midi_to_hz(midi)
    # Low notes need a longer window to tell their partials apart.
    stretch = sounding_part(wave, sample_rate, longest=max(0.8, 30.0 / intended))
    if stretch.size < 4.0 * sample_rate / intended or float(np.max(np.abs(stretch))) < 1e-5:
        return PitchReading(0.0, False, 0.0)
    view = spectrum(stretch, sample_rate)
    fit = _fit_partials(view, intended * 2.0 ** (_coarse_cents(view, intended) / 1200.0))
    if fit is None:
        return PitchReading(0.0, _wrong_octave(view, intended), 0.0)
    cents = 1200.0 * float(np.log2(fit.fundamental / intended))
    return PitchReading(cents, _wrong_octave(view, fit.base, fit.stiffness), _explained(view, fit))


def _coarse_cents(view: Spectrum, intended: float) -> float:
    """Deviation whose harmonic comb gathers most magnitude, nearer ones being preferred."""
    step = 3.0
    cents = np.arange(-_SEARCH_CENTS, _SEARCH_CENTS + step, step)
    count = int(np.clip(min(_HIGHEST_HZ, view.top_hz) / (1.2 * intended), 1, 10))
    numbers = np.arange(1, count + 1)
    hz = intended * 2.0 ** (cents[:, None] / 1200.0) * numbers  # [candidates, partials]
    bins = np.minimum(np.rint(hz / view.bin_hz).astype(int), view.magnitudes.size - 1)
    gathered = (np.sqrt(view.magnitudes[bins]) / np.sqrt(numbers)).sum(axis=1)
    # A partial's lobe is wider than the grid for short windows: the middle of the plateau counts.
    gathered *= np.exp(-0.5 * (cents / 250.0) ** 2)
    return float(cents[int(np.argmax(gathered))])


def _fit_partials(view: Spectrum, start: float) -> _Fit | None:
    """Finds partials near a starting pitch, low ones first, and fits base and stiffness."""
    fit: _Fit | None = None
    base, stiffness = start, 0.0
    for most, width in ((4, 60.0), (8, 45.0), (_MOST_PARTIALS, 35.0)):
        found = _partials(view, base, stiffness, most, width)
        if found is None:
            continue
        numbers, hz, amplitude = found
        base, stiffness = _string_law(numbers, hz, amplitude)
        fit = _Fit(numbers, hz, amplitude, base, stiffness)
    return fit


def _partials(
    view: Spectrum, base: float, stiffness: float, most: int, width: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]] | None:
    """Numbers, frequencies and amplitudes of the partials that stand out near their places."""
    rows: list[tuple[float, float, float]] = []
    for number in range(1, most + 1):
        expected = number * base * float(np.sqrt(1.0 + stiffness * number**2))
        if expected > min(_HIGHEST_HZ, 0.95 * view.top_hz) and number > 1:
            break
        reach = max(expected * (2.0 ** (width / 1200.0) - 1.0), 0.75 * view.lobe_hz)
        row = _peak_near(view, expected, min(reach, 0.45 * base))
        if row is not None:
            rows.append((float(number), *row))
    if not rows:
        return None
    table = np.array(rows)
    strong = table[:, 2] > 10.0 ** (-50.0 / 20.0) * table[:, 2].max()
    return table[strong, 0], table[strong, 1], table[strong, 2]


def _peak_near(view: Spectrum, expected: float, reach: float) -> tuple[float, float] | None:
    """Frequency and amplitude of the peak within `reach` Hz, if it stands out.

    The frequency is the centre of power about the peak, so that the two lines of a chorus or of
    a piano's beating strings count as the one pitch between them.
    """
    mags, step = view.magnitudes, view.bin_hz
    low, high = int((expected - reach) / step), int((expected + reach) / step) + 2
    low, high = max(1, low), min(mags.size - 1, high)
    if high - low < 3:
        return None
    place = low + int(np.argmax(mags[low:high]))
    amplitude = float(mags[place])
    far = int(max(4.0 * view.lobe_hz, 2.0 * reach) / step)
    around = mags[max(0, place - far) : place + far]
    if amplitude <= _PROMINENCE * float(np.median(around)) or amplitude <= 1e-7:
        return None
    half = max(view.lobe_hz, min(reach, 0.012 * expected)) / step
    centre = float(place)
    for _ in range(4):
        left, right = max(0, round(centre - half)), min(mags.size, round(centre + half) + 1)
        power = mags[left:right] ** 2
        # Straight ends: what stands at the edges belongs to the floor, not to the peak.
        power = np.maximum(power - max(float(power[0]), float(power[-1])), 0.0)
        total = float(power.sum())
        if total <= 0.0:
            break
        centre = float((np.arange(left, right) * power).sum()) / total
    return centre * step, amplitude


def _string_law(
    numbers: NDArray[np.float64], hz: NDArray[np.float64], amplitude: NDArray[np.float64]
) -> tuple[float, float]:
    """Base frequency and stiffness by weighted least squares, outliers losing their weight.

    (f/k)² = f0²·(1 + B·k²) is a straight line in k². Low partials weigh more: they carry the pitch.
    """
    single = hz / numbers
    weights = np.sqrt(amplitude / amplitude.max()) / numbers
    trust = weights.copy()
    base, stiffness = _weighted_median(single, weights), 0.0
    for _ in range(6):
        if numbers.size >= 4:
            base, stiffness = _line(numbers**2, single**2, trust)
        else:
            base = float((trust * single).sum() / trust.sum())
        law = base * np.sqrt(1.0 + stiffness * numbers**2)
        off = np.abs(1200.0 * np.log2(single / law))
        trust = weights / np.maximum(1.0, off / 4.0) ** 2
    return base, stiffness


def _line(
    x: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[float, float]:
    """Weighted straight line y = f0²·(1 + B·x), with B kept between 0 and the stiffest string."""
    total = weights.sum()
    mean_x, mean_y = (weights * x).sum() / total, (weights * y).sum() / total
    spread = (weights * (x - mean_x) ** 2).sum()
    slope = (weights * (x - mean_x) * (y - mean_y)).sum() / spread if spread > 0 else 0.0
    offset = mean_y - slope * mean_x
    stiffness = float(np.clip(slope / offset if offset > 0 else 0.0, 0.0, _STIFFEST))
    return float(np.sqrt(mean_y / (1.0 + stiffness * mean_x))), stiffness


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    order = np.argsort(values)
    half = np.cumsum(weights[order]) >= 0.5 * weights.sum()
    return float(values[order][int(np.argmax(half))])


def _explained(view: Spectrum, fit: _Fit) -> float:
    """Share of the power above 20 Hz that lies within the partials' peaks."""
    power = view.magnitudes**2
    total = float(power[int(20.0 / view.bin_hz) :].sum())
    half = max(2, int(1.5 * view.lobe_hz / view.bin_hz))
    mask = np.zeros(power.size, dtype=bool)
    for hz in fit.hz:
        place = round(float(hz) / view.bin_hz)
        mask[max(0, place - half) : place + half + 1] = True
    return float(np.clip(power[mask].sum() / total, 0.0, 1.0)) if total > 0.0 else 0.0


def _wrong_octave(view: Spectrum, base: float, stiffness: float = 0.0) -> bool:
    """Whether the partials are those of a note an octave (or a twelfth, or more) away.

    Higher: every partial that is not a multiple of 2 (or of 3) is missing. Lower: partials stand
    between those of the intended note, as strong as they are. Half of the base and one and a half
    of it do not count for that: they are an organ's deeper stops.
    """
    top = min(_HIGHEST_HZ, 0.95 * view.top_hz)
    numbers = np.arange(1, int(np.clip(top / base, 2, 12)) + 1)
    whole = _strengths(view, _places(numbers, base, stiffness))
    loudest = float(whole.max())
    for factor in (2, 3, 4):
        others = whole[numbers % factor != 0]
        if others.size and float(others.max()) < _OTHER_OCTAVE_FLOOR * loudest:
            return True
        if base / factor < 3 * view.lobe_hz:
            continue  # what lies between the partials of so low a note cannot be told from them
        between = np.arange(1, factor * whole.size)
        between = between[between % factor != 0]
        step = base / factor
        lower = _strengths(view, _places(between / factor, base, stiffness), 0.25 * step)
        if float(lower.max()) > _DROWNING * loudest:
            return True
        # Higher up, partials are close enough for a chorus to fill what lies between.
        upper = lower[(between >= 2 * factor) & (between < (6 if factor == 2 else 4) * factor)]
        least = max(0.5 * float(whole[1:].max()), _HEARD * loudest)
        if upper.size > 1 and float(np.sort(upper)[-2:].mean()) > least:
            return True
    return False


def _places(numbers: NDArray[Any], base: float, stiffness: float) -> NDArray[np.float64]:
    """Where a stiff string's partials stand, whole ones and those between them, in Hz."""
    return base * numbers * np.sqrt(1.0 + stiffness * numbers.astype(np.float64) ** 2)


def _strengths(
    view: Spectrum, places_hz: NDArray[np.floating], most_hz: float = np.inf
) -> NDArray[np.float64]:
    """Largest magnitude within a fifth of a tone, and `most_hz`, of each place; 0 above the top."""
    out = np.zeros(places_hz.size)
    for index, hz in enumerate(places_hz.tolist()):
        reach = max(min(0.012 * hz, most_hz), view.lobe_hz)
        low, high = int((hz - reach) / view.bin_hz), int((hz + reach) / view.bin_hz) + 1
        band = view.magnitudes[max(0, low) : high]
        out[index] = float(band.max()) if band.size else 0.0
    return out
