"""Captions of constructed clips, where the right words are known."""

from __future__ import annotations

import numpy as np
import pytest

from trichord.data.clips.captions import write_captions
from trichord.data.clips.playing import measure_playing, program_tempo
from trichord.data.clips.sound import measure_sound
from trichord.data.clips.traits import Traits, combine, read_rows, speed
from trichord.score.events import Event, Score

RATE, SECONDS = 44100, 18.0
TIME = np.arange(int(SECONDS * RATE)) / RATE


def hz(pitch: float) -> float:
    return 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)


def notes(
    name: str,
    starts: list[float],
    length: float,
    pitches: list[float] | None = None,
    bpm: float = 60.0,
) -> list[Event]:
    kind = "sample" if pitches is None else "synth"
    return [
        Event(
            node=100 + index,
            kind=kind,  # type: ignore[arg-type]
            name=name,
            instrument=name,
            start=start,
            end=start + length,
            beat=start * bpm / 60.0,
            given={"note": pitches[index % len(pitches)]} if pitches else {},
            files={"buf": f"/samples/{name}.flac"} if pitches is None else {},
        )
        for index, start in enumerate(starts)
    ]


def words_of(events: list[Event], wave: np.ndarray) -> tuple[Traits, set[str], tuple[str, ...]]:
    """Traits, all words of many captions, and the captions of one seed."""
    score = Score(SECONDS, tuple(sorted(events, key=lambda event: event.start)))
    playing = measure_playing(score)
    audio = np.stack([wave, wave], axis=1).astype(np.float32)
    traits = combine(measure_sound(audio, RATE), playing)
    captions = write_captions("clip", playing, traits, (), 1)
    many = [c for seed in range(40) for c in write_captions("clip", playing, traits, (), seed)]
    return traits, set(" ".join(many).replace(",", "").split()), captions


def drone() -> tuple[list[Event], np.ndarray]:
    """Sines on E2 at 60 beats per minute, each held for eight beats."""
    wave = 0.3 * np.sin(2 * np.pi * hz(40) * TIME)
    return notes("beep", [0.0, 8.0, 16.0], 8.0, [40.0]), wave


def hats() -> tuple[list[Event], np.ndarray]:
    """Eighth notes on a hi-hat at 180 beats per minute: bursts of bright noise."""
    step = 60 / 180 / 2
    noise = np.random.default_rng(0).standard_normal(len(TIME))
    bright = np.diff(np.diff(noise, prepend=0.0), prepend=0.0)
    wave = 0.1 * bright * np.exp(-60 * (TIME % step))
    starts = [float(start) for start in np.arange(0, SECONDS, step)]
    return notes("drum_cymbal_closed", starts, 0.1, bpm=180.0), wave


SLOW = {"slow", "unhurried", "slow-moving"}
FAST = {"fast", "quick", "rapid"}
DARK = {"dark", "warm", "muffled", "mellow"}
BRIGHT = {"bright", "crisp", "sparkling"}


def test_a_sine_drone_at_60_is_slow_dark_and_sustained() -> None:
    _, words, captions = words_of(*drone())
    assert words & SLOW
    assert words & DARK
    assert words & {"sustained", "smooth", "flowing"}
    assert "drone" in words
    assert not words & (FAST | BRIGHT | {"percussive", "punchy", "drums", "beat"})
    assert len(captions) >= 4


def test_a_hat_pattern_at_180_is_fast_bright_and_percussive() -> None:
    traits, words, _ = words_of(*hats())
    assert min(abs(traits["tempo"] / tempo - 1.0) for tempo in (90, 180)) < 0.02
    assert words & FAST
    assert words & BRIGHT
    assert words & {"percussive", "punchy", "staccato"}
    assert words & {"hi-hats", "hats"}
    assert not words & (SLOW | DARK | {"sustained", "drone", "major", "minor"})


def test_the_mode_comes_from_the_pitches_played() -> None:
    step = 0.5
    starts = [float(start) for start in np.arange(0, SECONDS, step)]
    wave = 0.2 * np.sin(2 * np.pi * 440 * TIME) * np.exp(-3 * (TIME % step))
    minor = [57.0, 59, 60, 62, 64, 65, 67, 64, 60, 57, 57, 64]
    major = [60.0, 62, 64, 65, 67, 69, 71, 67, 64, 60, 60, 67]
    for pitches, name, other in ((minor, "minor", "major"), (major, "major", "minor")):
        _, words, _ = words_of(notes("piano", starts, 0.4, pitches), wave)
        assert name in words
        assert other not in words
        assert words & {"arpeggio", "melody", "sequence", "tune"}


def test_effects_are_told_only_where_they_are_heard() -> None:
    events, wave = drone()
    reverb = Event(7, "effect", "reverb", "fx_reverb", 0.0, SECONDS, given={"mix": 0.8})
    dry = Event(8, "effect", "bitcrusher", "fx_bitcrusher", 0.0, SECONDS, given={"mix": 0.0})
    through = [
        Event(e.node, e.kind, e.name, e.instrument, e.start, e.end, given=e.given, route=(7, 8))
        for e in events
    ]
    _, words, _ = words_of([reverb, dry, *through], wave)
    assert words & {"reverb", "reverberant", "spacious"}
    assert not words & {"bitcrusher", "bitcrushed", "lo-fi", "crunchy"}
    _, without, _ = words_of(events, wave)
    assert not without & {"reverb", "reverberant", "spacious", "echo"}


def test_dynamics_are_heard_in_the_audio() -> None:
    events, wave = drone()
    _, fading, _ = words_of(events, wave * np.exp(-0.3 * TIME))
    _, growing, _ = words_of(events, wave * np.exp(0.3 * (TIME - SECONDS)))
    assert fading & {"fading", "dying", "fade-out"}
    assert growing & {"building", "growing", "build-up"}
    assert not fading & {"building", "growing"}


def test_bells_are_called_bells_and_a_makers_word_is_used() -> None:
    events = notes("pretty_bell", [0.0, 2.0, 4.0, 6.0], 2.0, [84.0, 88.0])
    wave = 0.2 * np.sin(2 * np.pi * hz(84) * TIME) * np.exp(-2 * (TIME % 2.0))
    _, words, _ = words_of(events, wave)
    assert words & {"bells", "chimes"}
    assert words & {"high", "high-pitched"}
    playing = measure_playing(Score(SECONDS, tuple(events)))
    traits = combine(measure_sound(np.zeros((RATE, 2), np.float32), RATE), playing)
    assert any("gamelan" in c for c in write_captions("x", playing, traits, ("gamelan",), 3))


def test_the_same_clip_and_seed_get_the_same_captions() -> None:
    first, second = words_of(*hats())[2], words_of(*hats())[2]
    assert first == second
    assert len(set(first)) == len(first)


def test_a_program_keeps_its_own_tempo() -> None:
    events = tuple(
        Event(i, "synth", "beep", "beep", 0.25 * i, 0.25 * i + 0.2, 0.5 * i, "a") for i in range(9)
    )
    assert program_tempo(Score(4.0, events)) == 120.0
    assert program_tempo(Score(4.0)) is None


def test_the_table_of_words_is_in_order() -> None:
    rows = read_rows()
    assert len({row.trait for row in rows}) == len(rows)
    for row in rows:
        assert row.low < row.high
        assert row.below.adjectives or row.above.adjectives


def test_speed_is_of_strokes_and_of_beats() -> None:
    assert speed(3.0, 120.0) == 0.0
    assert speed(6.0, 120.0) == pytest.approx(0.5)
    assert speed(6.0, 0.0) == pytest.approx(1.0)
