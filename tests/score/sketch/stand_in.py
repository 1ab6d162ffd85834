"""Patches that need no Sonic Pi: sines, a noise, and a click for every file."""

from __future__ import annotations

import numpy as np

from trichord.audio.bands import GRID, BandGrid, band_power
from trichord.score import Event, Score
from trichord.score.sketch import Patch

RATE = GRID.sample_rate
LEAD = GRID.n_fft // 2


def sounding(wave: np.ndarray) -> np.ndarray:
    """Band power `[frames, bands]` of a wave that starts after half a window of silence."""
    padded = np.concatenate([np.zeros(LEAD), wave, np.zeros(LEAD)]).astype(np.float32)
    return np.ascontiguousarray(band_power(padded, RATE).T)


def sine(note: float, seconds: float) -> np.ndarray:
    times = np.arange(int(seconds * RATE)) / RATE
    return np.sin(2 * np.pi * 440 * 2 ** ((note - 69) / 12) * times)


class Sines:
    """The synth `beep` at multiples of six, `hiss` without a pitch, any file a click of 0.1 s."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, float, float, float]] = []
        self._made: dict[object, Patch] = {}

    @property
    def grid(self) -> BandGrid:
        return GRID

    def synth(self, name: str, note: float) -> Patch | None:
        if name == "hiss":
            noise = np.random.default_rng(0).normal(0, 0.3, 4 * RATE)
            return self._made.setdefault(name, Patch(sounding(noise)[:-8], None))
        if name not in ("beep", "tri", "pretty_bell"):
            return None
        near = float(min(max(6 * round(note / 6), 24), 108))
        key = (name == "pretty_bell", near)
        if key not in self._made:
            seconds = 4.0 if name == "pretty_bell" else float("inf")
            self._made[key] = Patch(sounding(sine(near, 4.0))[:-8], near, seconds)
        return self._made[key]

    def sample(self, path: str, rate: float, start: float, finish: float) -> Patch | None:
        self.asked.append((path, rate, start, finish))
        if path == "missing":
            return None
        seconds = 0.1 * (finish - start) / abs(rate)
        return Patch(sounding(sine(80, seconds)), None, seconds)


def event(node: int = 10, name: str = "beep", start: float = 0.5, **more: object) -> Event:
    fields: dict[str, object] = {
        "node": node,
        "kind": "synth",
        "name": name,
        "instrument": f"sonic-pi-{name}",
        "start": start,
        "end": start + 1.0,
    }
    return Event(**{**fields, **more})  # type: ignore[arg-type]


def score(*events: Event, duration: float = 4.0, latency: float = 0.0) -> Score:
    defaults = {"sonic-pi-x": {"sustain": -1.0}}  # a player's
    return Score(duration, tuple(events), defaults, latency)
