"""Rules for the instrument as a whole: layers that rise, neighbours that match, no key left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trichord.audio.notes import note_name
from trichord.audio.sfz import SfzRegion
from trichord.instrument.check.findings import Finding, failure, warning
from trichord.instrument.check.measure import ZoneMeasure

LEAST_STEP_DB, MOST_STEP_DB = 2.0, 12.0
LEAST_RANGE_DB = 6.0
MOST_NEIGHBOUR_DB = 3.0
FARTHEST_NEIGHBOUR = 7
"""Semitones; samples farther apart are not heard side by side."""
DARKER = 0.9
ODD_TIMBRE, ODD_TIMBRE_DB = 3.0, 8.0

_MEND_LAYERS = "level the layers so that each is 2 to 12 dB louder than the one below"
_MEND_KEYS = "level the instrument as a whole"


def check_layers(loudness: Mapping[int, Mapping[int, float]]) -> Iterator[Finding]:
    """Loudness has to rise from layer to layer.

    Args:
        loudness: key -> highest velocity of a layer -> dB.
    """
    for key, layers in sorted(loudness.items()):
        where = note_name(key)
        steps = [(b, layers[b] - layers[a]) for a, b in pairwise(sorted(layers))]
        for velocity, step in steps:
            if step <= 0.0:
                message = f"velocity {velocity} is no louder than the layer below ({step:+.1f} dB)"
                yield failure("loudness", where, message, _MEND_LAYERS)
            elif not LEAST_STEP_DB <= step <= MOST_STEP_DB:
                message = f"velocity {velocity} is {step:.1f} dB above the layer below"
                yield warning("loudness", where, message, _MEND_LAYERS)
        total = sum(step for _, step in steps)
        if steps and 0.0 < total < LEAST_RANGE_DB:
            message = f"only {total:.1f} dB from the softest to the hardest layer"
            yield failure("loudness", where, message, "spread the layers over 6 dB or more")


def check_neighbours(loudness: Mapping[int, Mapping[int, float]]) -> Iterator[Finding]:
    """Loudness of neighbouring keys has to match within each layer; same argument."""
    layers: dict[int, dict[int, float]] = defaultdict(dict)
    for key, each in loudness.items():
        for velocity, level in each.items():
            layers[velocity][key] = level
    for velocity, levels in sorted(layers.items()):
        for low, high in pairwise(sorted(levels)):
            step = levels[high] - levels[low]
            if abs(step) > MOST_NEIGHBOUR_DB and high - low <= FARTHEST_NEIGHBOUR:
                message = f"{step:+.1f} dB against {note_name(low)} at velocity {velocity}"
                yield failure("loudness", note_name(high), message, _MEND_KEYS)


def check_brightness(zones: Iterable[ZoneMeasure]) -> Iterator[Finding]:
    """Harder strokes should not be darker."""
    for key, layers in _by_root(zones).items():
        for softer, harder in pairwise(layers):
            if harder.centroid_hz < DARKER * softer.centroid_hz:
                message = (
                    f"velocity {harder.velocities[1]} is darker than {softer.velocities[1]} "
                    f"({harder.centroid_hz:.0f} against {softer.centroid_hz:.0f} Hz)"
                )
                yield warning("brightness", note_name(key), message, "use a brighter sample there")


def check_timbre(zones: Sequence[ZoneMeasure]) -> Iterator[Finding]:
    """A sample should sound like its neighbours: odd ones stand far from both."""
    layers: dict[tuple[int, int], list[ZoneMeasure]] = defaultdict(list)
    for zone in zones:
        if zone.pitched:
            layers[zone.velocities].append(zone)
    for layer in layers.values():
        ordered = sorted(layer, key=lambda zone: zone.root)
        steps = [distance(a.cepstrum, b.cepstrum) for a, b in pairwise(ordered)]
        if len(steps) < 4:
            continue
        usual = float(np.percentile(steps, 25))
        for index in range(1, len(ordered) - 1):
            nearest = min(steps[index - 1], steps[index])
            if nearest > max(ODD_TIMBRE * usual, ODD_TIMBRE_DB):
                message = f"sounds unlike its neighbours ({nearest:.0f} dB, usual {usual:.0f} dB)"
                yield warning("timbre", ordered[index].name, message, "make this sample again")


def check_coverage(
    regions: Sequence[SfzRegion], promised: tuple[int, int] | None
) -> Iterator[Finding]:
    """Every key and velocity has a sample: a failure where our record promises it.

    Args:
        regions: those that a key starts.
        promised: lowest and highest key that the instrument claims; None for foreign sets, in
            which the keys between their lowest and highest one are looked at.
    """
    covered = np.zeros((128, 128), dtype=np.int32)  # [key, velocity]
    for region in regions:
        if region.lokey >= 0:
            covered[region.lokey : region.hikey + 1, max(1, region.lovel) : region.hivel + 1] += 1
    tell = warning if promised is None else failure
    keys = np.flatnonzero(covered.any(axis=1))
    low, high = promised or (21, 108)
    if keys.size == 0:
        yield tell("keys", "key map", "no key has a sample", "give the regions lokey and hikey")
        return
    silent = [key for key in range(low, high + 1) if not covered[key].any()]
    for first, last in _runs(silent):
        message = f"no sample from {note_name(first)} to {note_name(last)}"
        yield tell("keys", "key map", message, "widen lokey and hikey of the samples beside it")
    partly = [key for key in keys.tolist() if low <= key <= high and (covered[key, 1:] == 0).any()]
    for first, last in _runs(partly):
        message = f"some velocities of {note_name(first)} to {note_name(last)} have no sample"
        yield tell("keys", "key map", message, "let lovel begin at 1 and hivel end at 127")
    if promised is not None:
        double = [key for key in range(low, high + 1) if (covered[key] > 1).any()]
        for first, last in _runs(double):
            message = f"two samples sound at once from {note_name(first)} to {note_name(last)}"
            yield failure("keys", "key map", message, "let the zones touch, not overlap")


def file_loudness(zones: Iterable[ZoneMeasure]) -> dict[int, dict[int, float]]:
    """Root key -> highest velocity of the layer -> dB; the loudest where several share a place."""
    levels: dict[int, dict[int, float]] = defaultdict(dict)
    for zone in zones:
        layer = levels[zone.root]
        velocity = zone.velocities[1]
        layer[velocity] = max(layer.get(velocity, -np.inf), zone.loudness)
    return dict(levels)


def distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Root mean square difference of two cepstra, in dB of their spectra."""
    return float(np.sqrt(np.sum((a - b) ** 2) / 32.0))


def _by_root(zones: Iterable[ZoneMeasure]) -> dict[int, list[ZoneMeasure]]:
    """Root key -> its zones, soft to hard, one per layer."""
    roots: dict[int, dict[int, ZoneMeasure]] = defaultdict(dict)
    for zone in zones:
        roots[zone.root].setdefault(zone.velocities[1], zone)
    return {key: [layers[v] for v in sorted(layers)] for key, layers in sorted(roots.items())}


def _runs(keys: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring keys as (first, last)."""
    start = 0
    for index in range(1, len(keys) + 1):
        if index == len(keys) or keys[index] != keys[index - 1] + 1:
            yield keys[start], keys[index - 1]
            start = index
