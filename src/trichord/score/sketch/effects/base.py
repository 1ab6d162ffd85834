"""What all effects share: amplification before and after, the mix of dry and wet, the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trichord.audio.bands import Floats
from trichord.score.sketch.filters import column
from trichord.score.sketch.timeline import Timeline
from trichord.score.sketch.tracks import Parameters


@dataclass(frozen=True)
class Stage:
    """An effect at its place.

    Attributes:
        timeline: of the sketch.
        parameters: of the effect.
        first: frame of the first row of what it is given.
        count: rows.
    """

    timeline: Timeline
    parameters: Parameters
    first: int
    count: int

    @cached_property
    def times(self) -> NDArray[np.float64]:
        """Seconds on which the rows are centred."""
        return self.timeline.seconds(self.first, self.count)

    @property
    def omega(self) -> Floats:
        """Band centres as angles per sample of the sound server."""
        return self.timeline.omega

    @property
    def begin(self) -> float:
        """When the effect was started, in seconds of the sound."""
        return self.parameters.event.start + self.parameters.delay

    def value(self, name: str, default: float, low: float = -1e6, high: float = 1e6) -> Any:
        """A parameter: a number, or `[n, 1]` where it moves."""
        return column(self.parameters.over(name, default, self.times, low, high))

    def track(self, name: str, default: float, low: float = -1e6, high: float = 1e6) -> Any:
        """A parameter: a number, or `[n]` where it moves."""
        return self.parameters.over(name, default, self.times, low, high)

    def mix(self, default: float | None) -> Any:
        """The mix of dry and wet, 0..1.

        Args:
            default: where the program gives none and the definition names two (FreeVerb does).
        """
        unset = "mix" not in self.parameters.event.given and not self.parameters.moves("mix")
        if default is not None and unset:
            return default
        return self.value("mix", 1.0, 0.0, 1.0)

    def first_value(self, name: str, default: float, low: float = -1e6, high: float = 1e6) -> float:
        """A parameter at the start."""
        return self.parameters.first(name, default, low, high)


Wet = Callable[[Stage, Floats], Floats]
"""Band power in `[n, bands]` -> band power of the wet sound."""


@dataclass(frozen=True)
class Effect:
    """One effect.

    Attributes:
        wet: what it makes of a sound; where it keeps the dry sound, what it adds to that.
        alike: how far wet and dry are in step, 0..1: 1 for a change of gain, whose amplitudes
            add up where they are mixed; 0 where powers do.
        keeps: amplitude of the dry sound within the wet one, by the mix; None for none.
        mix: mix where the program gives none.
    """

    wet: Wet
    alike: float = 1.0
    keeps: Callable[[Any], Any] | None = None
    mix: float | None = None


EFFECTS: dict[str, Effect] = {}
"""By name; one that is not here lets its sound pass."""


def effect(
    *names: str,
    alike: float = 1.0,
    keeps: Callable[[Any], Any] | None = None,
    mix: float | None = None,
) -> Callable[[Wet], Wet]:
    """Enters a function for these names; the arguments are those of `Effect`."""

    def enter(wet: Wet) -> Wet:
        for name in names:
            EFFECTS[name] = Effect(wet, alike, keeps, mix)
        return wet

    return enter


def apply(name: str, stage: Stage, power: Floats) -> Floats:
    """What leaves an effect, `[n, bands]`, of what comes in.

    Dry and wet are mixed at equal power (SuperCollider's XFade2), both with `amp`.
    """
    kind = EFFECTS.get(name)
    coming = _times(power, stage.value("pre_amp", 1.0, -1e4, 1e4) ** 2)
    gain = stage.value("amp", 1.0, -1e4, 1e4) ** 2
    if kind is None:
        return _times(coming, gain)
    mix = stage.mix(kind.mix)
    if np.ndim(mix) == 0 and mix <= 0:
        return _times(coming, gain)
    wet = kind.wet(stage, coming)
    if kind.keeps is None and np.ndim(mix) == 0 and mix >= 1:
        return _times(wet, gain)
    return _times(_mixed(kind, mix, coming, wet), gain)


def _mixed(kind: Effect, mix: Any, dry: Floats, wet: Floats) -> Floats:
    angle = mix * (np.pi / 2)
    dry_part, wet_part = np.cos(angle), np.sin(angle)
    if kind.keeps is not None:
        return dry * (dry_part + wet_part * kind.keeps(mix)) ** 2 + wet * wet_part**2
    mixed = dry * dry_part**2 + wet * wet_part**2
    if kind.alike > 0:
        mixed = mixed + 2 * kind.alike * dry_part * wet_part * np.sqrt(dry * wet)
    return mixed


def _times(power: Floats, gain: Any) -> Floats:
    if np.ndim(gain) == 0 and gain == 1.0:
        return power
    return np.asarray(power * gain, np.float32)
