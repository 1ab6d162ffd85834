"""`report.json`: what a finished corpus holds, and what was dropped from it and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trichord.data.schema import FAMILIES, NOTE_SECONDS, SPLITS, Instrument
from trichord.data.shards import read_header, shard_name, write_json


def write_report(
    instruments: Sequence[Instrument], shard_count: int, folder: Path
) -> dict[str, Any]:
    """Read all shards' headers and write the report; the same shards give the same bytes."""
    notes: Counter[str] = Counter()
    dropped: list[tuple[str, str]] = []
    seconds = 0.0
    for index in range(shard_count):
        path = folder / shard_name(index)
        ids = _instrument_ids(path)
        notes.update(ids)
        header = read_header(path)
        dropped += header.dropped
        seconds += NOTE_SECONDS * len(ids) if header.seconds is None else header.seconds
    report = _summary({one.instrument_id: one for one in instruments}, notes, dropped, seconds)
    write_json(folder / "report.json", report)
    return report


def _instrument_ids(path: Path) -> list[str]:
    import pyarrow.parquet as pq

    return pq.read_table(path, columns=["instrument_id"]).column(0).to_pylist()


def _summary(
    instruments: dict[str, Instrument],
    notes: Counter[str],
    dropped: list[tuple[str, str]],
    seconds: float,
) -> dict[str, Any]:
    alive = [one for key, one in instruments.items() if notes[key]]
    total = sum(notes.values())
    lost = Counter(_family_of(note_id, instruments) for note_id, _ in dropped)
    return {
        "notes": total,
        "hours": round(seconds / 3600.0, 2),
        "instruments": len(alive),
        "distinct_sounds": len({one.group for one in alive}),
        "dropped": dict(sorted(Counter(reason for _, reason in dropped).items())),
        "instruments_without_notes": sorted(instruments.keys() - notes.keys()),
        "families": {
            family: _count([one for one in alive if one.family == family], notes)
            | {"dropped": lost[family]}
            for family in FAMILIES
        },
        "splits": {
            split: _count([one for one in alive if one.split == split], notes) for split in SPLITS
        },
        "dropped_notes": [list(one) for one in sorted(dropped)],
    }


def _family_of(note_id: str, instruments: dict[str, Instrument]) -> str:
    """Note ids begin with the instrument's: `<instrument_id>_<pitch>_<velocity>`."""
    return instruments[note_id.rsplit("_", 2)[0]].family


def _count(chosen: list[Instrument], notes: Counter[str]) -> dict[str, int]:
    return {
        "instruments": len(chosen),
        "distinct_sounds": len({one.group for one in chosen}),
        "notes": sum(notes[one.instrument_id] for one in chosen),
    }
