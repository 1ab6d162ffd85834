"""Sketches of the scores of a collection, kept beside its sets; whole, or with a part left out."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trichord.audio.bands import picture_of
from trichord.score.as_json import from_json
from trichord.score.events import Score
from trichord.score.sketch import sketch
from trichord.studies.alignment.agreement import Vectors
from trichord.studies.alignment.collection import Collection
from trichord.studies.alignment.ears import load_arrays, save_arrays
from trichord.studies.alignment.rendering import read_set

if TYPE_CHECKING:
    from trichord.livecode.sonicpi.patches import SonicPiPatches

WAYS = ("whole", "no_effects", "no_controls")
"""How a score is sketched: as it is, past its effects, or with nothing moving after its start."""


@dataclass(frozen=True)
class SketchJob:
    """A set, the file for its sketches, and how they are made (one of `WAYS`)."""

    clips: Path
    kept: Path
    way: str


def sketches(clips: Collection, way: str = "whole") -> Vectors:
    """Pictures `[S, N, 108, F]` sketched from the scores, made where they are missing."""
    jobs = [
        (kept, SketchJob(path, kept, way))
        for path in clips.paths
        for kept in [path.with_suffix(f".{way}.safetensors")]
    ]
    clips.workshop.make_with(open_patches, f"sketching {clips.name} sets", sketch_set, jobs)
    return np.stack([np.asarray(load_arrays(kept)["sketch"], np.float32) for kept, _ in jobs])


@contextmanager
def open_patches() -> Generator[SonicPiPatches]:
    """The patches of the installed Sonic Pi, made where they are missing."""
    from trichord.livecode.sonicpi.patches import SonicPiPatches

    yield SonicPiPatches()


def sketch_set(patches: SonicPiPatches, job: SketchJob) -> None:
    """Sketches all clips of a set into its file."""
    rows = read_set(job.clips, ["events", "seconds"])
    scores = [left_out(from_json(json.loads(row["events"])), job.way) for row in rows]
    patches.prepare_for(scores)
    pictures = [
        picture_of(sketch(score, patches, seconds=float(row["seconds"])))
        for score, row in zip(scores, rows, strict=True)
    ]
    save_arrays(job.kept, {"sketch": np.stack(pictures).astype(np.float16)})


def left_out(score: Score, way: str) -> Score:
    """The score without its effects or without its controls; as it is for `whole`."""
    if way == "no_effects":
        effects = {event.node for event in score.events if event.kind == "effect"}
        events = [
            replace(event, route=tuple(node for node in event.route if node not in effects))
            for event in score.events
            if event.node not in effects
        ]
        return replace(score, events=tuple(events))
    if way == "no_controls":
        return replace(score, events=tuple(replace(event, changes=()) for event in score.events))
    return score
