"""Notes of many made instruments at once, each just as `trichord make` would play and clean it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trichord.instrument.finish import prepare
from trichord.instrument.generator import ModelPlayer, NoteRequest
from trichord.instrument.models import Models, default_sampling
from trichord.progress import Progress

if TYPE_CHECKING:
    from torch import Tensor

_BATCH = 32


@dataclass(frozen=True)
class Wanted:
    """A note of the instrument at row `sound` of the joint vectors."""

    sound: int
    pitch: int
    velocity: int
    seconds: float


def vectors_of(models: Models, prompts: Sequence[str]) -> Tensor:
    """Joint vectors `[N, D]` that the language model is given for these prompts."""
    return models.space.text_to_audio(models.space.embed_text(list(prompts)))


def play(
    models: Models, vectors: Tensor, wanted: Sequence[Wanted], seed: int, progress: Progress
) -> list[NDArray[np.float32]]:
    """The notes, cleaned and tuned, in the order asked for.

    Args:
        models: of the instruments.
        vectors: `[N, D]`, one per instrument.
        wanted: notes of them.
        seed: of all that is drawn; the same for all instruments.
        progress: told of every batch.

    Returns:
        Waves `[T]` at the codec's rate.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index].seconds)
    task = progress.task("playing notes", len(order))
    waves: dict[int, NDArray[np.float32]] = {}
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        joint = vectors[[wanted[index].sound for index in batch]]
        player = ModelPlayer(models.lm, models.codec, joint, default_sampling())
        requests = [
            NoteRequest(w.pitch, w.velocity, w.seconds) for w in map(wanted.__getitem__, batch)
        ]
        for index, wave in zip(batch, player.play(requests, seed), strict=True):
            waves[index] = prepare(wave, player.sample_rate, wanted[index].pitch).wave
        task.advance(len(batch))
    return [waves[index] for index in range(len(wanted))]
