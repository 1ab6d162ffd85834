"""Towers that run a program first: what both need of a renderer, and what they say of errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trichord.livecode.towers.base import Strokes

if TYPE_CHECKING:
    from trichord.livecode.sonicpi.rendered import Render
    from trichord.score import Score

_SOUNDING = ("synth", "sample")


def problem_of(render: Render) -> str | None:
    """What went wrong with a program, one line: refused, unreadable, or stopped midway."""
    if not render.errors:
        return None
    first = " ".join(str(render.errors[0]).split())
    if render.refused:
        return first
    if not any(event.kind in _SOUNDING for event in render.score.events):
        return f"{first}; it had played nothing until then"
    return f"{first}; taken by what it played until then"


def has_played(render: Render) -> bool:
    """Whether anything of the program ran."""
    return not render.refused and render.recording.end_ns > 0


def strokes_of(score: Score) -> Strokes:
    """What the synths and samples of a score strike."""
    heard = [
        event for event in score.events if event.kind in _SOUNDING and event.start < score.duration
    ]
    notes = [
        score.arguments(event).get("note", np.nan) if event.kind == "synth" else np.nan
        for event in heard
    ]
    return Strokes(
        seconds=score.duration,
        starts=np.array([event.start for event in heard], np.float64),
        lengths=np.array([event.end - event.start for event in heard], np.float64),
        notes=np.array(notes, np.float64),
    )
