"""A note of known pitch -> partials plus noise, frame by frame.

Partials are read off a long window (eight periods) whose frequencies are resolved; the levels are
then sharpened in time by the ratio of band energies in a short window, so that attacks stay sharp
(the idea of spectral modelling, Serra and Smith 1990, with the pitch given). Noise is the power
between the partials.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch

from trichord.audio.mel import hann
from trichord.audio.notes import midi_to_hz
from trichord.codec.note import layout as lay

LONGEST_WINDOW = 8192
"""Samples."""
_SHARPEN_BANDS = 24
_DETUNE_GRID = torch.linspace(-60, 60, 49)
_STIFFNESS_GRID = torch.cat([torch.zeros(1), torch.logspace(-5, -2.3, 40)])


@dataclass(frozen=True)
class NoteParameters:
    """A note as the codec sees it.

    Attributes:
        features: `[frames, FEATURES]`, levels in dB below the note's peak; see `layout`.
        level_db: peak of the wave in dBFS.
        detune: mean deviation from the nominal pitch in cents.
        inharmonicity: B of the stiff string.
    """

    features: torch.Tensor
    level_db: float
    detune: float
    inharmonicity: float


@dataclass(frozen=True)
class _Spectrum:
    """Power `[bins, windows]`, and what a window does to a sine and to noise.

    Long windows stand at every `step`th analysis frame only.
    """

    values: torch.Tensor
    power: torch.Tensor
    window: int
    step: int
    frames: int

    @property
    def sine(self) -> float:
        """Magnitude that a sine of amplitude one has at its peak."""
        return float(hann(self.window).sum()) / 2

    @property
    def noise(self) -> float:
        """Power per bin of white noise of variance one."""
        return float(hann(self.window).square().sum())

    def per_frame(self, rows: torch.Tensor) -> torch.Tensor:
        """`[..., windows]` -> `[..., frames]`."""
        if self.step == 1:
            return rows
        return rows.repeat_interleave(self.step, -1)[..., : self.frames]

    def bins(self, hz: torch.Tensor) -> torch.Tensor:
        return (hz * self.window / lay.SAMPLE_RATE).round().long().clamp(1, self.window // 2 - 1)


def analyse(wave: torch.Tensor, midi: int) -> NoteParameters:
    """Takes a wave `[T]` that starts at the onset, not silent, and its MIDI pitch apart."""
    peak = float(wave.abs().max().clamp_min(1e-9))
    wave = wave / peak
    spectrum = _long_spectrum(wave, midi)
    detune, stiffness = _fit_tuning(spectrum, midi)
    orders = torch.arange(1.0, lay.TOP_HARMONIC + 1)
    hz = lay.partial_hz(orders, midi, detune, stiffness)
    orders, hz = orders[hz < lay.TOP_HZ], hz[hz < lay.TOP_HZ]
    noise = _noise_between(spectrum, hz)  # [partials + 1, frames]
    track, detune_rest = _pitch_track(spectrum, hz, noise)
    amplitude = _partials(spectrum, hz, torch.minimum(noise[:-1], noise[1:]))
    halves = _half_harmonics(spectrum, midi, detune, stiffness, noise)
    bands = _noise_bands(spectrum, hz, noise)
    gain = _sharpening(wave, spectrum, midi)  # [bands, frames]
    half_hz = lay.partial_hz(torch.arange(lay.HALVES) + 0.5, midi, detune, stiffness)
    place = lay.position_on_erb(hz.numpy(), _SHARPEN_BANDS)
    amplitude = amplitude * lay.interpolate_rows(gain, place)
    half_place = lay.position_on_erb(half_hz.numpy(), _SHARPEN_BANDS)
    halves = halves * lay.interpolate_rows(gain, half_place)
    features = torch.cat(
        [
            track[None],
            _decibel(halves.square()),
            _decibel(_grouped(amplitude.square())),
            _noise_levels(bands, gain),
        ]
    )
    features[1:].clamp_(lay.FLOOR_DB, 20.0)
    return NoteParameters(
        features.T.contiguous(), 20 * math.log10(peak), detune + detune_rest, stiffness
    )


def noise_between(wave: torch.Tensor, midi: int, hz: torch.Tensor) -> torch.Tensor:
    """What `analyse` takes for noise in a wave whose peak is one and whose partials are known.

    Args:
        wave: `[T]`.
        midi: pitch.
        hz: partials, from the first on.

    Returns:
        Levels `[frames, NOISE_BANDS]` in dB, as in the features.
    """
    spectrum = _long_spectrum(wave, midi)
    bands = _noise_bands(spectrum, hz, _noise_between(spectrum, hz))
    return _noise_levels(bands, _sharpening(wave, spectrum, midi)).T


def _noise_levels(bands: torch.Tensor, gain: torch.Tensor) -> torch.Tensor:
    """Levels in dB `[NOISE_BANDS, frames]` of variance densities, sharpened in time."""
    place = np.linspace(0, _SHARPEN_BANDS - 1, lay.NOISE_BANDS)
    sharp = bands * lay.interpolate_rows(gain, place).square()
    return _decibel(sharp * 100.0)  # 20 dB bring it near the partials' levels


def _decibel(power: torch.Tensor) -> torch.Tensor:
    return 10 * torch.log10(power + 1e-18)


def _long_spectrum(wave: torch.Tensor, midi: int) -> _Spectrum:
    periods = 8 * lay.SAMPLE_RATE / midi_to_hz(midi)
    window = int(np.clip(2 ** math.ceil(math.log2(periods)), 1024, LONGEST_WINDOW))
    step = 2 if window >= 4096 else 1
    values = torch.stft(
        wave,
        window,
        lay.HOP * step,
        window=hann(window),
        pad_mode="constant",
        return_complex=True,
    )
    frames = lay.analysis_frames(len(wave))
    power = values.abs().square()
    if step > 1:
        power = power.contiguous()
    # The wave starts at its onset: a window that hangs over the start sees silence that is not the
    # note's, so the first frames take the first window that lies inside.
    first = min(window // 2 // lay.HOP, frames - 1) // step
    power[:, :first] = power[:, first : first + 1]
    return _Spectrum(values, power, window, step, frames)


def _fit_tuning(spectrum: _Spectrum, midi: int) -> tuple[float, float]:
    """Detune in cents and stiffness whose first 24 partials meet the most level, by grid."""
    level = spectrum.per_frame(spectrum.power).mean(1).sqrt()
    level = torch.log10(level / level.max() + 1e-5) + 5
    orders = torch.arange(1.0, 25.0)
    stretch = orders * torch.sqrt(1 + _STIFFNESS_GRID[:, None] * orders.square())
    hz = midi_to_hz(midi) * 2 ** (_DETUNE_GRID / 1200)[:, None, None] * stretch
    place = hz * spectrum.window / lay.SAMPLE_RATE
    low = place.floor().long().clamp(max=spectrum.window // 2 - 2)
    value = torch.lerp(level[low], level[low + 1], (place - low).clamp(0, 1))
    inside = hz < lay.TOP_HZ
    score = (value * inside / orders.sqrt()).sum(-1)
    score = score - 0.02 * torch.log10(1 + _STIFFNESS_GRID * 1e4)
    best = int(score.argmax())
    columns = len(_STIFFNESS_GRID)
    return float(_DETUNE_GRID[best // columns]), float(_STIFFNESS_GRID[best % columns])


def _spacing_bins(spectrum: _Spectrum, hz: torch.Tensor) -> float:
    return float(hz[0]) * spectrum.window / lay.SAMPLE_RATE


def _around(spectrum: _Spectrum, hz: torch.Tensor, reach: int) -> torch.Tensor:
    """Power in bins around each frequency: `[N, 2 reach + 1, frames]`."""
    offsets = torch.arange(-reach, reach + 1)
    index = (spectrum.bins(hz)[:, None] + offsets).clamp(1, spectrum.window // 2 - 1)
    return spectrum.per_frame(spectrum.power[index])


def _noise_between(spectrum: _Spectrum, hz: torch.Tensor) -> torch.Tensor:
    """Mean power per bin between neighbouring partials: `[partials + 1, frames]`.

    Below the seventh partial it is read at the quarters, where neither harmonics nor
    half-harmonics reach.
    """
    reach = min(8, int(0.2 * _spacing_bins(spectrum, hz)))
    edges = torch.cat([hz[:1] * 0, hz, hz[-1:] + hz[:1]])
    middle = _around(spectrum, (edges[:-1] + edges[1:]) / 2, reach).mean(1)
    low = min(lay.HALVES + 1, len(middle))
    if _resolves_halves(spectrum, hz):
        width = edges[1 : low + 1] - edges[:low]
        quarter = max(0, reach // 4)
        first = _around(spectrum, edges[:low] + 0.25 * width, quarter).mean(1)
        third = _around(spectrum, edges[:low] + 0.75 * width, quarter).mean(1)
        middle[:low] = (first + third) / 2
    return middle


def _resolves_halves(spectrum: _Spectrum, hz: torch.Tensor) -> bool:
    return _spacing_bins(spectrum, hz) >= 7.5


def _partials(spectrum: _Spectrum, hz: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """Amplitudes `[partials, frames]` of what stands out of the noise."""
    reach = int(np.clip(round(0.25 * _spacing_bins(spectrum, hz)), 1, 6))
    peaks = _around(spectrum, hz, reach).amax(1)
    return (peaks - 4.0 * noise).clamp_min(0).sqrt() / spectrum.sine


def _half_harmonics(
    spectrum: _Spectrum, midi: int, detune: float, stiffness: float, noise: torch.Tensor
) -> torch.Tensor:
    """Amplitudes `[HALVES, frames]` at orders 0.5, 1.5, ...; zero where they cannot be resolved."""
    orders = torch.arange(lay.HALVES) + 0.5
    hz = lay.partial_hz(orders, midi, detune, stiffness)
    if not _resolves_halves(spectrum, hz[:1] * 2):
        return torch.zeros(lay.HALVES, spectrum.frames)
    rows = torch.arange(lay.HALVES).clamp(max=len(noise) - 1)
    amplitude = _partials(spectrum, hz, noise[rows])
    return amplitude * (hz < lay.TOP_HZ)[:, None]


def _noise_bands(spectrum: _Spectrum, hz: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """Variance density of the noise per band `[NOISE_BANDS, frames]`."""
    bins = torch.linspace(0, lay.SAMPLE_RATE / 2, spectrum.window // 2 + 1)
    density = noise[:, :: spectrum.step][torch.searchsorted(hz, bins)]
    beyond = bins > hz[-1] + hz[0] / 2
    density[beyond] = spectrum.power[beyond]
    bands = lay.band_weights(spectrum.window, lay.NOISE_BANDS) @ (density / spectrum.noise)
    return spectrum.per_frame(bands)


def _sharpening(wave: torch.Tensor, spectrum: _Spectrum, midi: int) -> torch.Tensor:
    """Gain of amplitude per band and frame that gives the energies of a short window."""
    window = 512
    while window < 1.5 * lay.SAMPLE_RATE / midi_to_hz(midi) and window < 2048:
        window *= 2
    taper = hann(window)
    short = torch.stft(
        wave, window, lay.HOP, window=taper, pad_mode="constant", return_complex=True
    )
    energy = lay.band_weights(window, _SHARPEN_BANDS) @ short.abs().square() / taper.square().sum()
    smooth = lay.band_weights(spectrum.window, _SHARPEN_BANDS) @ spectrum.power / spectrum.noise
    gain = (energy / (spectrum.per_frame(smooth) + 1e-14)).clamp(1e-5, 30).sqrt()
    for frame in range(min(gain.shape[1], window // 2 // lay.HOP + 1)):
        inside = taper[max(0, window // 2 - frame * lay.HOP) :]
        gain[:, frame] /= (inside.square().sum() / taper.square().sum()).sqrt()
    return gain


def _pitch_track(
    spectrum: _Spectrum, hz: torch.Tensor, noise: torch.Tensor
) -> tuple[torch.Tensor, float]:
    """Deviation in cents per frame from the fitted partials, and its mean, taken out.

    Instantaneous frequency by phase advance between frames, weighted by the power of the first six
    partials.
    """
    count = min(6, len(hz))
    rows = spectrum.values[spectrum.bins(hz[:count])]  # [count, coarse frames]
    seconds = lay.HOP * spectrum.step / lay.SAMPLE_RATE
    expected = (2 * math.pi * hz[:count, None] * seconds).double()
    advance = torch.angle(rows[:, 1:] * rows[:, :-1].conj()).double() - expected
    advance = torch.remainder(advance + math.pi, 2 * math.pi) - math.pi
    offset = (advance / (2 * math.pi * seconds)).float()
    cents = (1200 * torch.log2((1 + offset / hz[:count, None]).clamp_min(0.9))).clamp(-80, 80)
    weight = rows[:, 1:].abs().square()
    tonal = (weight - 4 * noise[:count, :: spectrum.step][:, 1 : weight.shape[1] + 1]).clamp_min(0)
    inside = torch.arange(weight.shape[1]) * spectrum.step * lay.HOP > spectrum.window // 2
    tonal = tonal * inside
    mean = float((tonal * cents).sum() / tonal.sum().clamp_min(1e-12))
    total = tonal.sum(0)
    track = (tonal * (cents - mean)).sum(0) / total.clamp_min(1e-12)
    track = torch.where(total > 1e-6 * total.max(), track, torch.zeros_like(track))
    place = np.clip((np.arange(spectrum.frames) / spectrum.step) - 0.5, 0, len(track) - 1)
    return lay.interpolate_rows(track[:, None], place)[:, 0], mean


def _grouped(power: torch.Tensor) -> torch.Tensor:
    """Mean power per slot: `[partials, frames]` -> `[HARMONICS, frames]`."""
    slots = torch.zeros(lay.HARMONICS, power.shape[1])
    for slot in range(lay.HARMONICS):
        inside = power[lay.EDGES[slot] - 1 : lay.EDGES[slot + 1] - 1]
        if len(inside):
            slots[slot] = inside.mean(0)
    return slots
