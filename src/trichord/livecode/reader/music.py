"""The language's functions of values: chords, rings, numbers, and what is drawn by chance."""

from __future__ import annotations

import math
from typing import Any

from trichord.livecode.reader import values
from trichord.livecode.reader.facts import facts
from trichord.livecode.reader.values import UNKNOWN, Ring, Value, as_list, count, midi, number
from trichord.livecode.reader.voice import Function, Given, Voice

ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}


def _chord(_: Voice, given: Given) -> Value:
    tonic, name = given.value(0), given.value(1, "major")
    notes = values.chord(tonic, name, count(given.options.get("num_octaves"), 1))
    return values.invert(notes, int(number(given.options.get("invert"), 0)))


def _scale(_: Voice, given: Given) -> Value:
    tonic, name = given.value(0), given.value(1)
    if len(given.values) == 1 and str(tonic) in facts().scales:
        tonic, name = 0, tonic
    return values.scale(tonic, name, count(given.options.get("num_octaves"), 1))


def _step(degree: Value) -> int:
    if isinstance(degree, str):
        return ROMAN.get(degree.lower(), 1)
    return max(int(number(degree, 1)), 1)


def _degree(_: Voice, given: Given) -> Value:
    notes = values.scale(given.value(1, 60), given.value(2, "major"), 4)
    return values.element(notes, _step(given.value(0)) - 1)


def _chord_degree(_: Voice, given: Given) -> Value:
    notes = values.scale(given.value(1, 60), given.value(2, "major"), 3)
    size = count(given.value(3), 4)
    stacked = notes[_step(given.value(0)) - 1 :: 2][:size]
    return values.invert(stacked, int(number(given.options.get("invert"), 0)))


def _invert(_: Voice, given: Given) -> Value:
    return values.invert(as_list(given.value(0)), int(number(given.value(1), 0)))


def _note(_: Voice, given: Given) -> Value:
    found = given.value(0)
    note = midi(found)
    octave = given.options.get("octave")
    if note is not None and isinstance(octave, int | float):
        return note % 12 + 12 * (octave + 1)
    return found if note is None else note


def _octs(_: Voice, given: Given) -> Value:
    low = midi(given.value(0)) or 60
    return Ring([low + 12 * at for at in range(min(count(given.value(1), 1), 12))])


def _note_range(_: Voice, given: Given) -> Value:
    low, high = midi(given.value(0)), midi(given.value(1))
    if low is None or high is None:
        return UNKNOWN
    allowed = {(midi(each) or 0) % 12 for each in as_list(given.options.get("pitches"))}
    low, high = int(min(low, high)), int(max(low, high))
    return Ring(
        [n for n in range(low, min(high, low + 240) + 1) if not allowed or n % 12 in allowed]
    )


def _knit(_: Voice, given: Given) -> Value:
    pairs = zip(given.values[::2], given.values[1::2], strict=False)
    return Ring([each for each, times in pairs for _ in range(count(times))][: values.LONGEST])


def _stretch(_: Voice, given: Given) -> Value:
    pairs = zip(given.values[::2], given.values[1::2], strict=False)
    return Ring(
        [item for each, times in pairs for item in as_list(each) for _ in range(count(times))][
            : values.LONGEST
        ]
    )


def _spread(_: Voice, given: Given) -> Value:
    accents, size = given.value(0), given.value(1)
    rotate = int(number(given.options.get("rotate"), 0))
    return values.spread(count(accents), count(size), rotate)


def _bools(_: Voice, given: Given) -> Value:
    return Ring([each not in (0, None, False) for each in given.values])


def _line(_: Voice, given: Given) -> Value:
    low, high = number(midi(given.value(0)), 0), number(midi(given.value(1)), 1)
    steps = count(given.options.get("steps", 4), 4)
    return values.line(low, high, steps, given.options.get("inclusive") is True)


def _range(_: Voice, given: Given) -> Value:
    low, high = number(midi(given.value(0)), 0), number(midi(given.value(1)), 1)
    step = number(given.value(2, given.options.get("step")), 1.0)
    return values.span(low, high, step, given.options.get("inclusive") is True)


def _ring(_: Voice, given: Given) -> Value:
    return Ring(given.values)


def _hz(_: Voice, given: Given) -> Value:
    return 440.0 * 2 ** ((number(midi(given.value(0)), 69) - 69) / 12)


