"""`report.json` of a corpus of clips: what it holds, and what was dropped from it and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trichord.data.clips.plan import ClipsPlan
from trichord.data.clips.schema import KINDS
from trichord.data.clips.shard import ShardHeader, find_duplicates, read_header
from trichord.data.schema import SPLITS
from trichord.data.shards import write_json


@dataclass(frozen=True)
class _Row:
    """The columns of a kept clip that the report counts."""

    clip_id: str
    template_id: str
    kind: str
    split: str
    seconds: float


def write_clips_report(plan: ClipsPlan, folder: Path) -> dict[str, Any]:
    """Read all shards and write the report; the same shards give the same bytes."""
    paths = plan.paths(folder)
    headers = [read_header(path) for path in paths]
    rows = [row for path in paths for row in _rows(path)]
    faults = _faults(headers)
    details = {clip_id: [error] for h in headers for clip_id, _, error in h.faults if error}
    kinds = {program.clip_id: program.template.kind for program in plan.programs}
    report: dict[str, Any] = {
        "clips": len(rows),
        "hours": round(sum(row.seconds for row in rows) / 3600.0, 3),
        "templates": len({row.template_id for row in rows}),
        "faults": _counted(faults.values()),
        "sources": {
            kind: _source(plan, kind, rows, [f for i, f in faults.items() if kinds[i] == kind])
            for kind in KINDS
            if any(program.template.kind == kind for program in plan.programs)
        },
        "splits": {split: _split(rows, split) for split in SPLITS},
        "keep_all": bool(plan.options.get("keep_all")),
        "faulty_clips": [
            [clip_id, faults[clip_id], *details.get(clip_id, [])] for clip_id in sorted(faults)
        ],
    }
    write_json(folder / "report.json", report)
    return report


def _faults(headers: Sequence[ShardHeader]) -> dict[str, str]:
    """Every clip that is silent, clipped, in error or a duplicate, kept or not."""
    faults = {clip_id: fault for header in headers for clip_id, fault, _ in header.faults}
    return faults | dict.fromkeys(find_duplicates(headers), "duplicate")


def _rows(path: Path) -> list[_Row]:
    import pyarrow.parquet as pq

    names = list(_Row.__dataclass_fields__)
    return [_Row(**row) for row in pq.read_table(path, columns=names).to_pylist()]


def _source(
    plan: ClipsPlan, kind: str, rows: Sequence[_Row], faults: Sequence[str]
) -> dict[str, Any]:
    kept = [row for row in rows if row.kind == kind]
    planned = sum(program.template.kind == kind for program in plan.programs)
    return {
        "asked": plan.asked.get(kind, planned),
        "planned": planned,
        "kept": len(kept),
        "share_kept": round(len(kept) / max(1, planned), 4),
        "faults": _counted(faults),
        "templates": len({row.template_id for row in kept}),
        "hours": round(sum(row.seconds for row in kept) / 3600.0, 3),
    }


def _split(rows: Sequence[_Row], split: str) -> dict[str, int]:
    inside = [row for row in rows if row.split == split]
    return {"clips": len(inside), "templates": len({row.template_id for row in inside})}


def _counted(faults: Any) -> dict[str, int]:
    return dict(sorted(Counter(faults).items()))
