"""FluidSynth as a renderer of single notes: dry, deterministic, one voice history per note."""

from __future__ import annotations

import contextlib
import ctypes
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trichord.data.schema import HELD_SECONDS, NOTE_SECONDS, SAMPLE_RATE
from trichord.errors import InputError, MissingProgramError

BLOCK = 64
"""FluidSynth's period: events take effect at multiples of it, so that notes are cut to it."""

_MISSING = (
    "FluidSynth's library was not found, and playing SoundFonts needs it: "
    "`apt install libfluidsynth3` (Debian, Ubuntu) or `brew install fluid-synth` (macOS)"
)


def load_fluidsynth() -> Any:
    """Import pyfluidsynth, which opens libfluidsynth.

    Raises:
        MissingProgramError: the shared library is not installed.
    """
    try:
        # With CI set the package prints where it found the library, which nobody asked for.
        with contextlib.redirect_stdout(io.StringIO()):
            import fluidsynth
    except (ImportError, OSError) as error:
        raise MissingProgramError(_MISSING) from error
    return fluidsynth


class PresetPlayer:
    """Plays notes of one preset of a SoundFont, dry: reverb and chorus off.

    Only this preset's samples are loaded, so a font of 500 MB costs a few tens. Use a fresh player
    for each preset: then the same notes in the same order are the same samples, bit for bit.

    Raises:
        InputError: the font cannot be read or has no such preset.
        MissingProgramError: FluidSynth is not installed.
    """

    def __init__(self, font: Path, bank: int, program: int) -> None:
        self._lib = load_fluidsynth()
        self._synth = self._lib.Synth(
            gain=1.0,
            samplerate=SAMPLE_RATE,
            channels=16,
            **{
                "synth.reverb.active": 0,
                "synth.chorus.active": 0,
                "synth.dynamic-sample-loading": 1,
                "synth.polyphony": 256,
                "synth.cpu-cores": 1,
            },
        )
        self._lib._fl.fluid_set_log_function(1, None, None)  # errors are raised below instead
        self._lib._fl.fluid_set_log_function(2, None, None)
        self._write = self._bind_write_float()
        self._font_id = int(self._synth.sfload(str(font)))
        if self._font_id < 0:
            self.close()
            raise InputError(f"{font}: FluidSynth cannot read this SoundFont; fetch it again")
        if self._synth.program_select(0, self._font_id, bank, program) != 0:
            self.close()
            raise InputError(f"{font}: no preset {bank:03d}:{program:03d} in this SoundFont")

    def _bind_write_float(self) -> Any:
        """`fluid_synth_write_float`, which pyfluidsynth leaves out: no dither, no clipping."""
        function = self._lib._fl.fluid_synth_write_float
        pointer, integer = ctypes.c_void_p, ctypes.c_int
        function.argtypes = [pointer, integer, pointer, integer, integer, pointer, integer, integer]
        function.restype = integer
        return function

    def play(
        self,
        pitch: int,
        velocity: int,
        held_seconds: float = HELD_SECONDS,
        seconds: float = NOTE_SECONDS,
    ) -> NDArray[np.float32]:
        """Render one note from its note-on, which is the first sample.

        The note-off falls on FluidSynth's block of 64 samples before `held_seconds`.

        Returns:
            float32 [2, T], left and right, full scale at 1 but not clipped.
        """
        total = round(seconds * SAMPLE_RATE)
        held = int(held_seconds * SAMPLE_RATE) // BLOCK * BLOCK
        padded = -(-total // BLOCK) * BLOCK
        out = np.zeros((2, padded), np.float32)
        self._synth.noteon(0, pitch, velocity)
        self._render(out, 0, held)
        self._synth.noteoff(0, pitch)
        self._render(out, held, padded - held)
        self._rinse(pitch, velocity)
        return out[:, :total]

    def _rinse(self, pitch: int, velocity: int) -> None:
        """Leave nothing of a note for the next one.

        A voice of FluidSynth remembers its last output gain and ramps from it over the first block
        of the note that reuses it. The same note at gain 0 takes the same voices and clears them.
        """
        scratch = np.zeros((2, BLOCK), np.float32)
        self._synth.all_sounds_off(0)
        self._render(scratch, 0, BLOCK)
        self._set_gain(0.0)
        self._synth.noteon(0, pitch, velocity)
        self._render(scratch, 0, BLOCK)
        self._synth.all_sounds_off(0)
        self._render(scratch, 0, BLOCK)
        self._set_gain(1.0)

    def _set_gain(self, gain: float) -> None:
        self._lib._fl.fluid_synth_set_gain(ctypes.c_void_p(self._synth.synth), ctypes.c_float(gain))

    def _render(self, out: NDArray[np.float32], start: int, count: int) -> None:
        left, right = out[0].ctypes.data, out[1].ctypes.data
        self._write(self._synth.synth, count, left, start, 1, right, start, 1)

    def close(self) -> None:
        """Free the synthesiser and its samples."""
        self._synth.delete()
