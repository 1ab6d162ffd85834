"""The language's words for what sounds: notes, samples, effects, settings that are in force."""

from __future__ import annotations

import math
from collections.abc import Mapping

from trichord.livecode.reader.facts import facts
from trichord.livecode.reader.piece import Effect, Sounding
from trichord.livecode.reader.values import Ring, Value, as_list, number
from trichord.livecode.reader.values import notes as notes_of
from trichord.livecode.reader.voice import Function, Given, Options, Voice
from trichord.livecode.templates.words import word_set

IN_BEATS = word_set(
    "attack decay sustain release phase max_phase env_attack env_decay env_sustain env_release "
    "mod_phase cutoff_attack cutoff_decay cutoff_sustain cutoff_release vibrato_delay "
    "vibrato_onset delay pitch_slide note_slide cutoff_slide amp_slide"
)
"""Options that are counted in beats."""

ALIASES = {"sine": "beep", "mod_beep": "mod_sine", "dsquare": "dpulse"}
"""Synths of two names."""

_LARGEST = 1e6

_SOUND_IN = ("sound_in", "sound_in_stereo", "live_audio", "scope")


def _numbers(options: Mapping[str, Value], voice: Voice) -> dict[str, float]:
    """The options that are numbers, times in seconds."""
    found: dict[str, float] = {}
    beat = 60.0 / voice.bpm
    for name, value in options.items():
        kind = type(value)
        if kind is float or kind is int:
            scaled = value * beat if name in IN_BEATS else value
            # What is no number is compared with nothing, and left out.
            if -_LARGEST < scaled < _LARGEST:
                found[name] = scaled
            elif scaled == scaled:
                found[name] = math.copysign(_LARGEST, scaled)
        elif kind is bool:
            found[name] = float(value)
        elif isinstance(value, str) and name in ("note", "cutoff", "lpf", "hpf"):
            found.update((name, each) for each in notes_of(value))
    return found


def _silent(options: Options) -> bool:
    on = options.get("on", True)
    return on is False or on == 0 or on is None


def _sound(
    voice: Voice, kind: str, name: str, note: float, options: dict[str, float], site: int
) -> Sounding:
    found = Sounding(kind, name, voice.time, note, options, voice.effects, site)
    voice.piece.sounds.append(found)
    return found


def _notes(
    voice: Voice, name: str, value: Value, options: Options, site: int
) -> list[Sounding] | None:
    """Plays a note or a chord on a synth."""
    options = {**voice.synth_defaults, **options} if voice.synth_defaults else options
    if name in _SOUND_IN or (len(options) and _silent(options)):
        return None
    numbers = _numbers(options, voice)
    numbers.pop("note", None)
    shift = voice.transpose + 12 * voice.octave
    shift += numbers.pop("pitch", 0.0) + 12 * numbers.pop("octave", 0.0)
    # A chord's sounds share their options, as one synth for each note does.
    name = ALIASES.get(name, name)
    return [_sound(voice, "synth", name, note + shift, numbers, site) for note in notes_of(value)]


def _play(voice: Voice, given: Given) -> Value:
    value, options = given.value(0), given.options
    if isinstance(value, dict):
        value, options = value.get("note", 52), {**value, **options}
    elif not given.values:
        value = options.get("note", voice.synth_defaults.get("note", 52))
    return _notes(voice, voice.synth, value, options, given.site)


def _play_chord(voice: Voice, given: Given) -> Value:
    return _notes(voice, voice.synth, as_list(given.value(0)), given.options, given.site)


def _synth(voice: Voice, given: Given) -> Value:
    options = given.options
    value = options.get("note", options.get("notes", voice.synth_defaults.get("note", 52)))
    return _notes(voice, _word(given.value(0), voice.synth), value, options, given.site)


def _pattern(voice: Voice, given: Given) -> Value:
    for note in as_list(given.value(0)):
        _notes(voice, voice.synth, note, given.options, given.site)
        voice.sleep(1.0)


def _timed(voice: Voice, given: Given) -> Value:
    times = Ring(as_list(given.value(1, 1.0)) or [1.0])
    for at, note in enumerate(as_list(given.value(0))):
        voice.piece.spend()
        _notes(voice, voice.synth, note, given.options, given.site)
        voice.sleep(max(number(times[at % len(times)], 1.0), 0.0))


