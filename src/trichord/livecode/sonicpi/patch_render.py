"""Renders synths one note at a time, and keeps what they sound like as band power."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trichord.audio.bands import BandGrid, Floats, band_power
from trichord.audio.resample import resample
from trichord.files import MEND, write_tensors
from trichord.livecode.sonicpi.render import SAMPLE_RATE, Renderer
from trichord.livecode.sonicpi.rendered import Render
from trichord.livecode.sonicpi.synthdefs import SynthDefs
from trichord.score import Score
from trichord.score.sketch import Patch
from trichord.score.sketch.colours import OPEN, RESONANT, STRETCHED

RECIPE = 1
"""Rises with every change of what is rendered here or how it is stored."""

NOTES: tuple[int, ...] = tuple(range(24, 109, 3))
"""MIDI notes of the patches."""

HELD_SECONDS = 4.0
_GAP_SECONDS = 0.5
_SEED = 1
_WITHOUT_NOTE = 60


@dataclass(frozen=True, eq=False)
class SynthPatches:
    """The patches of one synth.

    Attributes:
        notes: MIDI notes `[N]`.
        decibels: float16 `[N, frames, bands]`.
        pitched: False for noises, which have one patch for all notes.
        seconds: how long a patch lasts; infinity for one that is held.
    """

    notes: np.ndarray[tuple[int], np.dtype[np.float32]]
    decibels: np.ndarray[tuple[int, int, int], np.dtype[np.float16]]
    pitched: bool
    seconds: float

    def nearest(self, note: float) -> Patch:
        """The patch at the note that is nearest."""
        return self._patch(int(np.argmin(np.abs(self.notes - note))))

    @functools.lru_cache(maxsize=64)  # noqa: B019 - lives as long as the patches do
    def _patch(self, index: int) -> Patch:
        power = 10.0 ** (self.decibels[index].astype(np.float32) / 10.0)
        power[self.decibels[index] <= -119.0] = 0.0
        note = float(self.notes[index]) if self.pitched else None
        return Patch(power.astype(np.float32), note, self.seconds)

    def write(self, path: Path, mend: str = MEND) -> None:
        """Writes one safetensors file, whole or not at all; `mend` ends the complaint."""
        facts = {"pitched": str(int(self.pitched)), "seconds": repr(self.seconds)}
        write_tensors(path, {"notes": self.notes, "decibels": self.decibels}, facts, mend)

    @classmethod
    def read(cls, path: Path) -> SynthPatches:
        """Reads what `write` wrote.

        Raises:
            OSError, SafetensorError, KeyError, ValueError: it is no such file.
        """
        from safetensors import safe_open

        with safe_open(path, framework="numpy") as file:
            facts = file.metadata()
            return cls(
                file.get_tensor("notes"),
                file.get_tensor("decibels"),
                facts["pitched"] == "1",
                float(facts["seconds"]),
            )


def rendered(
    names: Sequence[str], definitions: SynthDefs, extra: Sequence[Path], grid: BandGrid
) -> Iterator[tuple[str, SynthPatches]]:
    """Renders synths, one program for each.

    Yields:
        Name and patches, in the order of `names`; a synth that makes no sound is left out.

    Raises:
        MissingProgramError: Sonic Pi, scsynth or the sandbox is missing.
    """
    defaults = [_defaults(definitions, name) for name in names]
    programs = [_program(name, known) for name, known in zip(names, defaults, strict=True)]
    longest = len(NOTES) * (HELD_SECONDS + _GAP_SECONDS) + 1.0
    with Renderer(synthdefs=extra) as renderer:
        renders = renderer.render_many(programs, seconds=longest, seed=_SEED)
        for name, known, render in zip(names, defaults, renders, strict=True):
            patches = _cut(name, "note" in known, render, grid)
            if patches is not None:
                yield name, patches


def _defaults(definitions: SynthDefs, name: str) -> frozenset[str]:
    definition = definitions.get(f"sonic-pi-{name}")
    return frozenset(definition.defaults) if definition else frozenset()


def _program(name: str, known: frozenset[str]) -> str:
    """Every note held by itself, with filters open and nothing that moves by choice."""
    options = ["attack: 0"]
    if name in STRETCHED:
        options += ["sustain: 0", f"release: {HELD_SECONDS}"]
    else:
        options += [f"sustain: {HELD_SECONDS}", "release: 0.02"]
    options += [f"cutoff: {OPEN:g}"] if "cutoff" in known else []
    options += ["res: 0"] if "res" in known and name in RESONANT else []
    options += ["mod_range: 0"] if "mod_range" in known else []
    notes = NOTES if "note" in known else (_WITHOUT_NOTE,)
    lines = [
        f"synth :{name}, note: {note}, {', '.join(options)}\nsleep {HELD_SECONDS + _GAP_SECONDS}"
        for note in notes
    ]
    return "\n".join(["use_bpm 60", *lines, ""])


def _cut(name: str, pitched: bool, render: Render, grid: BandGrid) -> SynthPatches | None:
    """The notes of a render, each as its own band power."""
    if render.audio is None:
        return None
    wave = resample(render.audio.mean(0), SAMPLE_RATE, grid.sample_rate)
    wave = wave / np.float32(_mixers(render.score))
    starts = [event for event in render.score.events if event.kind == "synth"]
    if not starts:
        return None
    lead, length = grid.n_fft // 2, int((HELD_SECONDS - 0.1) * grid.sample_rate)
    padded = np.pad(wave, (lead, lead + length))
    pieces: list[Floats] = []
    for event in starts:
        begin = round((event.start + render.score.latency) * grid.sample_rate)
        piece = padded[begin : begin + lead + length].copy()
        piece[:lead] = 0.0
        pieces.append(band_power(piece, grid.sample_rate, grid).T[: -grid.n_fft // (2 * grid.hop)])
    power = np.stack(pieces)
    if not pitched:
        power = _steady(power, grid)
    stored = 10.0 * np.log10(np.maximum(power, 1e-12))
    notes = np.array([render.score.arguments(event).get("note", 60.0) for event in starts])
    seconds = HELD_SECONDS if name in STRETCHED else float("inf")
    return SynthPatches(
        notes.astype(np.float32),
        np.ascontiguousarray(stored, np.float16),
        pitched,
        seconds,
    )


def _steady(power: Floats, grid: BandGrid) -> Floats:
    """Noise as what is expected of it: its mean over time, rising as windows fill."""
    full = grid.n_fft // grid.hop
    mean = power[:, full:].mean(1, keepdims=True)
    rise = power[:, :full].sum(2, keepdims=True) / mean.sum(2, keepdims=True)
    steady = np.repeat(mean, power.shape[1], 1)
    steady[:, :full] *= np.minimum(rise, 1.0)
    return steady


def _mixers(score: Score) -> float:
    """What the mixers of a run multiply amplitudes by."""
    gain = 1.0
    for event in score.events:
        if event.kind == "mixer":
            values = score.arguments(event)
            gain *= values.get("amp", 1.0) * values.get("pre_amp", 1.0)
    return gain
