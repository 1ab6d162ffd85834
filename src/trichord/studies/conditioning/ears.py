"""Who listens: two learnt embeddings, one made by hand, a tagger, a tuner and a level meter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from trichord.audio.loudness import loudness
from trichord.audio.pitch import cents_from
from trichord.space.base import Encoder, Sound
from trichord.space.encoders import load_encoder
from trichord.space.joint import JointSpace
from trichord.space.judge import SIZES, CaptionJudge, Tagger, describe

if TYPE_CHECKING:
    from trichord.studies.conditioning.study import ConditioningStudy

Wave = NDArray[np.float32]
Vectors = NDArray[np.float32]

RATE = 44100
SECONDS = 2.0
"""Heard of every note, from its onset: before any release."""

EMBEDDINGS = ("joint space", "hand-made", "caption judge")
"""Learnt, and what the generator is conditioned on; nothing learnt; learnt apart from it."""


@dataclass(frozen=True)
class Heard:
    """What was heard of N notes.

    Attributes:
        owner: number of each note's instrument among the held-out ones, int64 [N].
        pitch, velocity: as asked for, int64 [N].
        space: unit vectors through the audio door [N, D].
        described: hand-made descriptors [N, WIDTH].
        cents, level: of tuning, and dB [N].
        octave_error: bool [N].
        other: vectors of the embedding that the options name [N, E]; [0, 0] where they name none.
    """

    owner: NDArray[np.int64]
    pitch: NDArray[np.int64]
    velocity: NDArray[np.int64]
    space: Vectors
    described: Vectors
    cents: NDArray[np.float64]
    level: NDArray[np.float64]
    octave_error: NDArray[np.bool_]
    other: Vectors = field(default_factory=lambda: np.zeros((0, 0), np.float32))


@dataclass(frozen=True)
class Ears:
    """The embeddings and the judges."""

    space: JointSpace
    judge: CaptionJudge
    tagger: Tagger
    other: Encoder[Sound] | None = None
    """An audio model by name or folder, whose distances are shown too."""
    other_name: str = ""

    @classmethod
    def load(cls, study: ConditioningStudy) -> Ears:
        """The shipped space, and the judges that the options name."""
        options = study.options
        space = JointSpace.load(options.weights / "space")
        other = load_encoder("audio", options.embedding) if options.embedding else None
        judge, tagger = CaptionJudge.load(options.judge), Tagger.load(options.tagger)
        return cls(space, judge, tagger, other, options.embedding)

    def hear(
        self, waves: Sequence[Wave], owner: Sequence[int], keys: Sequence[tuple[int, int]]
    ) -> Heard:
        """Listens to notes of any length.

        Args:
            waves: mono [T] at `RATE`.
            owner: number of each note's instrument.
            keys: (pitch, velocity) as asked for.
        """
        cut = [_audible(wave[: int(SECONDS * RATE)]) for wave in waves]
        readings = [
            cents_from(wave, RATE, pitch) for wave, (pitch, _) in zip(cut, keys, strict=True)
        ]
        # A reader that finds no partials says 0 cents: no note, no tuning.
        unread = np.array([reading.confidence <= 0.0 for reading in readings])
        return Heard(
            owner=np.array(owner),
            pitch=np.array([pitch for pitch, _ in keys]),
            velocity=np.array([velocity for _, velocity in keys]),
            space=self.space.embed_audio(cut, RATE).numpy(),
            described=np.stack([describe(wave, RATE, SECONDS) for wave in cut]),
            cents=np.array([reading.cents for reading in readings]),
            level=np.array([loudness(wave, RATE) for wave in cut]),
            octave_error=np.array([r.octave_error for r in readings]) | unread,
            other=self._other(cut),
        )

    def _other(self, waves: Sequence[Wave]) -> Vectors:
        if self.other is None:
            return np.zeros((0, 0), np.float32)
        return self.other.embed([Sound(wave, RATE) for wave in waves]).numpy()

    def embeddings(self, heard: Heard) -> Mapping[str, Vectors]:
        """The vectors of every embedding by name, `[N, D]` each."""
        standard = self.judge.standard(torch.from_numpy(heard.described)).numpy()
        weight = np.concatenate([np.full(size, size**-0.5, np.float32) for size in SIZES])
        judged = self.judge.embed_described(heard.described).numpy()
        told = dict(zip(EMBEDDINGS, (heard.space, standard * weight, judged), strict=True))
        return told | ({self.other_name: heard.other} if heard.other.size else {})


def _audible(wave: Wave) -> Wave:
    """A silent note has no vector: it is heard as faint noise, which is what it is worth."""
    if wave.size and float(np.abs(wave).max()) > 1e-6 and bool(np.isfinite(wave).all()):
        return wave
    faint = np.random.default_rng(0).standard_normal(int(SECONDS * RATE))
    return (1e-4 * faint).astype(np.float32)
