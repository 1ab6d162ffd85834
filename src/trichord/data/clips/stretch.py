"""A stretch of a score, as its listener hears it: only what sounds in it, from its own zero."""

from __future__ import annotations

from dataclasses import replace

from trichord.score.events import Score


def cut_score(score: Score, start: float, length: float) -> Score:
    """The events that sound between `start` and `start + length` seconds, `start` becoming 0.

    Events that began before are cut at zero; mixers and effects stay, for the routes lead
    through them.
    """
    if start == 0.0 and length >= score.duration:
        return score
    kept = tuple(
        replace(
            event,
            start=max(0.0, event.start - start),
            end=min(length, max(0.0, event.end - start)),
        )
        for event in score.events
        if event.kind in ("effect", "mixer") or (event.start < start + length and event.end > start)
    )
    return replace(score, duration=length, events=kept)
