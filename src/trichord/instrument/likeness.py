"""A note that all notes of an instrument are to sound like, as the language model reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trichord.audio.loudness import envelope
from trichord.instrument.finish import prepare

if TYPE_CHECKING:
    from torch import Tensor

    from trichord.codec.base import Codec
    from trichord.instrument.shot import Shot

UNKNOWN_VELOCITY = -1
_END, _DIED_DB = 3, 30.0
"""A sound has died away that is so many dB below its loudest moment in its last 30 ms."""


@dataclass(frozen=True)
class Likeness:
    """One note in codes."""

    codes: Tensor
    """int64 `[K, F]`."""
    pitch: int
    """MIDI key that it was played at."""
    velocity: int = UNKNOWN_VELOCITY
    """MIDI velocity; nobody knows that of a recording."""
    rings_out: bool = False
    """It has died away at its end, however short it is."""


def conditions_of(likenesses: Sequence[Likeness | None]) -> dict[str, Tensor]:
    """What `trichord.lm.Conditions` are told of the likenesses of N notes.

    Args:
        likenesses: all None, or all codes of one shape.
    """
    import torch

    given = [each for each in likenesses if each is not None]
    if not given:
        return {}
    return {
        "like": torch.stack([each.codes for each in given]),
        "like_pitch": torch.tensor([each.pitch for each in given]),
        "like_velocity": torch.tensor([each.velocity for each in given]),
    }


def likeness_of(codec: Codec, shot: Shot, sample_rate: int) -> Likeness:
    """A recording of one note in codes, brought to the key that it is nearest to.

    Args:
        codec: of the language model.
        shot: the recording.
        sample_rate: of its wave, Hz; the codec's own.
    """
    import torch

    pitch = min(max(round(shot.pitch), 0), 127)
    wave = prepare(shot.wave, sample_rate, pitch).wave
    levels = envelope(wave, sample_rate)
    rings_out = bool(levels[-_END:].max() < levels.max() - _DIED_DB)
    heard = codec.frames(wave.size / sample_rate)
    with torch.inference_mode():
        codes = codec.encode(torch.from_numpy(wave)[None, None], torch.tensor([pitch]))[0]
    return Likeness(codes[:, :heard], pitch, rings_out=rings_out)
