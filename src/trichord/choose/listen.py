"""Pictures of samples and instruments, from their files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trichord.audio.bands import picture
from trichord.audio.io import read_native
from trichord.errors import InputError
from trichord.livecode.towers.base import SECONDS, is_audible

if TYPE_CHECKING:
    from trichord.livecode.towers import Picture

KEYS = (48, 60, 72)
"""The notes by which an instrument is heard, or the nearest ones that it has: C3, C4, C5."""
VELOCITY = 100
HELD, NOTE_SECONDS = 1.5, 2.0
RATE = 44100


def picture_of_sample(path: Path) -> Picture:
    """The picture of a sound file's first 18 s, as long as the file.

    Raises:
        InputError: it is missing, no sound file, truncated, not finite or silent.
    """
    wave, rate = read_native(path, SECONDS)
    shown = picture(wave, rate, seconds=None)
    if not is_audible(shown):
        raise InputError(f"{path}: silent: give a recording in which something sounds")
    return shown


def pictures_of_instrument(path: Path) -> list[Picture]:
    """Pictures of a few notes of an SFZ instrument, played by a sampler; silent ones left out.

    Raises:
        InputError: the file is no SFZ, names no sample that is there, or is silent.
        MissingProgramError: the sampler (pysfizz) is not installed.
    """
    from trichord.instrument.player import open_player

    with open_player(path, RATE) as player:
        keys = player.playable_keys or list(KEYS)
        near = dict.fromkeys(min(keys, key=lambda key: abs(key - wanted)) for wanted in KEYS)
        waves = [player.play(key, VELOCITY, HELD, NOTE_SECONDS) for key in near]
    shown = [picture(wave, RATE, seconds=None) for wave in waves]
    audible = [each for each in shown if is_audible(each)]
    if not audible:
        raise InputError(f"{path}: silent: check that its samples are there")
    return audible
