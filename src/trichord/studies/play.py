"""Notes of many made instruments at once, each just as `trichord make` would play and clean it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.instrument.finish import prepare
from trichord.instrument.generator import NoteRequest
from trichord.instrument.models import Models
from trichord.instrument.wish import Wish, player_of
from trichord.progress import Progress


@dataclass(frozen=True)
class Wanted:
    """A note of the instrument at row `sound` of the joint vectors."""

    sound: int
    pitch: int
    velocity: int
    seconds: float


def play(
    models: Models, wishes: Sequence[Wish], wanted: Sequence[Wanted], seed: int, progress: Progress
) -> list[NDArray[np.float32]]:
    """The notes, cleaned and tuned, in the order asked for.

    Args:
        models: of the instruments.
        wishes: one per instrument.
        wanted: notes of them.
        seed: of all that is drawn; the same for all instruments.
        progress: told of every instrument.

    Returns:
        Waves `[T]` at the codec's rate.
    """
    task = progress.task("playing notes", len(wishes))
    waves: dict[int, NDArray[np.float32]] = {}
    for sound, wish in enumerate(wishes):
        player = player_of(models, wish)
        places = [place for place, one in enumerate(wanted) if one.sound == sound]
        requests = [
            NoteRequest(one.pitch, one.velocity, one.seconds)
            for one in map(wanted.__getitem__, places)
        ]
        for place, wave in zip(places, player.play(requests, seed), strict=True):
            waves[place] = prepare(wave, player.sample_rate, wanted[place].pitch).wave
        task.advance()
    return [waves[place] for place in range(len(wanted))]
