"""Which notes are played, and which keys and velocities each of them serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from trichord.audio.notes import file_note_name, note_name, parse_note
from trichord.errors import InputError

MIDDLE_C = 60
SHORTEST_SECONDS, LONGEST_SECONDS = 0.5, 12.0
MOST_LAYERS = 8
WIDEST_STEP = 12

_FULL_LENGTH_TO = 48
"""Up to C3 a note gets its whole length…"""
_SHORTEST_AT, _SHORTEST_SHARE = 108, 0.4
"""…and from there evenly less, down to 40 % at C8: high strings and bars die away sooner."""

_SINGLE_VELOCITY = 100


@dataclass(frozen=True)
class Zone:
    """One note to play and the keys and velocities that it serves; all bounds are inclusive."""

    pitch: int
    lokey: int
    hikey: int
    velocity: int
    lovel: int
    hivel: int
    seconds: float

    @property
    def name(self) -> str:
        """Sorts, parses and is safe in a file name: "C4_v085", "Cs4_v127"."""
        return f"{file_note_name(self.pitch)}_v{self.velocity:03d}"


@dataclass(frozen=True)
class Plan:
    """The zones of an instrument, in the order in which they are to be played."""

    zones: tuple[Zone, ...]

    @property
    def middle(self) -> Zone:
        """The note that is heard first."""
        return self.zones[0]

    @property
    def pitches(self) -> tuple[int, ...]:
        """Keys with a sample of their own, low to high."""
        return tuple(sorted({zone.pitch for zone in self.zones}))

    @property
    def velocities(self) -> tuple[int, ...]:
        """Velocities of the layers, soft to hard."""
        return tuple(sorted({zone.velocity for zone in self.zones}))


def make_plan(keys: str = "A0-C8", every: int = 3, layers: int = 3, seconds: float = 4.0) -> Plan:
    """Zones that cover every key of a range and every velocity once.

    Middle C (or the key of the range nearest to it) has a sample, and so has every `every`-th key
    from there; a sample serves the keys nearest to it. Layers share the velocities 1..127 evenly,
    each being played at its highest. The first zone is middle C's, hardest layer but one; the
    others follow outwards.

    Args:
        keys: lowest and highest key, such as "A0-C8" or "36-84".
        every: semitones from sample to sample.
        layers: velocity layers.
        seconds: length of the low notes; see `seconds_of`.

    Raises:
        InputError: an option names what it is and what it may be.
    """
    low, high = parse_keys(keys)
    _check_options(every, layers, seconds)
    roots = _roots(low, high, every)
    bounds = [low, *((a + b + 1) // 2 for a, b in pairwise(roots)), high + 1]
    velocities = layer_velocities(layers)
    zones = [
        Zone(
            pitch, bounds[i], bounds[i + 1] - 1, velocity, lovel, hivel, seconds_of(pitch, seconds)
        )
        for i, pitch in enumerate(roots)
        for velocity, lovel, hivel in velocities
    ]
    return Plan(tuple(_outwards(zones, [velocity for velocity, _, _ in velocities])))


def parse_keys(keys: str) -> tuple[int, int]:
    """Lowest and highest MIDI key of "A0-C8"; InputError names what is wrong with it."""
    # The hyphen of a negative octave ("C-1-C8") is part of a note: split after a digit.
    cut = next((i for i in range(1, len(keys)) if keys[i] == "-" and keys[i - 1].isdigit()), None)
    if cut is None:
        raise InputError(f"--keys {keys!r}: write two notes with a hyphen, such as A0-C8")
    low, high = parse_note(keys[:cut]), parse_note(keys[cut + 1 :])
    if low > high:
        turned = f"{note_name(high)}-{note_name(low)}"
        raise InputError(f"--keys {keys}: the first note is the higher one: write {turned}")
    return low, high


def seconds_of(pitch: int, longest: float) -> float:
    """Seconds of a note: all of `longest` up to C3, from there evenly down to 40 % at C8."""
    above = (pitch - _FULL_LENGTH_TO) / (_SHORTEST_AT - _FULL_LENGTH_TO)
    share = 1.0 - (1.0 - _SHORTEST_SHARE) * min(max(above, 0.0), 1.0)
    return round(max(SHORTEST_SECONDS, longest * share), 3)


def layer_velocities(layers: int) -> list[tuple[int, int, int]]:
    """(velocity played, lowest, highest served) of each layer, soft to hard."""
    if layers == 1:
        return [(_SINGLE_VELOCITY, 1, 127)]
    tops = [round(127 * (layer + 1) / layers) for layer in range(layers)]
    lows = [1, *(top + 1 for top in tops[:-1])]
    return list(zip(tops, lows, tops, strict=True))


def _check_options(every: int, layers: int, seconds: float) -> None:
    if not 1 <= every <= WIDEST_STEP:
        raise InputError(f"--every {every}: sample every 1 to {WIDEST_STEP} semitones")
    if not 1 <= layers <= MOST_LAYERS:
        raise InputError(f"--layers {layers}: use 1 to {MOST_LAYERS} velocity layers")
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:  # also refuses NaN
        raise InputError(
            f"--seconds {seconds:g}: use {SHORTEST_SECONDS:g} to {LONGEST_SECONDS:g} seconds"
        )


def _roots(low: int, high: int, every: int) -> list[int]:
    """Keys with a sample: a comb through middle C, and the ends where they lie too far off it."""
    anchor = min(max(MIDDLE_C, low), high)
    roots = list(range(anchor - (anchor - low) // every * every, high + 1, every))
    if roots[0] - low > every // 2:
        roots.insert(0, low)
    if high - roots[-1] > every // 2:
        roots.append(high)
    return roots


def _outwards(zones: Sequence[Zone], velocities: Sequence[int]) -> list[Zone]:
    """Sorted by distance from middle C; at one key the hardest layer but one comes first."""
    first = velocities[max(0, len(velocities) - 2)]

    def place(zone: Zone) -> tuple[int, int, int, int]:
        distance = abs(zone.pitch - MIDDLE_C)
        return distance, zone.pitch, int(zone.velocity != first), -zone.velocity

    return sorted(zones, key=place)
