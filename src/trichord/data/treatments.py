"""What can be done to a recorded note to make it the note of another instrument.

Each treatment keeps the pitch and the course of loudness over velocity, and changes one thing
that musicians have a word for: brightness, length, attack, breath, grit. One set of treatments
with fixed numbers, applied to all notes of an instrument, gives a new one of the same family.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from trichord.audio.notes import midi_to_hz
from trichord.data.schema import HELD_SECONDS, SAMPLE_RATE
from trichord.data.traits import Wave

LOWEST_PIVOT = 200.0
"""Hz: below it a tilt leaves the spectrum as it is, whatever the pitch."""

LOUDEST = 0.98
"""Peak above which a treated note is turned down."""

ENVELOPE_SECONDS = 0.02
"""Smoothing of the level that breath follows."""


class Treatment(Protocol):
    """One change of a note."""

    @property
    def word(self) -> str:
        """What a musician would call the result."""
        ...

    def apply(self, wave: Wave, pitch: int, rng: np.random.Generator) -> NDArray[np.floating]:
        """The treated note `[T]`, of any level; `pitch` in MIDI, `rng` for noise."""
        ...


@dataclass(frozen=True)
class Tilt:
    """The spectrum above the second partial raised or lowered by a slope."""

    db_per_octave: float

    @property
    def word(self) -> str:
        """See `Treatment`."""
        return "dark" if self.db_per_octave < 0 else "bright"

    def apply(self, wave: Wave, pitch: int, rng: np.random.Generator) -> NDArray[np.floating]:
        """Filters without phase: attacks stay where they are."""
        pivot = max(2.0 * midi_to_hz(pitch), LOWEST_PIVOT)
        hz = np.fft.rfftfreq(len(wave), 1.0 / SAMPLE_RATE)
        octaves = np.log2(np.maximum(hz, pivot) / pivot)
        gain = 10.0 ** (np.clip(self.db_per_octave * octaves, -60.0, 18.0) / 20.0)
        return np.fft.irfft(np.fft.rfft(wave) * gain, len(wave))


@dataclass(frozen=True)
class Decay:
    """The note dies away."""

    seconds: float
    """Until 60 dB are lost."""

    @property
    def word(self) -> str:
        """See `Treatment`."""
        return "short"

    def apply(self, wave: Wave, pitch: int, rng: np.random.Generator) -> NDArray[np.floating]:
        """Multiplies by an exponential; see `Treatment.apply`."""
        time = np.arange(len(wave)) / SAMPLE_RATE
        return wave * 10.0 ** (-3.0 * time / self.seconds)


@dataclass(frozen=True)
class Hold:
    """A decaying note held up, up to a limit that leaves its noise floor where it is not heard."""

    db_per_second: float
    most_db: float = 24.0

    @property
    def word(self) -> str:
        """See `Treatment`."""
        return "sustained"

    def apply(self, wave: Wave, pitch: int, rng: np.random.Generator) -> NDArray[np.floating]:
        """Raises the level until the key is released; see `Treatment.apply`."""
        time = np.minimum(np.arange(len(wave)) / SAMPLE_RATE, HELD_SECONDS)
        return wave * 10.0 ** (np.minimum(self.db_per_second * time, self.most_db) / 20.0)


@dataclass(frozen=True)
class Swell:
    """A slow attack."""

    seconds: float

    @property
    def word(self) -> str:
        """See `Treatment`."""
        return "soft"

    def apply(self, wave: Wave, pitch: int, rng: np.random.Generator) -> NDArray[np.floating]:
        """Fades in along a raised cosine; see `Treatment.apply`."""
        time = np.arange(len(wave)) / SAMPLE_RATE
        return wave * (0.5 - 0.5 * np.cos(np.pi * np.clip(time / self.seconds, 0.0, 1.0)))


@dataclass(frozen=True)
class Breath:
    """Noise that follows the note's level."""

    db: float
    """Of the noise against the note."""

    @property
    def word(self) -> str:
        """See `Treatment`."""
        return "breathy"

    def apply(self, wave: Wave, pitch: int, rng: np.random.Generator) -> NDArray[np.floating]:
        """Adds noise whose bands lie around the first partials and fall towards the top."""
        count = len(wave)
        hz = np.fft.rfftfreq(count, 1.0 / SAMPLE_RATE)
        centre = np.clip(3.0 * midi_to_hz(pitch), 500.0, 5000.0)
        shape = 1.0 / (1.0 + np.square(np.log2(np.maximum(hz, 1.0) / centre) / 1.5))
        spectrum = shape * np.exp(2j * np.pi * rng.random(len(hz)))
        noise = np.fft.irfft(spectrum, count)
        noise *= 10.0 ** (self.db / 20.0) / np.sqrt(np.square(noise).mean())
        return wave + noise * _level(wave)