def _from_hz(_: Voice, given: Given) -> Value:
    return 69 + 12 * math.log2(max(number(given.value(0), 440), 1e-3) / 440)


def _ratio(_: Voice, given: Given) -> Value:
    return 2 ** (min(number(given.value(0), 0), 240) / 12)


def _quantise(_: Voice, given: Given) -> Value:
    step = number(given.value(1), 1.0) or 1.0
    return round(number(given.value(0), 0) / step) * step


def _factor(_: Voice, given: Given) -> Value:
    whole, by = given.value(0), given.value(1)
    if isinstance(whole, int | float) and isinstance(by, int | float) and by:
        return whole % by == 0
    return UNKNOWN


def _seconds_of_sample(voice: Voice, given: Given) -> Value:
    length = facts().samples.get(str(given.value(0)), 1.0)
    rate = abs(number(given.options.get("rate"), 1.0)) or 1.0
    part = number(given.options.get("finish"), 1.0) - number(given.options.get("start"), 0.0)
    return length / rate * max(abs(part), 1e-3) / voice.beat


def _rrand(voice: Voice, given: Given) -> Value:
    low, high = number(midi(given.value(0)), 0), number(midi(given.value(1)), 1)
    return _on_step(voice.chance.between(low, high), given)


def _on_step(found: float, given: Given) -> float:
    step = number(given.options.get("step"), 0.0)
    return round(found / step) * step if step else found


def _rdist(voice: Voice, given: Given) -> Value:
    width, centre = number(given.value(0), 1), number(given.value(1), 0)
    return _on_step(voice.chance.between(centre - width, centre + width), given)


def _rrand_i(voice: Voice, given: Given) -> Value:
    low, high = number(midi(given.value(0)), 0), number(midi(given.value(1)), 1)
    return voice.chance.whole(low, high)


def _ends(value: Value, default: float) -> tuple[float, float]:
    if isinstance(value, list) and value:
        return number(value[0], 0), number(value[-1], default)
    return 0.0, number(value, default)


def _rand(voice: Voice, given: Given) -> Value:
    return voice.chance.between(*_ends(given.value(0), 1.0))


def _rand_i(voice: Voice, given: Given) -> Value:
    low, high = _ends(given.value(0), 2.0)
    if isinstance(given.value(0), list):
        return voice.chance.whole(low, high)
    return int(voice.chance.draw(high))


def _dice(voice: Voice, given: Given) -> Value:
    return voice.chance.whole(1, number(given.value(0), 6))


def _one_in(voice: Voice, given: Given) -> Value:
    sides = int(number(given.value(0), 2))
    return sides >= 1 and voice.chance.whole(1, sides) == 1


def _choose(voice: Voice, given: Given) -> Value:
    return voice.chance.choose(as_list(given.value(0)))


def _shuffle(voice: Voice, given: Given) -> Value:
    items = list(as_list(given.value(0)))
    voice.chance.shuffle(items)
    return values.like(given.value(0), items)


def _pick(voice: Voice, given: Given) -> Value:
    items: list[Any] = as_list(given.value(0))
    return Ring([voice.chance.choose(items) for _ in range(count(given.value(1), 1))])


def _sample_names(_: Voice, given: Given) -> Value:
    group = f"{given.value(0, '')}_"
    return Ring([name for name in facts().samples if name.startswith(group)])


FIXED: dict[str, Function] = {
    "chord": _chord, "scale": _scale, "degree": _degree, "chord_degree": _chord_degree,
    "chord_invert": _invert, "note": _note, "octs": _octs, "note_range": _note_range,
    "knit": _knit, "stretch": _stretch, "spread": _spread, "bools": _bools, "line": _line,
    "range": _range, "ring": _ring, "ramp": _ring, "vector": _ring, "midi_to_hz": _hz,
    "hz_to_midi": _from_hz, "pitch_to_ratio": _ratio, "quantise": _quantise, "factor?": _factor,
    "sample_names": _sample_names, "doubles": _ring, "halves": _ring,
}  # fmt: skip
"""Those whose value depends on what they are given alone."""

DRAWN: dict[str, Function] = {
    "rrand": _rrand, "rdist": _rdist, "rrand_i": _rrand_i, "rand": _rand, "rand_i": _rand_i,
    "dice": _dice, "one_in": _one_in, "choose": _choose, "shuffle": _shuffle, "pick": _pick,
    "sample_duration": _seconds_of_sample,
}  # fmt: skip
"""Those that draw from the thread's stream, or look at its tempo."""
