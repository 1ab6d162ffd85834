"""Pitch of a recording whose key nobody told us: candidates from its peaks, judged by fit.

After the two-way mismatch of Maher and Beauchamp (1994): a fundamental is good when the spectrum's
peaks are its multiples, and when its first multiples are really there. The first half alone prefers
notes an octave too low, the second half notes too high. Bars and tubes have templates of their own
(`struck_pitch`), and the octave is decided last (`octaves`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.audio.known_pitch import cents_from
from trichord.audio.notes import HIGHEST_KEY, LOWEST_KEY, hz_to_midi
from trichord.audio.octaves import HIGHEST_HZ, LOWEST_HZ, Floats, closeness, heard_octave
from trichord.audio.partials import Peaks, find_peaks, sounding_part, spectrum
from trichord.audio.struck_pitch import struck_pitch

_PARTIALS = 12
_NOISY_BELOW = 0.35
_SECOND_VOICE, _LEFT_SHARE = 0.3, 0.2
_ANOTHER_KEY_CENTS = 70.0
_HEARD = 0.5
_BELOW_FUNDAMENTAL = 0.25
_STRUCK_DB = 4.0
_CLEARLY_BETTER = 0.05
_FARTHEST_CENTS = 60.0


@dataclass(frozen=True)
class PitchEstimate:
    """What a recording's pitch seems to be."""

    midi: float
    """MIDI pitch with its fraction, 21..108."""
    confidence: float
    """0..1; below about 0.5 the pitch is a guess."""
    noisy: bool
    """Hardly any of the power lies in partials: breath, a drum, noise."""
    polyphonic: bool
    """A second harmonic series explains what the first one leaves: a chord."""


def estimate_pitch(wave: NDArray[np.float32], sample_rate: int) -> PitchEstimate | None:
    """Pitch of a note of unknown key between A0 and C8.

    Args:
        wave: mono samples `[T]`; silence around the note does not matter.
        sample_rate: Hz.

    Returns:
        The estimate, or None where the wave holds nothing that could have a pitch.
    """
    stretch = sounding_part(wave, sample_rate, longest=1.0)
    if stretch.size < 0.01 * sample_rate or float(np.max(np.abs(stretch))) < 1e-5:
        return None
    view = spectrum(stretch, sample_rate)
    peaks = find_peaks(view, low=24.0, high=min(10000.0, 0.48 * sample_rate))
    if peaks.hz.size == 0:
        return None
    candidates = _candidates(peaks)
    scores = _scores(candidates, peaks)
    best = int(np.argmax(scores))
    hz, score = float(candidates[best]), float(scores[best])
    dying = _dies_away(stretch)
    struck, fit = struck_pitch(peaks) if dying else (0.0, 0.0)
    if fit > score + _CLEARLY_BETTER:
        hz, score = struck, fit
        midi = hz_to_midi(hz)
    else:
        hz = heard_octave(hz, peaks, held=not dying)
        midi = _tuned(hz_to_midi(hz), wave, sample_rate)
    tonal = _tonal_share(view.magnitudes, peaks, view.bin_hz, view.lobe_hz)
    return PitchEstimate(
        midi=float(np.clip(midi, LOWEST_KEY - 0.5, HIGHEST_KEY + 0.5)),
        confidence=float(np.clip(score, 0.0, 1.0) * np.clip(tonal / 0.5, 0.0, 1.0)),
        noisy=tonal < _NOISY_BELOW,
        polyphonic=_has_second_voice(hz, candidates, peaks),
    )


def _candidates(peaks: Peaks) -> NDArray[np.float64]:
    """Every whole fraction of the strong peaks that is a key of the piano."""
    strong = peaks.hz[:16]
    hz = (strong[:, None] / np.arange(1, _PARTIALS + 1)).ravel()
    hz = np.unique(hz[(hz >= LOWEST_HZ) & (hz <= HIGHEST_HZ)])
    return hz if hz.size else np.array([float(np.clip(strong[0], LOWEST_HZ, HIGHEST_HZ))])


