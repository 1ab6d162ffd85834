"""Sets of ten clips of one kind, with what was kept of each, stacked for the tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from trichord.data.executor import Executor, OpenTool
from trichord.progress import Progress
from trichord.studies.alignment.agreement import Vectors
from trichord.studies.alignment.ears import Arrays, EarsJob, hear_set, load_arrays
from trichord.studies.alignment.rendering import read_set

_COLUMNS = ["clip_id", "template_id", "code", "render_hash", "traits", "captions", "errors"]

Job = TypeVar("Job")
Tool = TypeVar("Tool")


@dataclass(frozen=True)
class Workshop:
    """Where sets are measured, and who is told.

    Attributes:
        executor: processes.
        progress: told of every set.
    """

    executor: Executor
    progress: Progress

    def make_with(
        self,
        open_tool: OpenTool[Tool],
        what: str,
        work: Callable[[Tool, Job], object],
        jobs: Sequence[tuple[Path, Job]],
    ) -> None:
        """Runs the jobs whose files are missing, each worker with a tool of its own."""
        missing = [job for path, job in jobs if not path.exists()]
        if not missing:
            return
        task = self.progress.task(what, len(missing))
        for _ in self.executor.run_with(open_tool, work, missing):
            task.advance()


@dataclass(frozen=True)
class Clip:
    """One candidate, without its sound."""

    clip_id: str
    template_id: str
    code: str
    render_hash: str
    traits: dict[str, float]
    captions: tuple[str, ...]


@dataclass(frozen=True)
class Collection:
    """S sets of N clips.

    Attributes:
        name: of the scenario, "variation" or "unseen".
        paths: of the sets.
    """

    name: str
    paths: tuple[Path, ...]
    workshop: Workshop

    @cached_property
    def sets(self) -> tuple[tuple[Clip, ...], ...]:
        """The clips of every set."""
        return tuple(tuple(_clip(row) for row in read_set(path, _COLUMNS)) for path in self.paths)

    @property
    def clips(self) -> list[Clip]:
        """All clips, set after set."""
        return [clip for one in self.sets for clip in one]

    @property
    def templates(self) -> list[str]:
        """The template that each set comes from."""
        return [one[0].template_id for one in self.sets]

    @cached_property
    def _ears(self) -> list[Arrays]:
        jobs = [
            (kept, EarsJob(path, kept))
            for path in self.paths
            for kept in [path.with_suffix(".ears.safetensors")]
        ]
        self.workshop.make_with(nullcontext, f"hearing {self.name} sets", hear_set, jobs)
        return [load_arrays(kept) for kept, _ in jobs]

    def heard(self, name: str) -> Vectors:
        """What `ears.hear` wrote under a name, `[S, N, ...]`."""
        return np.stack([np.asarray(one[name], np.float32) for one in self._ears])

    def sounds(self, at: int) -> list[bytes]:
        """FLAC of the clips of one set."""
        return [row["audio"]["bytes"] for row in read_set(self.paths[at], ["audio"])]


def _clip(row: dict[str, Any]) -> Clip:
    return Clip(
        row["clip_id"],
        row["template_id"],
        row["code"],
        row["render_hash"],
        json.loads(row["traits"]),
        tuple(row["captions"]),
    )