@dataclass(frozen=True)
class Drive:
    """Overdrive: loud notes are bent more than soft ones."""

    db: float
    """Gain before the bend."""

    @property
    def word(self) -> str:
        """See `Treatment`."""
        return "distorted"

    def apply(self, wave: Wave, pitch: int, rng: np.random.Generator) -> NDArray[np.floating]:
        """Bends at twice the rate, so that few of the new partials fold back."""
        from scipy.signal import resample_poly

        gain = 10.0 ** (self.db / 20.0)
        return resample_poly(np.tanh(gain * resample_poly(wave, 2, 1)), 1, 2)


def treat(
    wave: Wave, pitch: int, treatments: tuple[Treatment, ...], rng: np.random.Generator
) -> Wave:
    """All treatments in order; the largest 10 ms of the note keep their level.

    Args:
        wave: float32 [T] at 44.1 kHz.
        pitch: MIDI.
        treatments: of the instrument.
        rng: for breath.

    Returns:
        float32 [T].
    """
    treated: NDArray[np.floating] = wave
    for treatment in treatments:
        treated = treatment.apply(np.asarray(treated, np.float32), pitch, rng)
    loudest = _loudest(np.asarray(treated, np.float64))
    factor = _loudest(wave) / max(loudest, 1e-9)
    peak = float(np.abs(treated).max()) * factor
    return np.asarray(treated * (factor * min(1.0, LOUDEST / max(peak, 1e-9))), np.float32)


def draw_treatments(
    traits: Mapping[str, float], dark: bool, rng: np.random.Generator
) -> tuple[Treatment, ...]:
    """Treatments for one variant of an instrument: always a tilt, often one or two others.

    Args:
        traits: of the instrument (`Instrument.traits`): what already decays is also held up.
        dark: whether the tilt goes down.
        rng: draws kinds and amounts.
    """
    tilt = Tilt(-rng.uniform(4.0, 12.0) if dark else rng.uniform(2.5, 6.0))
    chosen: list[Treatment] = []
    if rng.random() < 0.35:
        chosen.append(Drive(rng.uniform(6.0, 18.0)))
    chosen.append(tilt)
    decays = traits.get("sustain_db", 0.0) < -10.0
    drawn = rng.random()
    if drawn < 0.35:
        chosen.append(Decay(rng.uniform(0.4, 2.0)))
    elif drawn < 0.6 and decays:
        chosen.append(Hold(rng.uniform(3.0, 8.0)))
    elif drawn < 0.8:
        chosen.append(Swell(rng.uniform(0.08, 0.5)))
    if not isinstance(chosen[0], Drive) and rng.random() < 0.4:
        chosen.append(Breath(rng.uniform(-24.0, -10.0)))
    return tuple(chosen)


def _level(wave: Wave) -> NDArray[np.float64]:
    """The note's level at each sample, RMS over `ENVELOPE_SECONDS`."""
    width = round(ENVELOPE_SECONDS * SAMPLE_RATE)
    summed = np.cumsum(np.square(wave.astype(np.float64)), dtype=np.float64)
    before = np.concatenate([np.zeros(width), summed[:-width]])
    return np.sqrt(np.maximum(summed - before, 0.0) / width)


def _loudest(wave: NDArray[np.floating]) -> float:
    """RMS of the loudest 10 ms."""
    hop = SAMPLE_RATE // 100
    frames = np.asarray(wave[: len(wave) // hop * hop], np.float64).reshape(-1, hop)
    return float(np.sqrt(np.square(frames).mean(axis=1).max()))
