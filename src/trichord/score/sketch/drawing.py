"""A score as the band power that it implies."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from trichord.audio.bands import GRID, BandGrid, Floats
from trichord.score.events import Event, Score
from trichord.score.sketch.block import Block
from trichord.score.sketch.mixing import Desk
from trichord.score.sketch.patch import Patches
from trichord.score.sketch.players import sample_block
from trichord.score.sketch.timeline import Timeline
from trichord.score.sketch.tracks import Parameters
from trichord.score.sketch.voices import synth_block


def sketch(
    score: Score, patches: Patches, *, seconds: float = 18.0, grid: BandGrid = GRID
) -> Floats:
    """The band power of a score, roughly: no audio is rendered, nothing was trained.

    Every event adds its patch, shaped by its envelope, to the bus that it plays on; effects act
    on band power in the order of their buses. Powers are added, so partials that beat or cancel
    do not.

    Args:
        score: what is played when.
        patches: what the synths and samples sound like.
        seconds: length.
        grid: bands and frames; that of `patches`.

    Returns:
        `[bands, frames]`, on the scale of `trichord.audio.bands.band_power` of the real sound.
    """
    timeline = Timeline(grid, grid.frames(seconds))
    desk = Desk(timeline, score)
    drawn = _Drawn(timeline, score, patches)
    for event in score.events:
        if event.kind not in ("synth", "sample"):
            continue
        block = drawn.block(event)
        if block is not None:
            desk.add(event.route, block)
    power = np.nan_to_num(desk.mixed(), nan=0.0, posinf=0.0, neginf=0.0)
    return np.ascontiguousarray(np.maximum(power, 0.0).T)


class _Drawn:
    """Blocks of events, drawn once for all that sound alike."""

    def __init__(self, timeline: Timeline, score: Score, patches: Patches) -> None:
        self._timeline = timeline
        self._score = score
        self._patches = patches
        self._known: dict[Hashable, tuple[int, Block | None]] = {}

    def block(self, event: Event) -> Block | None:
        parameters = Parameters(self._score, event)
        onset = self._timeline.frame(event.start + self._score.latency)
        if onset >= self._timeline.frames or any(not on for _, on in event.pauses[:1]):
            return None
        return self._shared(event, parameters, onset)

    def _shared(self, event: Event, parameters: Parameters, onset: float) -> Block | None:
        """Events that differ by whole frames alone are one block at several places."""
        moving = parameters.key is None or event.name.startswith("mod_")
        whole = int(np.ceil(onset))
        left = self._timeline.frames - whole
        key = (event.name, event.sample, parameters.key, onset - whole)
        known = None if moving else self._known.get(key)
        if known is not None and known[0] >= left:
            block = known[1]
            if block is None:
                return None
            return Block(whole - self._timeline.lead, block.power)
        block = self._draw(event, parameters, onset)
        if not moving:
            self._known[key] = (left, block)
        return block

    def _draw(self, event: Event, parameters: Parameters, onset: float) -> Block | None:
        if event.kind == "synth":
            return synth_block(self._timeline, self._patches, event.name, parameters, onset)
        if event.sample is None:
            return None
        return sample_block(self._timeline, self._patches, event.sample, parameters, onset)
