"""Any SFZ as a real sampler plays it: sfizz, through the package pysfizz."""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trichord.audio.sfz import SfzInstrument, parse_sfz
from trichord.errors import InputError, MissingProgramError

_BLOCK = 1024
_MOST_IN_MEMORY = 1 << 30
"""Bytes of samples up to which sfizz is told to keep them in memory."""


class SfizzPlayer:
    """An SFZ loaded into sfizz; made by `open_player`."""

    def __init__(self, synth: Any, sample_rate: int) -> None:
        self._synth = synth
        self.sample_rate = sample_rate
        self.playable_keys: list[int] = list(synth.playable_keys)

    def play(self, key: int, velocity: int, held: float, seconds: float) -> NDArray[np.float32]:
        """One note, pressed at time zero.

        Args:
            key: MIDI key.
            velocity: 1..127.
            held: seconds until the key is released.
            seconds: length of the result.

        Returns:
            Mono samples `[T]`, the mean of both sides.
        """
        # The wrapper itself has no way to stop voices that still sound from the note before.
        self._synth._synth.all_sound_off()
        stereo = self._synth.render_note(key, velocity, held, seconds)  # [2, T]
        return np.asarray(stereo, dtype=np.float32).mean(axis=0)


@contextmanager
def open_player(path: Path, sample_rate: int = 44100) -> Generator[SfizzPlayer]:
    """Loads an SFZ into sfizz.

    What is played is a copy in a temporary folder, every inherited opcode written out, that asks
    sfizz to hold the samples in memory: reading them from disk in the background cuts the
    beginning of some first notes off.

    Raises:
        InputError: sfizz finds no region in it.
        MissingProgramError: pysfizz is not installed.
    """
    pysfizz = _pysfizz()
    instrument = parse_sfz(path)
    with tempfile.TemporaryDirectory(prefix="trichord-") as folder:
        copy = Path(folder) / "checked.sfz"
        copy.write_text("\n".join(_flattened(instrument)) + "\n", encoding="utf-8")
        synth = pysfizz.Synth(sample_rate=sample_rate, block_size=_BLOCK)
        if not synth.load_sfz_file(str(copy)):
            raise InputError(f"{path}: sfizz finds no region that it can play: check its samples")
        yield SfizzPlayer(synth, sample_rate)


def _pysfizz() -> Any:
    try:
        import pysfizz
    except ImportError:
        raise MissingProgramError(
            "playing an SFZ needs the package pysfizz: pip install pysfizz"
        ) from None
    return pysfizz


def _flattened(instrument: SfzInstrument) -> Iterator[str]:
    """The same instrument as control and regions only, with absolute sample paths."""
    yield "<control>"
    samples = {region.sample for region in instrument.regions}
    if _bytes_of(list(samples)) <= _MOST_IN_MEMORY:
        yield "hint_ram_based=1"
    for name, value in instrument.control.items():
        if name not in ("default_path", "hint_ram_based"):
            yield f"{name}={value}"
    for region in instrument.regions:
        yield "<region>"
        yield f"sample={region.sample.resolve().as_posix()}"
        for name, value in region.opcodes.items():
            if name != "sample":
                yield f"{name}={value}"


def _bytes_of(paths: Sequence[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())
