"""Noise that is none: what the analysis reads between partials that leak into its window.

A Hann window hears a partial two bins and more from its place, 31 dB and further below it. Where a
recording has less noise than that, the analysis tells of noise all the same, and a decoder that
played it would hiss and rumble between the partials. The decoder knows the partials: it listens to
them alone as the analysis would, and takes what is heard there off the noise (spectral subtraction,
Boll 1979). No token changes.
"""

from __future__ import annotations

import torch

from trichord.codec.note import layout as lay
from trichord.codec.note.analysis import LONGEST_WINDOW, noise_between

OVER = 2.0
"""Of the leaking power is taken off so many times: levels are decoded within some dB."""
LEAST = 1e-3
"""Share of the power that is left at least."""

_REACH = LONGEST_WINDOW // lay.HOP
"""Frames that the first window inside a note spans."""


def beyond(features: torch.Tensor) -> torch.Tensor:
    """A note `[frames, FEATURES]` that goes on as it ends, for as long as a window looks ahead.

    A part of a note is played from tokens that were heard in a whole one. Its windows must not
    hear the cut, which would sound like much noise: all the note's own would be taken off.
    """
    missing = lay.analysis_frames(int(lay.NOTE_SECONDS * lay.SAMPLE_RATE)) - len(features)
    return torch.cat([features, features[-1:].expand(min(max(missing, 0), _REACH), -1)])


def without_leak(
    levels: torch.Tensor, tone: torch.Tensor, midi: int, hz: torch.Tensor
) -> torch.Tensor:
    """Noise of a note less what its partials leak.

    Args:
        levels: noise as decoded, dB `[frames, NOISE_BANDS]`.
        tone: its partials alone, `[T]` or longer (see `beyond`), the note's peak being one.
        midi: pitch.
        hz: its harmonics, from the first on.

    Returns:
        Levels in dB, of the same shape; no higher.
    """
    leak = noise_between(tone, midi, hz)[: len(levels)]
    share = 1 - OVER * 10 ** ((leak - levels) / 10)
    return levels + 10 * torch.log10(share.clamp(LEAST, 1.0))