def _tuned(midi: float, wave: NDArray[np.float32], sample_rate: int) -> float:
    """The pitch corrected by what all its partials say."""
    reading = cents_from(wave, sample_rate, midi)
    trusted = reading.confidence > 0.0 and abs(reading.cents) < _FARTHEST_CENTS
    return midi + reading.cents / 100.0 if trusted else midi


def _scores(candidates: NDArray[np.float64], peaks: Peaks) -> NDArray[np.float64]:
    """Goodness (about 0..1) of each candidate fundamental. `[N]`."""
    weight = np.sqrt(peaks.amplitude / peaks.amplitude.max())
    near, numbers = closeness(candidates, peaks)
    explained = (near * weight).sum(axis=1) / weight.sum()
    present = np.zeros((candidates.size, _PARTIALS))
    for partial in range(1, _PARTIALS + 1):
        present[:, partial - 1] = np.max(np.where(numbers == partial, near * weight, 0.0), axis=1)
    fade = 1.0 / np.arange(1, _PARTIALS + 1)
    # Multiples above the highest peak are not missing: nothing was heard there at all.
    audible = np.arange(1, _PARTIALS + 1) * candidates[:, None] <= 1.05 * peaks.hz.max()
    fade = np.where(audible, fade, 0.0)
    filled = (fade * np.sqrt(present)).sum(axis=1) / np.maximum(fade.sum(axis=1), 1e-9)
    # What sounds well below a fundamental speaks against it more than what it leaves elsewhere.
    below = (weight * (peaks.hz < 0.9 * candidates[:, None])).sum(axis=1) / weight.sum()
    return 0.5 * explained + 0.5 * filled - _BELOW_FUNDAMENTAL * below


def _tonal_share(
    magnitudes: NDArray[np.float64], peaks: Peaks, bin_hz: float, lobe_hz: float
) -> float:
    """Share of the power that lies within a lobe of a peak."""
    power = magnitudes**2
    half = max(1, int(lobe_hz / bin_hz))
    mask = np.zeros(power.size, dtype=bool)
    for hz in peaks.hz[:24]:
        place = round(float(hz) / bin_hz)
        mask[max(0, place - half) : place + half + 1] = True
    total = float(power.sum())
    return float(power[mask].sum()) / total if total > 0.0 else 0.0


def _dies_away(stretch: NDArray[np.float32]) -> bool:
    """Whether the note was struck or plucked: its second half is much softer than its first."""
    first, second = np.array_split(stretch.astype(np.float64), 2)
    powers = [float(np.square(half).mean()) for half in (first, second)]
    return 10.0 * np.log10((powers[0] + 1e-12) / (powers[1] + 1e-12)) > _STRUCK_DB


def _has_second_voice(first: float, candidates: Floats, peaks: Peaks) -> bool:
    """Whether the peaks that the first note leaves belong to another note, at another key."""
    near, _ = closeness(np.array([first]), peaks)
    strong = peaks.amplitude > 0.1 * peaks.amplitude.max()
    left = strong & (near[0] < 0.2)
    share = float(peaks.amplitude[left].sum() / peaks.amplitude[strong].sum())
    octaves = np.log2(candidates / first)
    others = candidates[np.abs(octaves - np.rint(octaves)) * 1200.0 > _ANOTHER_KEY_CENTS]
    if share < _LEFT_SHARE or int(left.sum()) < 2 or others.size == 0:
        return False
    rest = Peaks(peaks.hz[left], peaks.amplitude[left])
    weight = rest.amplitude / rest.amplitude.sum()
    near, numbers = closeness(others, rest)
    # The other note's own fundamental has to be heard: else it is a mere common divisor.
    fundamental = np.max(np.where(numbers == 1, near, 0.0) * (weight > 0.15 * weight.max()), axis=1)
    explained = (np.where(numbers <= 6, near, 0.0) * weight).sum(axis=1)
    return bool(np.any((fundamental > _HEARD) & (explained > _SECOND_VOICE)))
