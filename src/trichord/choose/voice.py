"""A program's most characteristic voice, played alone as one note: what an instrument starts from.

A whole clip is drums, bass and chords at once, and no note. So the score is asked which synth the
program leans on most, and that synth is played once, with the arguments that the program gives it
and through those of its effects that colour rather than repeat.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import numpy as np

from trichord.audio.notes import note_name
from trichord.choose.items import Item
from trichord.choose.reading import read_program
from trichord.errors import InputError
from trichord.instrument.shot import Shot, read_shot, shot_of

if TYPE_CHECKING:
    from trichord.livecode.sonicpi.render import Renderer
    from trichord.score import Event, Score

SECONDS = 18.0
"""Of the program that are looked at."""
LONGEST_NOTE = 8.0
"""Seconds of the note that is played."""
LONGEST_WEIGHED = 2.0
"""Seconds of a note that count for how much a program leans on its synth."""

COLOURS = frozenset(
    {"distortion", "krush", "bitcrusher", "tanh", "ring_mod", "octaver", "vowel", "eq"}
    | {"lpf", "rlpf", "nlpf", "nrlpf", "hpf", "rhpf", "nhpf", "nrhpf", "bpf", "rbpf", "nbpf"}
    | {"nrbpf", "band_eq", "flanger", "chorus", "mono", "normaliser"}
)
"""Effects that belong to a synth's colour; echoes, rooms and gates do not."""

_NOT_SAID = frozenset({"note", "amp", "pan", "out_bus", "in_bus", "on", "slide", "duration"})


@dataclass(frozen=True)
class Voice:
    """What a program leans on.

    Attributes:
        event: one event of it, at the note in the middle of those that it plays.
        share: of the weight of all synths, 0..1.
        colours: effects of the event that colour it, nearest first.
    """

    event: Event
    share: float
    colours: tuple[Event, ...] = ()


def voice_shot(path: Path, renderer: Renderer | None = None) -> Shot:
    """The note that stands for a program's sound.

    Args:
        path: of the program.
        renderer: with sound; one of its own by default.

    Raises:
        InputError: the program cannot be read, may not run, or plays nothing.
        MissingProgramError: Sonic Pi, scsynth or the sandbox is not installed.
    """
    from trichord.livecode.sonicpi.render import Renderer

    code = read_program(Item(path, "program", path))
    if renderer is not None:
        return _shot(path, code, renderer)
    with Renderer() as own:
        return _shot(path, code, own)


def find_voice(score: Score) -> Voice | None:
    """The synth that a score leans on most; None where no synth plays a note.

    Each event weighs its amplitude squared times its length up to two seconds; the voice is the
    synth (with its colouring effects) of the largest sum.
    """
    groups: dict[tuple[str, ...], list[tuple[Event, float, float]]] = defaultdict(list)
    for event in score.events:
        arguments = score.arguments(event)
        if event.kind != "synth" or "note" not in arguments or event.start >= score.duration:
            continue
        length = min(event.end - event.start, LONGEST_WEIGHED)
        weight = arguments.get("amp", 1.0) ** 2 * max(length, 0.01)
        names = (event.name, *(each.name for each in _colours(score, event)))
        groups[names].append((event, weight, arguments["note"]))
    if not groups:
        return None
    sums = {names: sum(weight for _, weight, _ in group) for names, group in groups.items()}
    best = max(sums, key=lambda names: (sums[names], names))
    middle = float(np.median([note for _, _, note in groups[best]]))
    event = min(groups[best], key=lambda each: (abs(each[2] - middle), -each[1]))[0]
    return Voice(event, sums[best] / max(sum(sums.values()), 1e-9), _colours(score, event))


def note_program(voice: Voice, note: float) -> str:
    """A program that plays the voice's note once, alone."""
    lines = [f"synth :{voice.event.name}, note: {note:g}{_arguments(voice.event)}"]
    for effect in voice.colours:
        body = [f"  {line}" for line in lines]
        lines = [f"with_fx :{effect.name}{_arguments(effect)} do", *body, "end"]
    return "\n".join([*lines, ""])


def _shot(path: Path, code: str, renderer: Renderer) -> Shot:
    played = renderer.render(code, seconds=SECONDS)
    if played.refused:
        raise InputError(f"{path}: {played.errors[0]}")
    warnings = [f"{path}: {error}: taken by what it played" for error in played.errors[:1]]
    digest = hashlib.sha256(code.encode()).hexdigest()
    voice = find_voice(played.score)
    if voice is None:
        return _sample_shot(path, played.score, warnings, digest)
    note = played.score.arguments(voice.event)["note"]
    wave = renderer.render(note_program(voice, note), seconds=LONGEST_NOTE).audio
    if wave is None or float(np.abs(wave).max()) < 1e-4:
        raise InputError(f"{path}: its {voice.event.name} is silent: give a program that sounds")
    said = _said(voice, note)
    return shot_of(wave.mean(axis=0), note, [*warnings, f"{path}: {said}"], digest)


def _sample_shot(path: Path, score: Score, warnings: Sequence[str], digest: str) -> Shot:
    """Of a program without notes: the sample that it plays most."""
    weights: dict[str, float] = defaultdict(float)
    for event in score.events:
        if event.sample is not None and event.start < score.duration:
            length = max(event.end - event.start, 0.01)
            weights[event.sample] += score.arguments(event).get("amp", 1.0) ** 2 * length
    if not weights:
        raise InputError(f"{path}: plays nothing in {SECONDS:g} s: give a program that sounds")
    best = max(weights, key=lambda sample: (weights[sample], sample))
    shot = read_shot(Path(best))
    said = f"{path}: plays no synth: its sample {PurePath(best).stem} was taken"
    return Shot(shot.wave, shot.pitch, (*warnings, said), digest)


def _said(voice: Voice, note: float) -> str:
    through = ", ".join(each.name for each in voice.colours)
    effects = f" through {through}" if through else ""
    share = f"{100 * voice.share:.0f} % of its synths"
    return f"taken by its {voice.event.name}{effects} ({share}), at {note_name(round(note))}"


def _colours(score: Score, event: Event) -> tuple[Event, ...]:
    return tuple(each for each in score.effects(event) if each.name in COLOURS)


def _arguments(event: Event) -> str:
    given = {name: value for name, value in event.given.items() if name not in _NOT_SAID}
    return "".join(f", {name}: {value:g}" for name, value in sorted(given.items()))
