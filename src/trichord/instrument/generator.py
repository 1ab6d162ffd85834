"""Who plays the notes: the contract, and the player made of a language model and a codec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from trichord.instrument.audition import PITCHES, SECONDS, VELOCITY, Audition

if TYPE_CHECKING:
    from torch import Tensor

    from trichord.codec.base import Codec
    from trichord.lm.model import CodecLM
    from trichord.lm.sampling import Sampling


HELD_SECONDS = 4.0
"""So long are the keys held in the corpus of notes; then they are released."""


@dataclass(frozen=True)
class NoteRequest:
    """One note to play."""

    pitch: int
    """MIDI key."""
    velocity: int
    """1..127."""
    seconds: float
    """Length wanted."""


class NotePlayer(Protocol):
    """Plays notes of one instrument."""

    @property
    def sample_rate(self) -> int:
        """Hz."""
        ...

    @property
    def longest_seconds(self) -> float:
        """The longest note that it can play."""
        ...

    @property
    def batch_sizes(self) -> tuple[int, int]:
        """Notes that it plays well at once: in the first batch (heard first), in the others."""
        ...

    def play(self, requests: Sequence[NoteRequest], seed: int) -> list[NDArray[np.float32]]:
        """The notes asked for, each `[T]`; the same seed gives the same samples."""
        ...


class ModelPlayer:
    """The language model draws the codes of notes under one joint vector; the codec sounds them.

    One vector serves all notes of the instrument: that is what makes them one instrument.
    """

    def __init__(
        self,
        lm: CodecLM,
        codec: Codec,
        joint: Tensor,
        sampling: Sampling,
        *,
        family: int = -1,
        shared_draws: bool = True,
        audition: Audition | None = None,
    ) -> None:
        """Keeps the models.

        Args:
            lm: draws codes `[N, K, F]`.
            codec: of the model's codebooks.
            joint: unit vector `[D]` of the sound that is wanted.
            sampling: how to draw; its seed is replaced by the one that `play` is given.
            family: index of the family that is wanted; -1 leaves it to the vector.
            shared_draws: all notes draw with the same random numbers, which keeps neighbours alike.
            audition: hears several draws and takes the one that comes nearest; the first if None.
        """
        self._lm = lm
        self._codec = codec
        self._joint = joint
        self._sampling = sampling
        self._family = family
        self._shared_draws = shared_draws
        self._audition = audition
        self._chosen: dict[int, int] = {}  # seed -> draw
        self.sample_rate = codec.sample_rate
        self.batch_sizes = (16, 32)

    @property
    def longest_seconds(self) -> float:
        """Seconds that the model's frames hold, and no more than the notes it has learnt were held.

        What the model plays after that is a release, which a loop must not hold.
        """
        most = self._lm.config.max_frames
        low, high = 0.0, HELD_SECONDS
        if self._codec.frames(high) <= most:
            return high
        for _ in range(24):  # frames(seconds) only grows; frames need not be uniform in time
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self._codec.frames(middle) <= most else (low, middle)
        return low

    def play(self, requests: Sequence[NoteRequest], seed: int) -> list[NDArray[np.float32]]:
        """Draws and decodes all requests as one batch; see `NotePlayer.play`."""
        if seed not in self._chosen:
            self._chosen[seed] = self._choose(seed)
        return self._play(requests, seed, [self._chosen[seed]] * len(requests))

    def _choose(self, seed: int) -> int:
        """The draw that all notes of a seed take."""
        audition = self._audition
        if audition is None:
            return 0
        seconds = min(SECONDS, self.longest_seconds)
        notes = [NoteRequest(pitch, VELOCITY, seconds) for pitch in PITCHES]
        draws = [draw for draw in range(audition.candidates) for _ in notes]
        return audition.best(self._play(notes * audition.candidates, seed, draws))

    def _play(
        self, requests: Sequence[NoteRequest], seed: int, draws: Sequence[int]
    ) -> list[NDArray[np.float32]]:
        import torch

        from trichord.lm.conditions import Conditions

        pitch = torch.tensor([request.pitch for request in requests])
        conditions = Conditions(
            joint=self._joint.expand(len(requests), -1).clone(),
            pitch=pitch,
            velocity=torch.tensor([request.velocity for request in requests]),
            family=torch.full((len(requests),), self._family),
        )
        longest = min(max(request.seconds for request in requests), self.longest_seconds)
        keys = [
            draw if self._shared_draws else (draw * 128 + r.pitch) * 128 + r.velocity
            for draw, r in zip(draws, requests, strict=True)
        ]
        with torch.inference_mode():
            codes = self._lm.generate(
                conditions,
                self._codec.frames(longest),
                replace(self._sampling, seed=seed),
                seeds=keys,
            )
            waves = self._codec.decode(codes, pitch)[:, 0].float().cpu().numpy()  # [N, T]
        return [
            wave[: int(request.seconds * self.sample_rate)].astype(np.float32, copy=True)
            for wave, request in zip(waves, requests, strict=True)
        ]
