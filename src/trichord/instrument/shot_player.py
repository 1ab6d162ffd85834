"""The keys about a recording's own: they are played from the recording's codes, not drawn.

Codes do not hold the pitch, so a recording in codes sounds at any key, as long as it was at its
own, with the levels of its partials kept. A musician who drops a sound wants to hear that sound;
what the language model draws from it is like it and no more, and serves the keys further away,
where a sound that is merely moved is one that no instrument makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trichord.audio.notes import midi_to_hz
from trichord.instrument.generator import NotePlayer, NoteRequest
from trichord.instrument.likeness import Likeness

if TYPE_CHECKING:
    from trichord.codec.base import Codec

REACH = 7
"""Semitones to either side: a fifth, within which samplers stretch a recording too."""
LEAST_SECONDS = 1.0
"""A shorter recording that does not ring out by itself has nothing to hold; the model draws all."""
PLAYED_AT = 100
"""The velocity that a recording is taken to be of."""
DB_PER_OCTAVE = 0.017
"""Brighter per step of velocity, above the pitch: the mean over 4,372 keys of the acoustic
instruments of the training split, as `scripts/velocity_brightness.py` prints it."""


class ShotPlayer:
    """Plays near keys from a recording's codes, the others with another player."""

    def __init__(self, likeness: Likeness, codec: Codec, others: NotePlayer) -> None:
        """Keeps what is played.

        Args:
            likeness: the recording in codes.
            codec: of the codes.
            others: plays the keys that are further away.
        """
        self._likeness, self._codec, self._others = likeness, codec, others
        long_enough = likeness.codes.shape[1] >= codec.frames(LEAST_SECONDS)
        self._serves = long_enough or likeness.rings_out
        self.sample_rate = others.sample_rate

    @property
    def longest_seconds(self) -> float:
        """Of the other player."""
        return self._others.longest_seconds

    @property
    def batch_sizes(self) -> tuple[int, int]:
        """Of the other player."""
        return self._others.batch_sizes

    def play(self, requests: Sequence[NoteRequest], seed: int) -> list[NDArray[np.float32]]:
        """See `NotePlayer.play`; a note from the recording may end before its time is over."""
        near = [self._is_near(request) for request in requests]
        far = [request for request, is_near in zip(requests, near, strict=True) if not is_near]
        drawn = iter(self._others.play(far, seed) if far else [])
        return [
            self._sound(request) if is_near else next(drawn)
            for request, is_near in zip(requests, near, strict=True)
        ]

    def _is_near(self, request: NoteRequest) -> bool:
        return self._serves and abs(request.pitch - self._likeness.pitch) <= REACH

    def _sound(self, request: NoteRequest) -> NDArray[np.float32]:
        import torch

        with torch.inference_mode():
            decoded = self._codec.decode(self._likeness.codes[None], torch.tensor([request.pitch]))
        wave = decoded[0, 0].float().cpu().numpy()[: int(request.seconds * self.sample_rate)]
        return struck(wave, self.sample_rate, request.pitch, request.velocity)


def struck(
    wave: NDArray[np.float32], sample_rate: int, pitch: int, velocity: int
) -> NDArray[np.float32]:
    """A note as if it had been played softer or harder: duller or brighter above its pitch.

    Args:
        wave: `[T]`, played at `PLAYED_AT`.
        sample_rate: Hz.
        pitch: MIDI key.
        velocity: 1..127.

    Returns:
        `[T]`; its level is the finishing's affair.
    """
    spectrum = np.fft.rfft(wave.astype(np.float64))
    hz = np.fft.rfftfreq(wave.size, 1 / sample_rate)
    octaves = np.log2(np.maximum(hz / midi_to_hz(pitch), 1.0))
    decibels = DB_PER_OCTAVE * (velocity - PLAYED_AT) * octaves
    return np.fft.irfft(spectrum * 10 ** (decibels / 20), wave.size).astype(np.float32)
