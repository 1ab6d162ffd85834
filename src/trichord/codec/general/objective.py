"""What the general codec is trained on: log spectra at three windows, level, noise that is noise.

The distance alone is best served by the middle of all noises that might be, which is no noise but a
buzz. The energy distance (Gritsenko et al. 2020, equation 4) takes two estimates with noise drawn
anew, and adds that they lie as far from each other as from the truth: a proper score, whose best
answer is the distribution itself.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.audio.mel import SCALES, hann, mel_filterbank
from trichord.codec.general.spectra import SAMPLE_RATE

_FLOOR = 10.0**-4.5
"""Magnitudes below -90 dBFS count as silence."""
_PLAIN = (2048, 512)
"""Windows at which single bins are compared too, so that partials lie where they should."""
_PLAIN_WEIGHT = 0.3
_POWER_WEIGHT = 0.7
_POOLED = 8
"""Frames of the longest window, 32 ms apart, over which power is averaged."""


class Magnitude(torch.autograd.Function):
    """|rfft| of windowed frames, with a gradient that costs one inverse real transform.

    The library's own gradient of `rfft` is a complex transform of twice the work, and half of a
    training step.
    """

    @staticmethod
    def forward(ctx: Any, frames: Tensor) -> Tensor:
        """Frames `[..., N]` -> magnitudes `[..., N // 2 + 1]`."""
        spectrum = torch.fft.rfft(frames)
        magnitude = spectrum.abs()
        # Silence has no direction: its slope is taken as zero.
        ctx.save_for_backward(spectrum / magnitude.clamp_min(1e-9))
        return magnitude

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> Tensor:
        """With s the slope of |z|: x_n takes Σ_k Re(s_k z_k / |z_k| · exp(2πikn / N))."""
        (direction,) = ctx.saved_tensors
        size = 2 * (direction.shape[-1] - 1)
        weighted = direction * (slopes[0] * (size / 2))
        weighted[..., 0] *= 2
        weighted[..., -1] *= 2
        return torch.fft.irfft(weighted, n=size)


def log_spectra(waves: Tensor) -> list[tuple[float, Tensor]]:
    """Waves `[B, T]` -> (weight, log10 magnitudes `[B, frames, bins or bands]`) per picture."""
    pictures: list[tuple[float, Tensor]] = []
    for window, bands in SCALES:
        taper = hann(window).to(waves.device)
        frames = F.pad(waves, (window // 2, window // 2)).unfold(-1, window, window // 2)
        found: Any = Magnitude.apply(frames * (taper / (taper.sum() / 2)))
        bank = mel_filterbank(SAMPLE_RATE, window, bands).to(waves.device)
        pictures.append((1.0, (found @ bank.T).clamp_min(_FLOOR).log10()))
        if window in _PLAIN:
            pictures.append((_PLAIN_WEIGHT, found.clamp_min(_FLOOR).log10()))
        if window == SCALES[0][0]:
            pictures.append((_POWER_WEIGHT, _power(found, bank)))
    return pictures


def _power(magnitude: Tensor, bank: Tensor) -> Tensor:
    """Log power of bands over a quarter of a second, `[B, frames / 8, bands]`, in bels / 2.

    The middle of log magnitudes is kept by a sound that is several dB too soft: power lies in the
    peaks. What is averaged before the logarithm keeps the level.
    """
    bands = (magnitude.square() @ bank.T).mT
    pooled = F.avg_pool1d(bands, _POOLED, ceil_mode=True, count_include_pad=False)
    return 0.5 * pooled.clamp_min(_FLOOR**2).log10()


def reconstruction(reference: Tensor, *estimates: Tensor) -> dict[str, Tensor]:
    """Distance of one estimate, or of two with noise drawn apart, to the reference.

    Args:
        reference: `[B, T]`.
        estimates: one or two of the same shape.

    Returns:
        `distance`: mean |Δ log10| summed over the pictures with their weights; `mel`: over the mel
        bands alone; `apart`: the distance between the two estimates (0 for one).
    """
    count = 1 + len(estimates)
    distance = reference.new_zeros(())
    mel = reference.new_zeros(())
    apart = reference.new_zeros(())
    for weight, picture in log_spectra(torch.cat([reference, *estimates])):
        target, *made = picture.chunk(count)
        error = torch.stack([(one - target).abs().mean() for one in made]).mean()
        distance = distance + weight * error
        if weight == 1.0:
            mel = mel + error / len(SCALES)
        if len(made) == 2:
            apart = apart + weight * (made[0] - made[1]).abs().mean()
    return {"distance": distance, "mel": mel, "apart": apart}
