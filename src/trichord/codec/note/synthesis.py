"""Partials plus noise -> a wave, by inverse Fourier transforms of frames (Rodet and Depalle 1992).

The partials of a frame are a matrix product: complex amplitudes times the transform of the window
at each partial's place. Deviations of pitch bend time afterwards, which moves all partials alike.
"""

from __future__ import annotations

import functools
import math

import numpy as np
import torch

from trichord.codec.note import layout as lay
from trichord.codec.note.analysis import NoteParameters
from trichord.codec.note.leak import beyond, without_leak

_WINDOW = 1024
_NOISE_WINDOW = 2 * lay.HOP
_LOBE = 4
_TABLE_STEPS = 128


def synthesise(note: NoteParameters, midi: int, generator: torch.Generator) -> torch.Tensor:
    """Wave `[T]` of `frames * HOP` samples; the generator draws phases and noise."""
    features = note.features
    hz = _harmonic_hz(midi, note)
    half_hz = lay.partial_hz(torch.arange(lay.HALVES) + 0.5, midi, note.detune, note.inharmonicity)
    half_hz = half_hz[half_hz < lay.TOP_HZ]
    amplitude = _amplitudes(beyond(features), hz, len(half_hz))
    pieces = _partials(torch.cat([hz, half_hz]), amplitude, generator)
    noise = without_leak(features[:, lay.NOISE_SLICE], _overlap_add(pieces), midi, hz)
    wave = _overlap_add(pieces[: len(features)]) + _noise(noise, generator)
    wave = _bend(wave, features[:, 0])
    return wave * 10.0 ** (note.level_db / 20)


def _harmonic_hz(midi: int, note: NoteParameters) -> torch.Tensor:
    orders = torch.arange(1.0, lay.TOP_HARMONIC + 1)
    hz = lay.partial_hz(orders, midi, note.detune, note.inharmonicity)
    return hz[hz < lay.TOP_HZ]


def _amplitudes(features: torch.Tensor, hz: torch.Tensor, halves: int) -> torch.Tensor:
    """Amplitudes `[frames, P]` of the harmonics at `hz`, then of the first half-harmonics."""
    slots = features[:, lay.HARMONIC_SLICE].T
    edges = np.asarray(lay.EDGES)
    used = int((edges[:-1] - 1 < len(hz)).sum())
    centres = (edges[:-1] + edges[1:] - 1)[:used] / 2
    place = np.interp(np.log(np.arange(1, len(hz) + 1)), np.log(centres), np.arange(used))
    harmonics = lay.interpolate_rows(slots[:used], place)
    level = torch.cat([harmonics, features[:, lay.HALF_SLICE].T[:halves]]).T
    return torch.where(level > lay.FLOOR_DB + 1, 10 ** (level / 20), torch.zeros(()))


@functools.cache
def _blackman_harris() -> torch.Tensor:
    turn = 2 * math.pi * torch.arange(_WINDOW) / _WINDOW
    return (
        0.35875
        - 0.48829 * torch.cos(turn)
        + 0.14128 * torch.cos(2 * turn)
        - 0.01168 * torch.cos(3 * turn)
    )


@functools.cache
def _lobe_table() -> torch.Tensor:
    """Transform of the centred window at distances 0 .. LOBE bins in steps of 1 / TABLE_STEPS."""
    time = torch.arange(_WINDOW) - _WINDOW // 2
    distance = torch.arange(_LOBE * _TABLE_STEPS + 2) / _TABLE_STEPS
    turns = torch.cos(2 * math.pi * time * distance[:, None] / _WINDOW)
    return (turns * _blackman_harris()).sum(-1)


def _lobes(distance: torch.Tensor) -> torch.Tensor:
    place = distance.abs() * _TABLE_STEPS
    inside = place < _LOBE * _TABLE_STEPS
    low = place.clamp(max=_LOBE * _TABLE_STEPS).long()
    table = _lobe_table()
    return torch.lerp(table[low], table[low + 1], place - low) * inside


