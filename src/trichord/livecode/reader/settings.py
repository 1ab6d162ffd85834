"""The language's words for what is in force: synth, tempo, transposition, defaults, random seed."""

from __future__ import annotations

from collections.abc import Callable

from trichord.livecode.reader.facts import facts
from trichord.livecode.reader.values import Value, number
from trichord.livecode.reader.voice import Function, Given, Options, Voice


def _name(value: Value, default: str) -> str:
    return value if isinstance(value, str) else default


def _bpm(value: Value, now: float) -> float:
    return min(max(abs(number(value, now)), 1.0), 10_000.0)


def _merged(voice: Voice, name: str, options: Options) -> Options:
    return {**getattr(voice, name), **options}


Setting = tuple[str, Callable[[Voice, Given], Value]]

_SETTINGS: dict[str, Setting] = {
    "synth": ("synth", lambda voice, given: _name(given.value(0), voice.synth)),
    "bpm": ("bpm", lambda voice, given: _bpm(given.value(0), voice.bpm)),
    "bpm_mul": ("bpm", lambda voice, given: _bpm(voice.bpm * number(given.value(0), 1), voice.bpm)),
    "sample_bpm": ("bpm", lambda voice, given: _bpm(
        60.0 * number(given.options.get("num_beats"), 1.0)
        / facts().samples.get(str(given.value(0)), 1.0), voice.bpm)),
    "transpose": ("transpose", lambda voice, given: number(given.value(0), 0.0)),
    "octave": ("octave", lambda voice, given: number(given.value(0), 0.0)),
    "synth_defaults": ("synth_defaults", lambda voice, given: dict(given.options)),
    "sample_defaults": ("sample_defaults", lambda voice, given: dict(given.options)),
    "merged_synth_defaults": ("synth_defaults", lambda voice, given: _merged(
        voice, "synth_defaults", given.options)),
    "merged_sample_defaults": ("sample_defaults", lambda voice, given: _merged(
        voice, "sample_defaults", given.options)),
}  # fmt: skip
"""What `use_…` and `with_…` set, and to what."""


def _use(setting: Setting) -> Function:
    name, work_out = setting

    def use(voice: Voice, given: Given) -> Value:
        setattr(voice, name, work_out(voice, given))

    return use


def _with(setting: Setting) -> Function:
    name, work_out = setting

    def within(voice: Voice, given: Given) -> Value:
        before: Value = getattr(voice, name)
        setattr(voice, name, work_out(voice, given))
        try:
            return given.block(voice) if given.block is not None else None
        finally:
            setattr(voice, name, before)

    return within


def _seed(voice: Voice, given: Given) -> Value:
    voice.chance.seed, voice.chance.drawn = number(given.value(0), 0.0), 0


def _with_seed(voice: Voice, given: Given) -> Value:
    chance, block = voice.chance, given.block
    before = chance.seed, chance.drawn
    chance.seed, chance.drawn = number(given.value(0), 0.0), 0
    try:
        return block(voice) if block is not None else None
    finally:
        chance.seed, chance.drawn = before


def _reset_stream(voice: Voice, _: Given) -> Value:
    voice.chance.drawn = 0


def _current(name: str) -> Function:
    return lambda voice, _: getattr(voice, name)


SETTINGS: dict[str, Function] = {
    "use_random_seed": _seed, "with_random_seed": _with_seed, "rand_reset": _reset_stream,
    "current_bpm": _current("bpm"), "current_synth": _current("synth"), "vt": _current("time"),
    "beat": lambda voice, _: voice.time / voice.beat,
    "rt": lambda voice, given: number(given.value(0), 1.0) / voice.beat,
    "bt": lambda voice, given: number(given.value(0), 1.0) * voice.beat,
    **{f"use_{name}": _use(setting) for name, setting in _SETTINGS.items()},
    **{f"with_{name}": _with(setting) for name, setting in _SETTINGS.items()},
}  # fmt: skip
"""By their words."""
