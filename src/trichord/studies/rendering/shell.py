"""How long does a user wait for one program, from the shell?"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from trichord.studies.rendering.study import SonicPiStudy
from trichord.studies.tables import Table, Target

_PROGRAMS = 8
MOST_SECONDS = 2.5


def shell_table(study: SonicPiStudy) -> Table:
    """Whole commands, start included, on examples spread over the list."""
    step = max(1, len(study.examples) // _PROGRAMS)
    chosen = study.examples[::step][:_PROGRAMS]
    task = study.progress.task("commands", len(chosen))
    rows: list[tuple[str, float, float]] = []
    with tempfile.TemporaryDirectory(prefix="trichord-") as folder:
        for example in chosen:
            song = Path(folder, f"{example.name}.rb")
            song.write_text(example.code, encoding="utf-8")
            sound = _seconds(study, [str(song), "--out", f"{song}.wav"])
            events = _seconds(study, [str(song), "--out", f"{song}.json", "--score-only"])
            rows.append((example.name, sound, events))
            task.advance()
    middle = statistics.median(row[1] for row in rows)
    slowest = max(row[1] for row in rows)
    return Table(
        title="One program from the shell",
        columns=("program", "to a WAV, s", "to its events, s"),
        rows=(*rows, ("median", middle, statistics.median(row[2] for row in rows))),
        about=(
            f"`trichord render SONG.rb --out SONG.wav --seconds {study.options.seconds:g}`, and "
            f"the same with --score-only: wall time of the whole command, {len(rows)} examples."
        ),
        targets=(
            Target("one program from the shell, start of command included",
                   f"≤ {MOST_SECONDS} s", f"{middle:.1f} s, slowest {slowest:.1f} s",
                   slowest <= MOST_SECONDS),
        ),
    )  # fmt: skip


def _seconds(study: SonicPiStudy, words: list[str]) -> float:
    options = study.options
    command = [sys.executable, "-m", "trichord", "render", *words]
    command += ["--seconds", f"{options.seconds:g}", "--seed", str(options.seed)]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start