def _partials(
    hz: torch.Tensor, amplitude: torch.Tensor, generator: torch.Generator
) -> torch.Tensor:
    """Partials at `hz` `[P]` with amplitudes `[frames, P]`: faded pieces `[frames, 2 HOP]`."""
    frames = len(amplitude)
    heard = amplitude.amax(0) > 0
    hz, amplitude = hz[heard], amplitude[:, heard]
    start = torch.rand(len(heard), generator=generator, dtype=torch.float64)[heard]
    turns = start + torch.arange(frames)[:, None] * (hz.double() * lay.HOP / lay.SAMPLE_RATE)
    phase = (2 * math.pi * (turns - turns.floor())).float()
    real, imaginary = amplitude * torch.cos(phase), amplitude * torch.sin(phase)
    place = hz * _WINDOW / lay.SAMPLE_RATE
    bins = torch.arange(_WINDOW // 2 + 1)
    lobe = _lobes(bins - place[:, None])  # [P, bins]
    # A low partial's lobe reaches over 0 Hz, where its mirror image comes back conjugate.
    low = place < _LOBE + 1
    mirror = _lobes(bins + place[low, None])
    up, down = real @ lobe, imaginary @ lobe
    up += real[:, low] @ mirror
    down -= imaginary[:, low] @ mirror
    pieces = torch.fft.irfft(torch.complex(up, down) / 2, _WINDOW)
    middle = torch.cat([pieces[:, -lay.HOP :], pieces[:, : lay.HOP]], 1)
    fade = torch.hann_window(2 * lay.HOP, periodic=True)
    centre = _blackman_harris()[_WINDOW // 2 - lay.HOP : _WINDOW // 2 + lay.HOP]
    return middle * (fade / centre)


def _noise(levels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Gaussian noise whose variance density per band is `levels` dB less 20: `[frames, bands]`."""
    bins = np.linspace(0, lay.SAMPLE_RATE / 2, _NOISE_WINDOW // 2 + 1)
    place = lay.position_on_erb(bins, lay.NOISE_BANDS)
    level = lay.interpolate_rows(levels.T.contiguous(), place).T
    gain = torch.where(level > lay.FLOOR_DB + 1, 10 ** ((level - 20) / 20), torch.zeros(()))
    shape = (2, *gain.shape)
    draw = torch.randn(shape, generator=generator) * (gain * math.sqrt(_NOISE_WINDOW / 2))
    pieces = torch.fft.irfft(torch.complex(draw[0], draw[1]), _NOISE_WINDOW)
    fade = torch.hann_window(_NOISE_WINDOW, periodic=True).sqrt()
    return _overlap_add(pieces * fade)


def _overlap_add(pieces: torch.Tensor) -> torch.Tensor:
    """Pieces `[frames, 2 HOP]` centred HOP apart -> `[frames * HOP]`, from the first centre on."""
    first, second = pieces[:, : lay.HOP], pieces[:, lay.HOP :]
    total = second.clone()
    total[:-1] += first[1:]
    return total.reshape(-1)


def _bend(wave: torch.Tensor, cents: torch.Tensor) -> torch.Tensor:
    """Runs through the wave faster or slower by `cents` `[frames]`; cubic between samples."""
    if float(cents.abs().max()) < 0.5:
        return wave
    place = np.arange(len(wave)) / lay.HOP
    track = lay.interpolate_rows(cents[:, None], np.minimum(place, len(cents) - 1))[:, 0]
    time = torch.cumsum(2.0 ** (track.double() / 1200), 0) - 1.0
    time = time.clamp(0, len(wave) - 1)
    low = time.floor().long()
    x = (time - low).float()
    padded = torch.nn.functional.pad(wave[None], (1, 2), mode="replicate")[0]
    a, b, c, d = (padded[low + shift] for shift in range(4))
    # Catmull-Rom spline through b and c.
    return b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a)))
