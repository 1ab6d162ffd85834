"""The candidate sets of the six scenarios: drafted once, rendered where they are missing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from trichord.data.executor import Executor
from trichord.data.shards import write_json
from trichord.progress import Progress
from trichord.studies.alignment.bases import Base, Draft, draft_sets, read_bases
from trichord.studies.alignment.rendering import CANDIDATES, SPARE, SetJob, render_sets
from trichord.studies.alignment.scenarios import MIXED, SCENARIOS, Scenario


@dataclass(frozen=True)
class Wanted:
    """Which sets are rendered.

    Attributes:
        corpus: whose test programs are their bases.
        sets: of each scenario.
        seconds: of each clip.
        seed: of the edits.
    """

    corpus: Path
    sets: int
    seconds: float
    seed: int


def scenario_sets(
    wanted: Wanted, scenario: Scenario, folder: Path, executor: Executor, progress: Progress
) -> list[Path]:
    """The files of the sets of one scenario, rendered where they are missing.

    Args:
        wanted: how many of which.
        scenario: of the sets.
        folder: that holds the sets of all runs; each choice of bases and seed has its own in it.
        executor: where rendering runs.
        progress: told of every set.
    """
    bases = read_bases(wanted.corpus)
    place = folder / _key(wanted, bases)
    drafts = _drafts(wanted, scenario, bases, place)
    jobs = [
        SetJob(draft, place / f"{draft.name}.parquet", wanted.seconds, wanted.seed)
        for draft in drafts
    ]
    return render_sets(jobs, wanted.sets, executor, progress)


def _drafts(wanted: Wanted, scenario: Scenario, bases: Sequence[Base], place: Path) -> list[Draft]:
    """The drafts, kept in a file, since making them costs about as much as a render each."""
    path = place / f"{scenario.name}.json"
    count = wanted.sets + max(2, wanted.sets // 4)
    if path.exists():
        kept = [_read(row) for row in json.loads(path.read_text(encoding="utf-8"))]
        if len(kept) >= count:
            return kept[:count]
    drafts = draft_sets(bases, scenario, wanted.seed, CANDIDATES + SPARE)
    made = list(islice(drafts, count))
    place.mkdir(parents=True, exist_ok=True)
    write_json(path, [asdict(draft) for draft in made])
    return made


def _read(row: dict[str, Any]) -> Draft:
    return Draft(row["name"], row["scenario"], Base(**row["base"]), tuple(row["codes"]))


def _key(wanted: Wanted, bases: Sequence[Base]) -> str:
    """Tells apart sets of other bases, edits, lengths or seeds."""
    said = [f"{wanted.seconds:g}", str(wanted.seed), str(CANDIDATES + SPARE)]
    said += [f"{base.clip_id} {base.code}" for base in bases]
    said += [f"{one.name} {one.edits}" for one in (*SCENARIOS.values(), MIXED)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:12]
