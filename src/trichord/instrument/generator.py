"""Who plays the notes: the contract, and the player made of a language model and a codec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from trichord.instrument.audition import MIDDLE, PITCHES, SECONDS, VELOCITY, Audition
from trichord.instrument.likeness import Likeness, conditions_of

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


@dataclass(frozen=True)
class Character:
    """What all notes of an instrument have in common."""

    draw: int
    """Number of the random draw."""
    likeness: Likeness | None
    """The note that they sound like."""


class ModelPlayer:
    """The language model draws the codes of notes under one joint vector; the codec sounds them.

    What makes the notes one instrument: one vector, one draw, and one note that all of them are
    to sound like. That note is a recording, or the middle note of the draw that was chosen.
    """

    def __init__(
        self,
        lm: CodecLM,
        codec: Codec,
        joint: Tensor,
        sampling: Sampling,
        *,
        family: int = -1,
        likeness: Likeness | None = None,
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
            likeness: a note to sound like; the model's own middle note if None. A model without
                `like_frames` takes none.
            shared_draws: all notes draw with the same random numbers, which keeps neighbours alike.
            audition: hears several draws and takes the one that comes nearest; the first if None.
        """
        self._lm = lm
        self._codec = codec
        self._joint = joint
        self._sampling = sampling
        self._family = family
        self._likeness = likeness
        self._shared_draws = shared_draws
        self._audition = audition
        self._characters: dict[int, Character] = {}  # by seed
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
        if seed not in self._characters:
            self._characters[seed] = self._find_character(seed)
        character = self._characters[seed]
        each = len(requests)
        codes = self._draw(requests, seed, [character.draw] * each, [character.likeness] * each)
        return self._decode(codes, requests)

    def _find_character(self, seed: int) -> Character:
        """The draw of a seed that comes nearest to what is wanted, and the note it sounds like."""
        own = self._likeness is None and self._lm.config.like_frames > 0
        draws = range(1 if self._audition is None else self._audition.candidates)
        likenesses = self._middles(seed, draws) if own else [self._likeness] * len(draws)
        characters = [Character(*each) for each in zip(draws, likenesses, strict=True)]
        if self._audition is None:
            return characters[0]
        return characters[self._audition.best(self._rehearsal(seed, characters))]

    def _middles(self, seed: int, draws: Sequence[int]) -> list[Likeness]:
        """The middle note of each draw."""
        notes = [NoteRequest(MIDDLE, VELOCITY, self._audible)] * len(draws)
        codes = self._draw(notes, seed, draws, [None] * len(draws))
        return [Likeness(each, MIDDLE, VELOCITY) for each in codes]

    def _rehearsal(self, seed: int, characters: Sequence[Character]) -> list[NDArray[np.float32]]:
        """A few notes of each character, just as they would be played."""
        few = [NoteRequest(pitch, VELOCITY, self._audible) for pitch in PITCHES]
        notes = few * len(characters)
        each = [character for character in characters for _ in few]
        codes = self._draw(notes, seed, [c.draw for c in each], [c.likeness for c in each])
        return self._decode(codes, notes)

    @property
    def _audible(self) -> float:
        return min(SECONDS, self.longest_seconds)

    def _draw(
        self,
        requests: Sequence[NoteRequest],
        seed: int,
        draws: Sequence[int],
        likenesses: Sequence[Likeness | None],
    ) -> Tensor:
        """Codes `[N, K, F]` of the notes; all of them have a likeness, or none."""
        import torch

        from trichord.lm.conditions import Conditions

        count = len(requests)
        conditions = Conditions(
            joint=self._joint.expand(count, -1).clone(),
            pitch=torch.tensor([request.pitch for request in requests]),
            velocity=torch.tensor([request.velocity for request in requests]),
            family=torch.full((count,), self._family),
            **conditions_of(likenesses),
        )
        longest = min(max(request.seconds for request in requests), self.longest_seconds)
        keys = [
            draw if self._shared_draws else (draw * 128 + r.pitch) * 128 + r.velocity
            for draw, r in zip(draws, requests, strict=True)
        ]
        sampling = replace(self._sampling, seed=seed)
        with torch.inference_mode():
            frames = self._codec.frames(longest)
            return self._lm.generate(conditions, frames, sampling, seeds=keys)

    def _decode(self, codes: Tensor, requests: Sequence[NoteRequest]) -> list[NDArray[np.float32]]:
        """Waves of codes, each as long as it was asked for."""
        import torch

        pitch = torch.tensor([request.pitch for request in requests])
        with torch.inference_mode():
            waves = self._codec.decode(codes, pitch)[:, 0].float().cpu().numpy()  # [N, T]
        return [
            wave[: int(request.seconds * self.sample_rate)].astype(np.float32, copy=True)
            for wave, request in zip(waves, requests, strict=True)
        ]
