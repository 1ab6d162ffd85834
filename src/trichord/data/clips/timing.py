"""What a build cost: a line per shard as it is finished, and a summary that adds them up.

The lines outlive a killed build, so that the summary of a resumed one covers all of it. They are
no part of the corpus: two builds of the same corpus differ in them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trichord.data.clips.schema import KINDS
from trichord.data.clips.shard import ShardDone

LOG_NAME = "timing.jsonl"


def note_shard(folder: Path, done: ShardDone) -> None:
    """Add one line to the log."""
    with (folder / LOG_NAME).open("a", encoding="utf-8") as log:
        log.write(json.dumps(asdict(done)) + "\n")


def read_log(folder: Path) -> list[ShardDone]:
    """The lines of the log; of a shard that was made twice, the last. A torn line is left out."""
    path = folder / LOG_NAME
    found: dict[str, ShardDone] = {}
    for line in path.read_text("utf-8").splitlines() if path.exists() else []:
        try:
            done = ShardDone(**json.loads(line))
        except (ValueError, TypeError):
            continue
        found[done.file] = done
    return [found[file] for file in sorted(found)]


def summarise(log: Sequence[ShardDone]) -> dict[str, Any]:
    """Seconds and speed, of the whole and per source.

    Of each: clips rendered, hours of audio rendered, CPU hours (renderer and the rest apart),
    times real time per core (audio per CPU second) and, of the whole, by the clock.
    """
    if not log:
        return {}
    clock = _clock_seconds([(done.started, done.finished) for done in log])
    audio = sum(done.audio_seconds for done in log)
    sources = {kind: [done for done in log if done.kind == kind] for kind in KINDS}
    return {
        **_sums(log),
        "clock_hours": round(clock / 3600.0, 3),
        "x_real_time_by_the_clock": round(audio / max(clock, 1e-6), 1),
        "sources": {kind: _sums(done) for kind, done in sources.items() if done},
    }


def _sums(log: Sequence[ShardDone]) -> dict[str, float]:
    clips = sum(done.clips for done in log)
    audio = sum(done.audio_seconds for done in log)
    render = sum(done.render_cpu for done in log)
    own = sum(done.own_cpu for done in log)
    return {
        "clips": clips,
        "audio_hours": round(audio / 3600.0, 3),
        "render_cpu_seconds": round(render, 1),
        "own_cpu_seconds": round(own, 1),
        "cpu_seconds_per_clip": round((render + own) / max(1, clips), 4),
        "x_real_time_per_core": round(audio / max(render + own, 1e-6), 1),
    }


def _clock_seconds(spans: Sequence[tuple[float, float]]) -> float:
    """How long at least one shard was being made."""
    total, until = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, until))
        until = max(until, end)
    return total
