"""Plays the notes of a plan, middle note first, so that a stopped run can go on where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from trichord.instrument.generator import NotePlayer, NoteRequest
from trichord.instrument.plan import Plan, Zone
from trichord.instrument.store import Store
from trichord.progress import Progress

_SILENT_PEAK = 10.0 ** (-66.0 / 20.0)
_TRIES = 3
_OTHER_DRAW = 1_000_003
"""Added to the seed where a note came out silent and is drawn again."""


def perform(
    plan: Plan,
    player: NotePlayer,
    store: Store,
    seed: int,
    progress: Progress,
    on_middle: Callable[[Zone, NDArray[np.float32]], None],
) -> None:
    """Fills the store with the raw note of every zone.

    Batches are a function of the plan alone, and one that is not complete is played again as a
    whole: so a run that was stopped ends with the same samples as one that was not.

    Args:
        plan: zones in playing order.
        player: plays them.
        store: takes the notes; those that it has already are not played.
        seed: of all that is drawn.
        progress: told of every note.
        on_middle: called with the first note as soon as it is there.
    """
    task = progress.task("playing notes", len(plan.zones))
    for index, batch in enumerate(_batches(plan.zones, player.batch_sizes)):
        if not all(store.has(zone) for zone in batch):
            for zone, wave in zip(batch, _play(player, batch, seed), strict=True):
                store.put(zone, wave, player.sample_rate)
        if index == 0:
            on_middle(plan.middle, store.get(plan.middle))
        task.advance(len(batch))


def _batches(zones: Sequence[Zone], sizes: tuple[int, int]) -> Iterator[Sequence[Zone]]:
    """The first batch is small, because somebody waits for its first note."""
    first, rest = sizes
    yield zones[:first]
    for start in range(first, len(zones), rest):
        yield zones[start : start + rest]


def _play(player: NotePlayer, batch: Sequence[Zone], seed: int) -> list[NDArray[np.float32]]:
    """Plays a batch; notes that came out silent or broken are drawn again."""
    requests = [NoteRequest(zone.pitch, zone.velocity, zone.seconds) for zone in batch]
    waves = player.play(requests, seed)
    for attempt in range(1, _TRIES):
        bad = [index for index, wave in enumerate(waves) if not _sounds(wave)]
        if not bad:
            break
        again = player.play([requests[index] for index in bad], seed + attempt * _OTHER_DRAW)
        for index, wave in zip(bad, again, strict=True):
            waves[index] = wave
    return [np.nan_to_num(wave, nan=0.0, posinf=0.0, neginf=0.0) for wave in waves]


def _sounds(wave: NDArray[np.float32]) -> bool:
    return bool(np.isfinite(wave).all()) and float(np.max(np.abs(wave), initial=0)) > _SILENT_PEAK
