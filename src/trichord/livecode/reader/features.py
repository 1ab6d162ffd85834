"""Features of a sound and of an effect: numbers as numbers, times in seconds, names as numbers."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from trichord.livecode.reader.facts import facts
from trichord.livecode.reader.piece import Effect, Sounding

Floats = NDArray[np.float32]

SPARE = 24
"""Names for synths, samples and effects that the language does not have of itself, by hash."""

HASHED = 48
"""Slots for options that no feature is named for."""

NUMBERS = (
    "note", "rate", "backwards", "attack", "decay", "sustain", "release", "sustain_level", "length",
    "cutoff", "cutoff_given", "res", "res_given", "hpf", "start", "finish", "is_sample", "tempo",
    "begun", "cut", "level", "pan", "often",
)  # fmt: skip
"""Features of a sound, in order; see `numbers_of`."""

TURNED = (
    "mix", "amp", "pre_amp", "phase", "decay", "room", "damp", "cutoff", "cutoff_min", "cutoff_max",
    "res", "distort", "pitch", "feedback", "wave", "invert_wave", "pulse_width", "amp_min",
    "amp_max", "bits", "sample_rate", "freq", "depth", "phase_offset", "centre", "db",
    "probability", "spread", "threshold", "gain",
)  # fmt: skip
"""Options of effects that are features."""

Floats = NDArray[np.float32]
Whole = NDArray[np.int64]

APART = frozenset(("amp", "pan", "on", "slide", "amp_slide", "pan_slide"))
"""Options that make no different sound."""


@cache
def _sound_names() -> Mapping[tuple[str, str], int]:
    known = [("synth", n) for n in sorted(facts().synths)]
    known += [("sample", n) for n in sorted(facts().samples)]
    return {name: at for at, name in enumerate(known)}


@cache
def _effect_names() -> Mapping[str, int]:
    return {name: at for at, name in enumerate(sorted(facts().effects))}


def _hashed(text: str, size: int) -> int:
    return zlib.crc32(text.encode("utf-8", "replace")) % size


def name_of_sound(kind: str, name: str) -> int:
    """The number of a synth or sample; those of no installation share `SPARE` numbers."""
    known = _sound_names()
    found = known.get((kind, name))
    return len(known) + _hashed(f"{kind} {name}", SPARE) if found is None else found


def name_of_effect(name: str) -> int:
    """The number of an effect."""
    known = _effect_names()
    found = known.get(name)
    return len(known) + _hashed(name, SPARE) if found is None else found


def sound_count() -> int:
    """How many numbers `name_of_sound` gives."""
    return len(_sound_names()) + SPARE


def effect_count() -> int:
    """How many numbers `name_of_effect` gives."""
    return len(_effect_names()) + SPARE


def amplitude(sound: Sounding) -> float:
    """The amplitude at which a sound is struck."""
    return min(abs(sound.options.get("amp", 1.0)), 50.0)


def _defaults(sound: Sounding) -> Mapping[str, float]:
    return facts().synths.get(sound.name, {}) if sound.kind == "synth" else {}


def envelope_of(sound: Sounding) -> tuple[float, float, float, float, float, float]:
    """Seconds of attack, decay, sustain, release and all; the level of the sustain."""
    options = {**_defaults(sound), **sound.options}
    attack, decay = max(options.get("attack", 0.0), 0.0), max(options.get("decay", 0.0), 0.0)
    release = max(options.get("release", 1.0 if sound.kind == "synth" else 0.0), 0.0)
    sustain = options.get("sustain", 0.0 if sound.kind == "synth" else -1.0)
    if sound.kind == "sample":
        part = abs(options.get("finish", 1.0) - options.get("start", 0.0))
        rate = max(abs(options.get("rate", 1.0)) * abs(options.get("tempo", 1.0)), 1e-3)
        length = facts().samples.get(sound.name, 1.0) * min(part, 1.0) / rate
        if sustain < 0:
            sustain = length - attack - decay - release
        sustain = min(max(sustain, 0.0), max(length - attack - decay, 0.0))
    begun = sound.options.get("begun", 0.0)
    if begun:
        attack, sustain = 0.01, max(attack + decay + sustain - begun, 0.0)
        decay = 0.0
    total = attack + decay + max(sustain, 0.0) + release
    if sound.until is not None:
        total = min(total, max(sound.until - sound.start, 1e-3))
    return attack, decay, max(sustain, 0.0), release, total, options.get("sustain_level", 1.0)


def _log(value: float, floor: float = 0.01) -> float:
    return math.log10(abs(value) + floor)


def numbers_of(
    group: list[Sounding], envelope: tuple[float, ...], seconds: float
) -> tuple[float, ...]:
    """The features `NUMBERS` of sounds that count as one; times and counts as logarithms."""
    sound = group[0]
    given, defaults = sound.options, _defaults(sound)
    options = {**defaults, **given}
    attack, decay, sustain, release, length, level = envelope
    sample = sound.kind == "sample"
    rate = options.get("rate", 1.0) if sample else 1.0
    cutoff = given.get("cutoff", given.get("lpf"))
    shown = options.get("cutoff", 130.0) if cutoff is None else cutoff
    note = 60 + options.get("pitch", 0.0) + 12 * math.log2(max(abs(rate), 1e-3)) if sample else (
        sound.note)  # fmt: skip
    return (
        (note - 60) / 12, math.log2(max(abs(rate), 1e-3)), float(rate < 0), _log(attack),
        _log(decay), _log(sustain), _log(release), min(max(level, -1.0), 2.0), _log(length),
        (shown - 100) / 20, float(cutoff is not None), options.get("res", 0.0),
        float("res" in given), (given.get("hpf", 0.0)) / 60, options.get("start", 0.0),
        options.get("finish", 1.0), float(sample), math.log2(max(options.get("tempo", 1.0), 1e-2)),
        _log(given.get("begun", 0.0)), float(sound.until is not None),
        math.log10(max(amplitude(sound), 1e-3)), abs(given.get("pan", 0.0)),
        math.log10(len(group) / seconds),
    )  # fmt: skip


_NAMED = frozenset(NUMBERS) | APART | {"lpf", "hpf", "pitch"}


def options_of(kinds: list[Sounding]) -> Floats:
    """Options without a feature of their own, by hash: [S, HASHED]."""
    found = np.zeros((len(kinds), HASHED), np.float32)
    for row, sound in enumerate(kinds):
        for name, value in sound.options.items():
            if name not in _NAMED:
                # Half a step for being there at all: a zero is told too.
                signed = math.copysign(math.log1p(abs(value)), value)
                found[row, _hashed(name, HASHED)] += 0.5 + signed
    return found


_SCALES = {
    "phase": 0.0, "decay": 0.0, "sample_rate": 0.0, "freq": 0.0, "depth": 0.0, "bits": 0.0,
    "cutoff": 20.0, "cutoff_min": 20.0, "cutoff_max": 20.0, "pitch": 12.0, "centre": 20.0,
    "db": 12.0, "wave": 2.0,
}  # fmt: skip
"""What an option of an effect is divided by; 0: its logarithm is taken."""


def _mean(effect: Effect, name: str, default: float = 0.0) -> float:
    values = effect.options.get(name)
    if values:
        return sum(values) / len(values)
    return facts().effects.get(effect.name, {}).get(name, default)


def turns_of(effect: Effect) -> list[float]:
    """The features `TURNED` of an effect."""
    found: list[float] = []
    for name in TURNED:
        value = min(max(_mean(effect, name), -1e5), 1e5)
        scale = _SCALES.get(name, 1.0)
        value = value / scale if scale else _log(value)
        found.append(min(max(value, -10.0), 10.0))
    return found


def moves_of(effect: Effect) -> float:
    """How far an effect's options are moved while it sounds."""
    spans = [max(v) - min(v) for v in effect.options.values() if len(v) > 1]
    return math.log1p(sum(spans))


