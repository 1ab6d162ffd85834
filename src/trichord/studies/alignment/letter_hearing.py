"""Audio encoders for the paper's protocol, by name: its own where installed, and ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from trichord.audio.second_ears import second_ears
from trichord.audio.standard import Floats
from trichord.audio.yardstick import yardstick

Hearer = Callable[[Floats, int], Floats]
"""A mono wave and its rate in Hz -> a vector `[D]`."""

LABELS = {
    "space": "our audio door (in the place of wav2vec 2.0)",
    "bands": "band statistics (in the place of wav2vec 2.0)",
    "yardstick": "the hand-made yardstick (in the place of wav2vec 2.0)",
    "ears": "the second ears (in the place of wav2vec 2.0)",
}
"""What stands in where the paper's encoder is not installed."""

BY_HAND = ("bands", "yardstick", "ears")
"""Those whose entries are of different sizes and are brought to one scale."""


def label(name: str) -> str:
    """What a page calls an audio encoder."""
    return LABELS.get(name, name)


def open_hearer(name: str, weights: Path) -> Hearer:
    """An audio encoder.

    Args:
        name: one of `LABELS`, or a model of the hub or a folder.
        weights: folder of the shipped models.
    """
    if name == "yardstick":
        return yardstick
    if name == "ears":
        return second_ears
    if name == "bands":
        return hear_bands
    return _our_door(weights / "clips") if name == "space" else _through(name)


def hear_bands(wave: Floats, sample_rate: int) -> Floats:
    """Mean, spread and steps of the bands of a picture."""
    from trichord.audio.bands import picture
    from trichord.audio.bandstats import band_statistics

    return band_statistics(picture(wave, sample_rate, seconds=None))


def _our_door(folder: Path) -> Hearer:
    from trichord.space.clips import load_clip_space

    space = load_clip_space(folder)
    return lambda wave, rate: space.embed_audio([wave], rate)[0].numpy()


def _through(name: str) -> Hearer:
    from trichord.space.base import Sound
    from trichord.space.encoders import load_encoder

    encoder = load_encoder("audio", name)
    return lambda wave, rate: np.asarray(encoder.embed([Sound(wave, rate)])[0].numpy(), np.float32)
