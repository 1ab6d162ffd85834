"""Plays the notes of a plan, middle note first, so that a stopped run can go on where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from trichord.audio.pitch import cents_from
from trichord.instrument.generator import NotePlayer, NoteRequest
from trichord.instrument.plan import Plan, Zone
from trichord.instrument.store import Store
from trichord.progress import Progress

_SILENT_PEAK = 10.0 ** (-66.0 / 20.0)
_TRIES = 3
_OTHER_DRAW = 1_000_003
"""Added to the seed where a note came out silent, or in another octave, and is drawn again."""
_MOST_STRAYED = 0.25
"""Share of a batch in another octave up to which these notes are drawn again."""


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
    """Plays a batch; notes that came out silent, broken or in another octave are drawn again."""
    requests = [NoteRequest(zone.pitch, zone.velocity, zone.seconds) for zone in batch]
    rate = player.sample_rate
    waves = player.play(requests, seed)
    poor = _poor(waves, requests, rate)
    for attempt in range(1, _TRIES):
        if not poor:
            break
        again = player.play([requests[index] for index in poor], seed + attempt * _OTHER_DRAW)
        for index, wave in zip(poor, again, strict=True):
            if _sounds(wave) or not _sounds(waves[index]):
                waves[index] = wave
        poor = [index for index in poor if not _is_good(waves[index], requests[index], rate)]
    return [np.nan_to_num(wave, nan=0.0, posinf=0.0, neginf=0.0) for wave in waves]


def _poor(
    waves: Sequence[NDArray[np.float32]], requests: Sequence[NoteRequest], rate: int
) -> list[int]:
    """Which notes are to be drawn again.

    Where many stand in another octave, that is the sound itself and not the draw: a twelve-string
    guitar, a recording that was dropped.
    """
    poor = [i for i, wave in enumerate(waves) if not _is_good(wave, requests[i], rate)]
    silent = [i for i in poor if not _sounds(waves[i])]
    strayed = len(poor) - len(silent)
    return poor if strayed <= _MOST_STRAYED * len(waves) else silent


def _is_good(wave: NDArray[np.float32], request: NoteRequest, rate: int) -> bool:
    return _sounds(wave) and not cents_from(wave, rate, request.pitch).octave_error


def _sounds(wave: NDArray[np.float32]) -> bool:
    return bool(np.isfinite(wave).all()) and float(np.max(np.abs(wave), initial=0)) > _SILENT_PEAK
