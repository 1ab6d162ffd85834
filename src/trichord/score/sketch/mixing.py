"""Buses: what each effect and mixer is given, and what comes out of the last of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from trichord.audio.bands import Floats
from trichord.score.events import Event, Score
from trichord.score.sketch import effects, filters
from trichord.score.sketch.block import Block
from trichord.score.sketch.effects.base import Stage
from trichord.score.sketch.effects.levels import limited
from trichord.score.sketch.timeline import Timeline
from trichord.score.sketch.tracks import Parameters

CEILING = 0.99
"""Of the master's limiter."""


class Desk:
    """Collects blocks by the stage that they go to, and plays the stages, innermost first."""

    def __init__(self, timeline: Timeline, score: Score) -> None:
        self._timeline = timeline
        self._score = score
        self._total = np.zeros((timeline.frames, timeline.grid.bands), np.float32)
        self._sums: dict[int, tuple[int, Floats]] = {}
        self._stages: Mapping[int, Event] = {
            event.node: event for event in score.events if event.kind in ("effect", "mixer")
        }

    def add(self, route: tuple[int, ...], block: Block) -> None:
        """Gives a block to the first stage of a route; with none, to the sum."""
        stage = self._stages.get(route[0]) if route else None
        if stage is None:
            block.add_to(self._total)
            return
        begin, total = self._sum(stage)
        block.add_to(total, begin)

    def mixed(self) -> Floats:
        """What leaves the last stage `[frames, bands]`."""
        stages = sorted(self._stages.values(), key=lambda event: -len(event.route))
        for event in stages:
            coming = self._sums.pop(event.node, None)
            if coming is not None:
                begin, power = coming
                self.add(event.route, Block(begin, self._through(event, begin, power)))
        return self._total

    def _through(self, event: Event, begin: int, power: Floats) -> Floats:
        parameters = Parameters(self._score, event)
        stage = Stage(self._timeline, parameters, begin, len(power))
        if event.kind == "mixer":
            return _mixer(stage, power, limits=not event.route)
        return effects.apply(event.name, stage, power)

    def _sum(self, stage: Event) -> tuple[int, Floats]:
        if stage.node not in self._sums:
            begin, end = self._reach(stage)
            power = np.zeros((max(end - begin, 1), self._timeline.grid.bands), np.float32)
            self._sums[stage.node] = begin, power
        return self._sums[stage.node]

    def _reach(self, stage: Event) -> tuple[int, int]:
        """Frames in which a stage lives, with what windows at its ends still hear."""
        line, delay = self._timeline, self._score.latency
        begin = int((stage.start + delay) * line.rate) - line.lead
        end = int((stage.end + delay) * line.rate) + line.lead + 1
        return max(begin, 0), min(max(end, begin + 1), line.frames)


def _mixer(stage: Stage, power: Floats, *, limits: bool) -> Floats:
    """A mixer: gains, the master's filters where they are not at their ends, its limiter."""
    gain = stage.value("pre_amp", 1.0, -1e3, 1e3) ** 2
    mixed = np.asarray(power * gain, np.float32)
    for name, still, response in (
        ("lpf", 135.0, filters.low_pass),
        ("hpf", 24.0, filters.high_pass),
    ):
        if name in stage.parameters and not stage.first_value(f"{name}_bypass", 0.0):
            note = stage.track(name, still, 0.0, 135.5)
            if np.any(note < 130) if name == "lpf" else np.any(note > 24):
                mixed = mixed * response(stage.timeline.omega, note)
    if limits and not stage.first_value("limiter_bypass", 0.0):
        mixed = limited(mixed, CEILING)
    return np.asarray(mixed * stage.value("amp", 1.0, -1e3, 1e3) ** 2, np.float32)
