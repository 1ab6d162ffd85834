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
from trichord.score.events import Event, Score
from trichord.score.sketch import sketch
from trichord.studies.alignment.agreement import Vectors
from trichord.studies.alignment.collection import Collection
from trichord.studies.alignment.ears import load_arrays, save_arrays
from trichord.studies.alignment.rendering import read_set

if TYPE_CHECKING:
    from trichord.livecode.sonicpi.patches import SonicPiPatches

EFFECTS = {
    "rooms": ("reverb", "gverb"),
    "echoes": ("echo", "ping_pong"),
    "filters": ("lpf", "hpf", "rlpf", "rhpf", "bpf", "rbpf", "nlpf", "nhpf", "nrlpf", "nrhpf",
                "nbpf", "nrbpf", "band_eq", "eq", "vowel"),
    "gates": ("slicer", "panslicer", "tremolo"),
    "shapers": ("distortion", "tanh", "krush", "bitcrusher"),
    "levels": ("level", "normaliser", "compressor", "mono", "pan"),
    "sweeps": ("wobble", "ixi_techno", "flanger"),
    "pitches": ("pitch_shift", "autotuner", "whammy", "octaver", "ring_mod"),
}  # fmt: skip
"""Effects by what they do."""

WAYS = ("whole", "no_effects", *(f"no_{kind}" for kind in EFFECTS), "no_controls")
"""How a score is sketched: as it is, past some or all effects, or with nothing moving later."""


@dataclass(frozen=True)
class SketchJob:
    """A set, and how its scores are sketched (one of `WAYS`)."""

    clips: Path
    way: str

    @property
    def kept(self) -> Path:
        """The file for the sketches."""
        return self.clips.with_suffix(f".{self.way}.safetensors")

    @property
    def whole(self) -> Path:
        """The file of the whole scores' sketches."""
        return self.clips.with_suffix(f".{WAYS[0]}.safetensors")


def sketches(clips: Collection, way: str = "whole") -> Vectors:
    """Pictures `[S, N, 108, F]` sketched from the scores, made where they are missing."""
    jobs = [SketchJob(path, way) for path in clips.paths]
    clips.workshop.make_with(
        open_patches, f"sketching {clips.name} sets", sketch_set, [(job.kept, job) for job in jobs]
    )
    return np.stack([np.asarray(load_arrays(job.kept)["sketch"], np.float32) for job in jobs])


def played(clips: Collection) -> list[Score]:
    """The scores of all clips, set after set."""
    rows = [row for path in clips.paths for row in read_set(path, ["events"])]
    return [from_json(json.loads(row["events"])) for row in rows]


@contextmanager
def open_patches() -> Generator[SonicPiPatches]:
    """The patches of the installed Sonic Pi, made where they are missing."""
    from trichord.livecode.sonicpi.patches import SonicPiPatches

    yield SonicPiPatches()


def sketch_set(patches: SonicPiPatches, job: SketchJob) -> None:
    """Sketches all clips of a set into its file; what loses nothing is taken from the whole."""
    rows = read_set(job.clips, ["events", "seconds"])
    whole = [from_json(json.loads(row["events"])) for row in rows]
    scores = [left_out(score, job.way) for score in whole]
    made = load_arrays(job.whole)["sketch"] if job.whole.exists() else None
    patches.prepare_for(scores)
    pictures = [
        picture_of(sketch(score, patches, seconds=float(row["seconds"])))
        if made is None or score != before
        else made[at]
        for at, (score, before, row) in enumerate(zip(scores, whole, rows, strict=True))
    ]
    save_arrays(job.kept, {"sketch": np.stack(pictures).astype(np.float16)})


def left_out(score: Score, way: str) -> Score:
    """The score without some or all of its effects, or without its controls; see `WAYS`."""
    if way == "no_controls":
        return replace(score, events=tuple(replace(event, changes=()) for event in score.events))
    passed = {event.node for event in score.events if event.kind == "effect" and _goes(event, way)}
    events = [
        replace(event, route=tuple(node for node in event.route if node not in passed))
        for event in score.events
        if event.node not in passed
    ]
    return replace(score, events=tuple(events))


def uses(score: Score, kind: str) -> bool:
    """Whether the score has an effect of a kind of `EFFECTS`."""
    return any(event.kind == "effect" and _goes(event, f"no_{kind}") for event in score.events)


def _goes(effect: Event, way: str) -> bool:
    return way == "no_effects" or effect.name in EFFECTS.get(way.removeprefix("no_"), ())