def echo_of(sound: Sounding) -> tuple[float, float, float]:
    """Seconds between the echoes of the nearest effect that echoes, what each keeps, the mix."""
    for effect in sound.effects:
        phase = max(_mean(effect, "phase", 0.25), 0.01)
        if effect.name == "echo":
            decay = max(_mean(effect, "decay", 2.0), 0.01)
            # The decay is the time in which the echoes fall by 60 dB.
            return phase, 10 ** (-6 * phase / decay), _mean(effect, "mix", 1.0)
        if effect.name == "ping_pong":
            return phase, min(_mean(effect, "feedback", 0.5), 0.99) ** 2, _mean(effect, "mix", 1.0)
    return 0.0, 0.0, 0.0


def gate_of(sound: Sounding) -> tuple[float, float, float, float, float, float]:
    """How the nearest effect that gates a sound in time does it."""
    for effect in sound.effects:
        if effect.name in ("slicer", "panslicer", "wobble", "ixi_techno", "tremolo"):
            low = _mean(effect, "amp_min", 0.0) if effect.name == "slicer" else 0.3
            return (
                max(_mean(effect, "phase", 0.25), 0.01), _mean(effect, "wave", 0.0),
                _mean(effect, "pulse_width", 0.5), min(max(low, 0.0), 1.0),
                min(max(_mean(effect, "mix", 1.0), 0.0), 1.0), effect.start,
            )  # fmt: skip
    return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