def _sample(voice: Voice, given: Given) -> Value:
    options = {**voice.sample_defaults, **given.options}
    name = given.value(0, options.pop("name", None))
    name = _word(name, "sample")
    if _silent(options):
        return None
    return [_sound(voice, "sample", name, 60.0, _player(name, _numbers(options, voice), voice),
                   given.site)]  # fmt: skip


def _player(name: str, options: dict[str, float], voice: Voice) -> dict[str, float]:
    """What a sample's player is given: stretching and shifting said as a rate."""
    length = facts().samples.get(name, 1.0)
    rate = options.get("rate", 1.0)
    stretch, pitch = options.pop("beat_stretch", None), options.pop("pitch_stretch", None)
    if stretch:
        rate *= length / (abs(stretch) * 60.0 / voice.bpm)
    if pitch:
        # Stretched in time, its pitch kept.
        options["tempo"] = length / (abs(pitch) * 60.0 / voice.bpm)
    rate *= 2 ** (min(max(options.pop("rpitch", 0.0), -120), 120) / 12)
    if rate != 1.0:
        options["rate"] = rate
    return options


def _word(value: Value, default: str) -> str:
    return value if isinstance(value, str) else default


def _effect(voice: Voice, given: Given) -> Value:
    block, name = given.block, given.value(0)
    if block is None:
        return None
    options = _numbers(given.options, voice)
    effect = _same_effect(voice, given.site, _word(name, "none"), options)
    repeats = int(number(given.options.get("reps"), 1))
    before = voice.effects
    if name != "none":
        voice.effects = (effect, *before)
    result: Value = None
    try:
        for _ in range(min(max(repeats, 1), 64)):
            result = block(voice, [effect])
    finally:
        voice.effects = before
    return result


def _same_effect(voice: Voice, site: int, name: str, options: dict[str, float]) -> Effect:
    """The effect of a call; one that is called again and again is one, not many."""
    key = site, name, tuple(float(f"{value:.1e}") for value in options.values())
    made = voice.piece.effects
    if key not in made:
        made[key] = Effect(name, {k: [v] for k, v in options.items()}, voice.time)
    return made[key]


def _control(voice: Voice, given: Given) -> Value:
    numbers = _numbers(given.options, voice)
    for held in as_list(given.value(0)):
        if isinstance(held, Effect):
            for name, value in numbers.items():
                held.options.setdefault(name, []).append(value)
        elif isinstance(held, Sounding):
            _turn(voice, held, numbers)


def _turn(voice: Voice, held: Sounding, numbers: dict[str, float]) -> None:
    """A sound that is changed midway is one that ends and one that goes on from there."""
    numbers = {name: value for name, value in numbers.items() if name in _HEARD}
    tail = next((each for each in reversed(voice.piece.sounds) if _goes_on(each, held)), held)
    note = numbers.pop("note", None)
    if voice.time - tail.start < _AT_ONCE:
        if note is not None:
            tail.note = note + voice.transpose
        # It slides there while it sounds: what is heard lies between.
        for name, value in numbers.items():
            tail.options[name] = (tail.options.get(name, value) + value) / 2
    elif numbers or note is not None:
        tail.until = voice.time
        # What has been heard of its course is gone.
        options = {**tail.options, **numbers, "begun": voice.time - held.start}
        note = tail.note if note is None else note + voice.transpose
        new = Sounding(held.kind, held.name, voice.time, note, options, held.effects, held.site)
        voice.piece.sounds.append(new)


_HEARD = word_set("note amp cutoff lpf hpf rate pitch mod_range pulse_width")
"""Options of which a change is followed."""

_AT_ONCE = 0.05
"""Seconds after its start within which a change is part of the start."""


def _goes_on(one: Sounding, first: Sounding) -> bool:
    begun = one.options.get("begun")
    return (
        begun is not None and one.site == first.site and abs(one.start - begun - first.start) < 1e-6
    )


def _kill(voice: Voice, given: Given) -> Value:
    for held in as_list(given.value(0)):
        if isinstance(held, Sounding):
            held.until = voice.time


PLAYING: dict[str, Function] = {
    "play": _play, "play_chord": _play_chord, "synth": _synth, "play_pattern": _pattern,
    "play_pattern_timed": _timed, "sample": _sample, "with_fx": _effect, "control": _control,
    "kill": _kill,
}  # fmt: skip
"""By their words."""
