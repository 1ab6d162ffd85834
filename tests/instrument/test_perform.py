"""Notes that come out wrong are drawn again, unless that is what the instrument sounds like."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trichord.audio.pitch import cents_from
from trichord.instrument.debug import DebugPlayer
from trichord.instrument.generator import NoteRequest
from trichord.instrument.perform import _play
from trichord.instrument.plan import Zone

KEYS = (48, 52, 56, 60, 64, 68, 72, 76)
RATE = 44100


class Straying:
    """Plays some keys an octave too high, or not at all, under its first seed."""

    sample_rate = RATE
    longest_seconds = 4.0
    batch_sizes = (8, 8)

    def __init__(self, high: Sequence[int], silent: Sequence[int] = ()) -> None:
        self.high, self.silent = high, silent
        self.asked: list[list[int]] = []

    def play(self, requests: Sequence[NoteRequest], seed: int) -> list[NDArray[np.float32]]:
        """An additive string without faults but these."""
        self.asked.append([request.pitch for request in requests])
        first = seed == 7
        sounding = DebugPlayer(cents=0.0)
        waves = sounding.play(
            [
                dataclasses.replace(r, pitch=r.pitch + 12 * (first and r.pitch in self.high))
                for r in requests
            ],
            seed,
        )
        return [
            wave * np.float32(not (first and r.pitch in self.silent))
            for wave, r in zip(waves, requests, strict=True)
        ]


def zones() -> list[Zone]:
    return [Zone(key, key, key, 100, 0, 127, 1.0) for key in KEYS]


def strayed(waves: Sequence[NDArray[np.float32]]) -> list[int]:
    return [
        key
        for key, wave in zip(KEYS, waves, strict=True)
        if cents_from(wave, RATE, key).octave_error
    ]


def test_a_note_in_another_octave_is_drawn_again() -> None:
    player = Straying(high=[60])
    assert strayed(Straying(high=[60]).play([NoteRequest(k, 100, 1.0) for k in KEYS], 7)) == [60]
    assert strayed(_play(player, zones(), 7)) == []
    assert player.asked == [list(KEYS), [60]]


def test_where_many_stray_it_is_the_sound_itself() -> None:
    player = Straying(high=KEYS, silent=[48])
    waves = _play(player, zones(), 7)
    assert strayed(waves) == list(KEYS[1:])
    assert player.asked == [list(KEYS), [48]], "the silent one alone"
