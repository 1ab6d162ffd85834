"""Writing a shard of the notes corpus, against FluidSynth alone playing the same notes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.timing import Figure, best_seconds
from trichord.data.plan import PlannedInstrument, Playing
from trichord.data.render import ShardJob, render_shard
from trichord.data.schema import NOTE_SECONDS, VELOCITIES, Instrument
from trichord.data.synth import PresetPlayer

FONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
PITCHES = (36, 48, 60, 72)
SOUND = len(PITCHES) * len(VELOCITIES) * NOTE_SECONDS
"""Seconds of one turn: twenty notes of the font's first piano."""


def figures(rounds: int) -> Iterator[Figure]:
    """Seconds of sound per second on one core; what is lost is screening, FLAC and Parquet."""
    piano = Instrument(
        "piano", "Piano", "keyboard", "acoustic", ("piano",), "FluidR3", "MIT", 0, "train"
    )
    playing = Playing(0, 0, 0, "mean", 1.0, PITCHES)
    with tempfile.TemporaryDirectory() as folder:
        shard = Path(folder) / "notes-00000.parquet"
        job = ShardJob(shard, (FONT,), (PlannedInstrument(piano, playing),))

        def build() -> None:
            shard.unlink(missing_ok=True)
            render_shard(job)

        built, played = best_seconds([build, _play], rounds)
    label = f"FluidSynth alone, {len(PITCHES) * len(VELOCITIES)} notes of a piano"
    yield Figure("corpus builder", SOUND / built, label, SOUND / played, "x real time")


def _play() -> None:
    player = PresetPlayer(FONT, 0, 0)
    for pitch in PITCHES:
        for velocity in VELOCITIES:
            player.play(pitch, velocity)
    player.close()
