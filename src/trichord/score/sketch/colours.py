"""What each synth does with its own sound: filters, their envelopes, modulation of pitch.

Facts about the synths are those of their published designs (Sonic Pi's `etc/synthdefs/designs`).
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from trichord.audio.bands import Floats
from trichord.score.sketch import filters
from trichord.score.sketch.envelopes import read
from trichord.score.sketch.timeline import Timeline
from trichord.score.sketch.tracks import Parameters
from trichord.score.sketch.waves import control_wave

OPEN = 130.0
"""Cutoff at which patches are made: MIDI note, the highest that Sonic Pi takes."""

RESONANT = frozenset(
    ("tb303", "supersaw", "tech_saws", "prophet", "hoover", "zawa", "growl", "dark_ambience")
) | {"noise", "pnoise", "bnoise", "gnoise", "cnoise"}
"""Synths whose cutoff has a resonance; patches are made without (res 0)."""

NORMALISED = {
    **dict.fromkeys(("pulse", "subpulse", "square", "saw", "mod_saw", "mod_pulse"), 0.8),
    **dict.fromkeys(("dsaw", "dtri", "dpulse"), 1.1),
    "tri": 1.4,
    "mod_dsaw": 1.3,
    "mod_sine": 1.0,
    "mod_tri": 1.5,
    **dict.fromkeys(("supersaw", "tech_saws"), 0.9),
}
"""Synths that are brought to this peak after their filter: a closed one makes them no softer."""

STRETCHED = frozenset(("pretty_bell", "dull_bell"))
"""Synths whose partials die away one after the other over their release: a patch is stretched."""

ENVELOPE_TURNS = {"prophet": 2, "hollow": 2, "dark_ambience": 2}
"""Synths that pass through their envelope more than once."""


PIANO_VELOCITY = 5.4
"""Power of the piano by this power of `vel` (measured: 16 dB for twice the velocity)."""


def loudness(name: str, parameters: Parameters) -> float:
    """Power against that of a patch by what a synth is told apart from `amp`."""
    if name != "piano":
        return 1.0
    return (max(parameters.first("vel", 0.2, 0.0, 1.0), 0.01) / 0.2) ** PIANO_VELOCITY


def coloured(
    timeline: Timeline,
    name: str,
    parameters: Parameters,
    power: Floats,
    onset: float,
    first: int,
) -> Floats:
    """A synth's open sound `[n, bands]` behind its own filter."""
    if "cutoff" not in parameters:
        return power
    count = len(power)
    if name == "tb303":
        cutoff = _swept(timeline, parameters, onset, first, count)
    else:
        cutoff = parameters.over("cutoff", 100.0, timeline.seconds(first, count), 0.0, OPEN)
    res = parameters.first("res", 0.0, 0.0, 1.0) if name in RESONANT else None
    if np.ndim(cutoff):
        gain = _response(timeline, cutoff, res) / _patched(timeline, resonant=res is not None)
    else:
        gain = _relative(timeline, float(cutoff), res)
    filtered = power * gain
    if name in NORMALISED:
        return _normalised(power, filtered, NORMALISED[name] ** 2 / 2)
    return filtered


def modulation(
    timeline: Timeline, name: str, parameters: Parameters, first: int, count: int
) -> tuple[Floats, float] | None:
    """For synths that jump or glide between two pitches: share of time above, and the interval."""
    if not name.startswith("mod_"):
        return None
    interval = parameters.first("mod_range", 5.0, -90.0, 90.0)
    if interval == 0:
        return None
    begin = parameters.event.start + parameters.delay
    times = timeline.fine_seconds(first, count) - begin
    wave = control_wave(parameters, times, "mod_", phase=0.25, kind=1)
    return timeline.smooth(0.5 + 0.5 * wave), interval


@functools.lru_cache(maxsize=1024)
def _relative(timeline: Timeline, cutoff: float, res: float | None) -> Floats:
    """Power of a filter that stands still against that of a patch, by band."""
    opened = _patched(timeline, resonant=res is not None)
    return np.asarray(_response(timeline, cutoff, res) / opened, np.float32)


@functools.lru_cache(maxsize=8)
def _patched(timeline: Timeline, *, resonant: bool) -> Any:
    """Power of the filter behind which patches are made."""
    return _response(timeline, OPEN, 0.0 if resonant else None)


def _response(timeline: Timeline, cutoff: Any, res: float | None) -> Any:
    """Power of a synth's filter by band; `res` is None for one without resonance."""
    if res is None:
        return filters.low_pass(timeline.omega, cutoff)
    return filters.resonant_low_pass(timeline.omega, cutoff, 1.0 - res)


def _swept(timeline: Timeline, parameters: Parameters, onset: float, first: int, count: int) -> Any:
    """tb303: the filter's frequency is that of `cutoff_min` and, by an envelope, of `cutoff`."""
    times = timeline.seconds(first, count)
    low, high = (
        440.0 * 2.0 ** ((parameters.over(name, default, times, 0.0, 140.0) - 69.0) / 12.0)
        for name, default in (("cutoff_min", 30.0), ("cutoff", 120.0))
    )
    opening = read(parameters, "cutoff_", bent=True).at(times - onset / timeline.rate)
    return 69.0 + 12.0 * np.log2(np.clip(low + opening * high, 5.0, 20000.0) / 440.0)


def _normalised(before: Floats, after: Floats, sine: float) -> Floats:
    """Brings a filtered sound back to its peak.

    A sine of the same peak has more power than a sound of many partials, so the less is left of
    these, the more power belongs to the peak. `sine` is the power of such a sine in the middle.
    """
    spectrum, open_spectrum = after.mean(0), before.mean(0)
    total, whole = max(float(spectrum.sum()), 1e-12), float(open_spectrum.sum())
    partials = float(spectrum.max()) / total
    full = float(open_spectrum.max()) / max(whole, 1e-12)
    purer = min(max((partials - full) / max(1 - full, 1e-3), 0.0), 1.0)
    peak = whole + max(sine - whole, 0.0) * purer
    return after * np.float32(min(peak / total, 1e6))
