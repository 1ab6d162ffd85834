"""One clip: rendered, measured, judged, described, encoded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trichord.audio.loudness import SILENCE_DB
from trichord.data.clips.captions import write_captions
from trichord.data.clips.playing import Playing, measure_playing, program_tempo
from trichord.data.clips.renderer import Play, Rendering
from trichord.data.clips.schema import RENDER_RATE, Clip, Counting, Program, compact_json
from trichord.data.clips.sound import Sound, measure_sound, weighted_power
from trichord.data.clips.store import (
    AudioFormat,
    Samples,
    choose_start,
    convert,
    encode,
    hash_pcm,
    to_float,
)
from trichord.data.clips.stretch import cut_score
from trichord.data.clips.traits import combine
from trichord.score.as_json import to_json

SILENT = -60.0
"""LUFS below which a clip is silent."""

CLIPPED = 1e-3
"""Share of samples cut off at full scale, behind the limiter, from which a clip is clipped."""


@dataclass(frozen=True)
class Settings:
    """What all clips of a build share.

    Attributes:
        seconds: of each program that is rendered.
        excerpt: seconds of it that are kept; None for all.
        caption_seed: of the captions.
    """

    counting: Counting
    seconds: float
    audio: AudioFormat
    excerpt: float | None
    caption_seed: int


def make_clip(program: Program, settings: Settings, play: Play) -> tuple[Clip, float]:
    """Render a program into a clip; its fault, if any, stands in it.

    Returns:
        The clip, and the seconds of CPU that the renderer spent outside this process.
    """
    rendering = play(program.code, settings.seconds, settings.counting.seed)
    if rendering.samples is None or not len(rendering.samples):
        return _unheard(program, settings, rendering), rendering.cpu_seconds
    whole = _of_length(rendering.samples, settings.seconds)
    start, length = _stretch(whole, settings)
    first = round(start * RENDER_RATE)
    kept = whole[first : first + round(length * RENDER_RATE)]
    sound = measure_sound(to_float(kept), RENDER_RATE)
    playing = measure_playing(cut_score(rendering.score, start, length))
    traits = combine(sound, playing)
    samples = convert(kept, settings.audio)
    clip = Clip(
        program=program,
        counting=settings.counting,
        sample_rate=settings.audio.sample_rate,
        channels=settings.audio.channels,
        start=start,
        seconds=round(len(samples) / settings.audio.sample_rate, 4),
        flac=encode(samples, settings.audio.sample_rate),
        render_hash=hash_pcm(samples),
        tempo=program_tempo(rendering.score),
        loudness=round(sound.loudness, 2),
        rms=round(sound.rms, 2),
        peak=round(sound.peak, 2),
        traits=traits,
        events=compact_json(to_json(rendering.score)),
        captions=_captions(program, playing, traits, settings),
        errors=_messages(rendering),
        fault=find_fault(rendering, sound),
    )
    return clip, rendering.cpu_seconds


def find_fault(rendering: Rendering, sound: Sound) -> str:
    """Why a clip is not worth learning from; empty if it is."""
    if rendering.errors:
        return f"{rendering.errors[0][0]} error"
    if sound.loudness < SILENT:
        return "silent"
    return "clipped" if sound.clipped > CLIPPED else ""


def _of_length(samples: Samples, seconds: float) -> Samples:
    """All clips are equally long: silence follows a program that ends before its time."""
    count = round(seconds * RENDER_RATE)
    missing = count - len(samples)
    return np.pad(samples, ((0, missing), (0, 0))) if missing > 0 else samples[:count]


def _stretch(samples: Samples, settings: Settings) -> tuple[float, float]:
    """Start and length of what is kept, seconds."""
    total = len(samples) / RENDER_RATE
    if settings.excerpt is None or settings.excerpt >= total:
        return 0.0, total
    beat = 60.0 / settings.counting.bpm
    weighted = weighted_power(to_float(samples), RENDER_RATE)
    return choose_start(weighted, total, settings.excerpt, beat), settings.excerpt


def _captions(
    program: Program, playing: Playing, traits: dict[str, float], settings: Settings
) -> tuple[str, ...]:
    if traits["loudness"] < SILENT:
        return ("silence",)
    return write_captions(program.clip_id, playing, traits, program.words, settings.caption_seed)


def _messages(rendering: Rendering) -> tuple[str, ...]:
    return tuple(f"{kind}: {message}" for kind, message in rendering.errors)


def _unheard(program: Program, settings: Settings, rendering: Rendering) -> Clip:
    """A clip of which nothing could be rendered: no audio, one second of nothing measured."""
    sound = measure_sound(np.zeros((RENDER_RATE, 2), np.float32), RENDER_RATE)
    return Clip(
        program=program,
        counting=settings.counting,
        sample_rate=settings.audio.sample_rate,
        channels=settings.audio.channels,
        start=0.0,
        seconds=0.0,
        flac=None,
        render_hash="",
        tempo=None,
        loudness=SILENCE_DB,
        rms=SILENCE_DB,
        peak=SILENCE_DB,
        traits={},
        events=compact_json(to_json(rendering.score)),
        captions=(),
        errors=_messages(rendering),
        fault=find_fault(rendering, sound),
    )
