"""Loops of whole periods, with the crossfade baked into the audio.

`loop_crossfade` is an opcode that two players know, so the blend is written into the samples: the
last stretch before the loop's end fades into the stretch before its start, and the jump back lands
on the sample that would have come next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.audio.notes import midi_to_hz

SHORTEST_LOOP = 0.3
"""Seconds; a loop shorter than about 50 ms retunes a note, one below 0.3 s sounds static."""
LONGEST_LOOP = 2.0
"""Seconds."""

_ENDS = 8
_COMPARED_SECONDS = 0.06
_SIDE_SECONDS, _SIDE_PERIODS = 0.06, 8


@dataclass(frozen=True)
class Loop:
    """A loop of a wave; indices of samples, both inclusive."""

    start: int
    end_inclusive: int
    score: float
    """Correlation (-1..1) of the sound before both ends, times the match of their levels (0..1) and
    the evenness (0..1) of the sound that the start lies in."""

    @property
    def length(self) -> int:
        """Samples in one pass."""
        return self.end_inclusive - self.start + 1


def find_loops(
    wave: NDArray[np.float32],
    sample_rate: int,
    midi: float,
    *,
    begin: float = 0.0,
    end: float | None = None,
) -> list[Loop]:
    """Loops of whole periods between two times, the best one first.

    Several loop ends near the end of the stretch are tried; for each, every start 0.3 to 2 s before
    it that is a whole number of periods away is judged by the correlation of the waveform before
    both points, by how well their levels match, and by how evenly the sound runs through the start:
    once blended, the loop ends as the stretch before its start does, so a step there is its seam.

    Args:
        wave: mono samples `[T]` of a note in tune.
        sample_rate: Hz.
        midi: the pitch the note is tuned to.
        begin: seconds; nothing before it is looped (the attack).
        end: seconds; nothing after it is looped (the release); None is the wave's end.

    Returns:
        One loop per end that was tried; none where the stretch is too short to hold one.
    """
    first = int(begin * sample_rate)
    last = wave.size if end is None else min(wave.size, int(end * sample_rate))
    period = sample_rate / midi_to_hz(midi)
    compared = int(max(_COMPARED_SECONDS * sample_rate, 3 * period))
    shortest = int(SHORTEST_LOOP * sample_rate)
    if last - first < shortest + compared + period:
        return []
    # Ends are spread over the last stretch that still leaves room for a longest-possible loop.
    room = last - first - compared - shortest
    spread = min(room, int(0.25 * (last - first)))
    ends = np.unique(np.linspace(last - spread, last, _ENDS).astype(int))
    found = [_best_start(wave, sample_rate, period, first, int(stop), compared) for stop in ends]
    loops = [loop for loop in found if loop is not None]
    return sorted(loops, key=lambda loop: -loop.score)


def bake_crossfade(wave: NDArray[np.float32], loop: Loop, first: int = 0) -> NDArray[np.float32]:
    """A copy of the wave, cut at the loop's end, whose end runs into its start without a seam.

    The gains keep the power steady for the correlation that the two stretches really have: equal
    gain where they are alike, equal power where they are not.

    Args:
        wave: mono samples `[T]`.
        loop: where to.
        first: first sample that may be blended in (the end of the attack).

    Returns:
        Samples `[loop.end_inclusive + 1]`.
    """
    stop = loop.end_inclusive + 1
    out = wave[:stop].astype(np.float32, copy=True)
    size = min(loop.start - first, loop.length // 2)
    if size < 2:
        return out
    leaving = wave[stop - size : stop].astype(np.float64)
    coming = wave[loop.start - size : loop.start].astype(np.float64)
    scale = float(np.sqrt(np.sum(leaving**2) * np.sum(coming**2)))
    alike = float(np.clip(np.sum(leaving * coming) / scale, 0.0, 1.0)) if scale > 0.0 else 1.0
    rise = 0.5 - 0.5 * np.cos(np.pi * (np.arange(size) + 1.0) / size)
    fall = 1.0 - rise
    power = np.sqrt(rise**2 + fall**2 + 2.0 * alike * rise * fall)
    out[stop - size :] = ((fall * leaving + rise * coming) / power).astype(np.float32)
    return out


def _best_start(
    wave: NDArray[np.float32],
    sample_rate: int,
    period: float,
    first: int,
    stop: int,
    compared: int,
) -> Loop | None:
    """Best loop that ends before sample `stop`."""
    lengths = _whole_periods(sample_rate, period, stop - first - compared)
    if lengths.size == 0:
        return None
    starts = stop - lengths
    template = wave[stop - compared : stop].astype(np.float64)
    low = int(starts.min()) - compared
    stretch = wave[low : int(starts.max())].astype(np.float64)
    products = _correlate(stretch, template)[starts - compared - low]
    energy = np.concatenate([[0.0], np.cumsum(stretch**2)])
    before = energy[starts - low] - energy[starts - compared - low]
    own = float(np.sum(template**2))
    alike = products / np.sqrt(np.maximum(before * own, 1e-20))
    level = np.sqrt(np.minimum(before, own) / np.maximum(np.maximum(before, own), 1e-20))
    side = int(max(_SIDE_SECONDS * sample_rate, _SIDE_PERIODS * period))
    fits = np.clip(alike * level * _evenness(wave[:stop], starts, side), -1.0, 1.0)
    # Among equals the longest: it repeats least.
    scores = fits + 1e-3 * lengths / (LONGEST_LOOP * sample_rate)
    best = int(np.argmax(scores))
    return Loop(int(starts[best]), stop - 1, float(fits[best]))


def _evenness(
    wave: NDArray[np.float32], places: NDArray[np.int64], side: int
) -> NDArray[np.float64]:
    """How alike the `side` samples before and after each place are in level and colour (0..1).

    Colour is the root mean square of the slope over that of the wave: a mean frequency.
    """
    samples = wave.astype(np.float64)
    power = np.concatenate([[0.0], np.cumsum(samples**2)])
    slope = np.concatenate([[0.0], np.cumsum(np.diff(samples, prepend=samples[:1]) ** 2)])
    low, high = np.maximum(places - side, 0), np.minimum(places + side, wave.size)
    before, after = places - low, high - places

    def ratio(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.minimum(a, b) / np.maximum(np.maximum(a, b), 1e-20)

    powers = (power[places] - power[low]) / before, (power[high] - power[places]) / after
    slopes = (slope[places] - slope[low]) / before, (slope[high] - slope[places]) / after
    colours = [s / np.maximum(p, 1e-20) for s, p in zip(slopes, powers, strict=True)]
    return np.sqrt(ratio(*powers)) * ratio(colours[0], colours[1]) ** 0.25


def _whole_periods(sample_rate: int, period: float, longest: int) -> NDArray[np.int64]:
    """Loop lengths in samples, each the nearest to a whole number of periods."""
    low = SHORTEST_LOOP * sample_rate
    high = min(LONGEST_LOOP * sample_rate, longest)
    counts = np.arange(int(np.ceil(low / period)), int(high / period) + 1)
    lengths = np.rint(counts * period).astype(np.int64)
    return lengths[(lengths >= low) & (lengths <= high)]


def _correlate(stretch: NDArray[np.float64], template: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sliding product sums: value i compares the template with the stretch from i on."""
    size = 1 << (stretch.size + template.size - 1).bit_length()
    product = np.fft.rfft(stretch, size) * np.conj(np.fft.rfft(template, size))
    return np.fft.irfft(product, size)[: stretch.size - template.size + 1]
