"""Shape of a sound's spectrum in a few numbers, with no trained model."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from trichord.audio.partials import sounding_part, spectrum

_BANDS = 32
_LOW_HZ, _HIGH_HZ = 60.0, 12000.0
_COEFFICIENTS = 13
_RANGE_DB = 70.0


def centroid(wave: NDArray[np.float32], sample_rate: int) -> float:
    """Centre of a note's spectrum in Hz, weighted by magnitude: its brightness; 0 for silence.

    What lies 50 dB under the strongest partial is left out: noise there is spread so widely that it
    would outweigh the note.
    """
    view = spectrum(sounding_part(wave, sample_rate), sample_rate)
    hz = np.arange(view.magnitudes.size) * view.bin_hz
    audible = (hz >= 20.0) & (view.magnitudes > 10.0**-2.5 * view.magnitudes.max(initial=0.0))
    total = float(view.magnitudes[audible].sum())
    return float((hz[audible] * view.magnitudes[audible]).sum()) / total if total > 0.0 else 0.0


def cepstrum(
    wave: NDArray[np.float32], sample_rate: int, pitch_hz: float = 0.0
) -> NDArray[np.float64]:
    """Mel-frequency cepstral coefficients 1..12 of the sounding part, in dB; the level is left out.

    Where the pitch is known the maximum over one period of the spectrum is taken first: the line
    that runs over the partials, which is the same for neighbouring keys of one instrument.

    Returns:
        `[12]`; the root of the mean square difference of two of them is about the mean difference
        of two spectra's envelopes in dB.
    """
    from scipy.ndimage import maximum_filter1d

    view = spectrum(sounding_part(wave, sample_rate), sample_rate)
    width = max(1, round(1.05 * pitch_hz / view.bin_hz))
    line = maximum_filter1d(view.magnitudes, width) if width > 1 else view.magnitudes
    bands = _mel_bands(line.size, view.bin_hz) @ (np.asarray(line, dtype=np.float64) ** 2)
    levels = 10.0 * np.log10(np.maximum(bands, 1e-14))
    levels = np.maximum(levels, levels.max() - _RANGE_DB)
    order = np.arange(_COEFFICIENTS)[:, None]
    cosine = np.cos(np.pi * order * (np.arange(_BANDS) + 0.5) / _BANDS) * np.sqrt(2.0 / _BANDS)
    return (cosine @ levels)[1:]


@lru_cache(maxsize=8)
def _mel_bands(size: int, bin_hz: float) -> NDArray[np.float64]:
    """Triangular bands `[_BANDS, size]`, evenly spaced in mel."""
    mel = np.linspace(_mel(_LOW_HZ), _mel(_HIGH_HZ), _BANDS + 2)
    edges = 700.0 * (10.0 ** (mel / 2595.0) - 1.0)
    hz = np.arange(size) * bin_hz
    rise = (hz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - hz) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0.0, np.minimum(rise, fall))


def _mel(hz: float) -> float:
    return 2595.0 * float(np.log10(1.0 + hz / 700.0))
