"""What a sentence or a recording asks for in the joint space, and the player that answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trichord.instrument.audition import Audition
from trichord.instrument.generator import ModelPlayer, NotePlayer
from trichord.instrument.likeness import Likeness, likeness_of
from trichord.instrument.models import Models, default_sampling
from trichord.instrument.shot import SAMPLE_RATE, Shot
from trichord.instrument.shot_player import ShotPlayer

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Wish:
    """A sound that is asked for."""

    vector: Tensor
    """Unit `[D]`, what the language model is given."""
    target: Tensor
    """`[D]`, what the made notes are held against."""
    family: int = -1
    """Index of the family that is asked for; -1 where it is not known."""
    likeness: Likeness | None = None
    """A note that the notes are to sound like; None where there is none."""


def wishes_of(models: Models, prompts: Sequence[str]) -> list[Wish]:
    """What sentences ask for.

    The language model is given the way from text to audio and the family that it leads to; the
    notes are held against that vector and against the words themselves.
    """
    words = models.space.embed_text(list(prompts))
    vectors = models.space.text_to_audio(words)
    families = models.space.nearest_family(vectors).tolist()
    return [
        Wish(vector, vector + word, family)
        for vector, word, family in zip(vectors, words, families, strict=True)
    ]


def wish_like(models: Models, shot: Shot) -> Wish:
    """What a recording asks for: its own vector, and notes that sound like it.

    Not its family: of a sound never heard before the nearest family is wrong too often.
    """
    vector = models.space.embed_audio([shot.wave], SAMPLE_RATE)[0]
    return Wish(vector, vector, likeness=likeness_of(models.codec, shot, SAMPLE_RATE))


def player_of(models: Models, wish: Wish) -> NotePlayer:
    """The player that `trichord make` has for a wish."""
    rate = models.codec.sample_rate
    audition = Audition(lambda waves: models.space.embed_audio(list(waves), rate), wish.target)
    drawing = ModelPlayer(
        models.lm,
        models.codec,
        wish.vector,
        default_sampling(),
        family=wish.family,
        likeness=wish.likeness,
        audition=audition,
    )
    if wish.likeness is None:
        return drawing
    return ShotPlayer(wish.likeness, models.codec, drawing)
