from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trichord.audio.loudness import loudness
from trichord.audio.onset import onset
from trichord.audio.pitch import cents_from, midi_to_hz
from trichord.instrument.debug import DebugPlayer
from trichord.instrument.finish import finish
from trichord.instrument.finish.level import level_gains, peak_gain
from trichord.instrument.finish.prepare import prepare, remove_offset
from trichord.instrument.finish.sustain import fade_out, fall_of, is_sustained, loop_note
from trichord.instrument.generator import NoteRequest
from trichord.instrument.plan import make_plan

RATE = 44100


@pytest.mark.parametrize("sustained", [False, True])
@pytest.mark.parametrize("pitch", [21, 45, 60, 84, 108])
def test_a_prepared_note_starts_at_once_in_tune_and_without_offset(pitch, sustained):
    player = DebugPlayer(sustained=sustained, cents=40.0, dc=0.03, lead=0.1)
    raw = player.play([NoteRequest(pitch, 90, 1.5)], 3)[0]
    note = prepare(raw, RATE, pitch)
    assert abs(cents_from(note.wave, RATE, pitch).cents) <= 2.0
    assert abs(note.tuning.cents) <= 2.0
    assert onset(note.wave, RATE) / RATE < 0.01
    assert abs(float(note.wave.mean())) < 1e-3
    assert note.loudness == pytest.approx(loudness(note.wave, RATE))


def test_noise_is_not_tuned():
    noise = 0.1 * np.random.default_rng(0).normal(size=RATE).astype(np.float32)
    assert prepare(noise, RATE, 60).tuned_by == 0.0


def test_the_offset_filter_leaves_the_lowest_note():
    time = np.arange(2 * RATE) / RATE
    wave = (0.3 * np.sin(2 * np.pi * midi_to_hz(21) * time) + 0.2).astype(np.float32)
    clean = remove_offset(wave, RATE)
    assert abs(clean[RATE // 2 : -RATE // 2].mean()) < 1e-3
    assert np.abs(clean[RATE // 2 : -RATE // 2]).max() == pytest.approx(0.3, rel=0.05)
    assert remove_offset(np.zeros(0, np.float32), RATE).size == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 30), st.integers(1, 6), st.integers(0, 1000), st.floats(0, 12))
def test_levelled_layers_rise_and_neighbours_match(pitches, layers, seed, spread):
    rng = np.random.default_rng(seed)
    heard = -30 + rng.uniform(-spread, spread, size=(pitches, layers)) + 4.0 * np.arange(layers)
    level = heard + level_gains(heard)
    steps = np.diff(level, axis=1)
    assert (steps >= 2.0).all()
    assert (steps <= 12.0).all()
    if layers > 1:
        assert (level[:, -1] - level[:, 0] >= 6.0).all()
    assert (np.abs(np.diff(level, axis=0)) <= 3.0).all()


def test_silent_notes_do_not_disturb_the_others():
    heard = np.tile([-30.0, -25.0, -20.0], (6, 1))
    heard[2, 1] = -120.0
    gains = level_gains(heard)
    assert np.isfinite(gains).all()
    assert gains[2, 1] == 0.0
    assert np.abs(gains).max() < 3.0
    assert np.isfinite(level_gains(np.full((3, 3), -120.0))).all()


def test_one_gain_puts_the_highest_peak_at_minus_one():
    waves = [np.array([0.1, -0.4], np.float32), np.array([0.2], np.float32)]
    assert 0.4 * peak_gain(waves) == pytest.approx(10 ** (-1 / 20))
    assert peak_gain([np.zeros(3, np.float32)]) == 1.0


def test_held_and_dying_sounds_are_told_apart():
    requests = [NoteRequest(pitch, 90, 2.0) for pitch in (40, 60, 80)]
    assert is_sustained(DebugPlayer(sustained=True).play(requests, 0), RATE)
    assert not is_sustained(DebugPlayer().play(requests, 0), RATE)
    click = np.zeros(RATE, np.float32)
    click[:20] = 0.5
    assert fall_of(click, RATE) < -50


def test_a_fade_ends_in_silence_and_keeps_the_attack():
    raw = DebugPlayer(dc=0.0, lead=0.0).play([NoteRequest(50, 90, 2.0)], 0)[0]
    faded = fade_out(raw, RATE)
    assert abs(faded[-1]) < 1e-5
    assert np.array_equal(faded[-RATE // 100 :], np.zeros(RATE // 100, np.float32))
    np.testing.assert_array_equal(faded[: RATE // 2], raw[: RATE // 2])


@pytest.mark.parametrize("pitch", [24, 60, 96])
@pytest.mark.parametrize("slope", [-3.0, 0.0, 2.0])
def test_a_looped_note_holds_level_and_pitch(pitch, slope):
    raw = DebugPlayer(sustained=True, cents=0, dc=0, vibrato_cents=5).play(
        [NoteRequest(pitch, 90, 3.0)], 0
    )[0]
    raw = raw * (10 ** (slope * np.arange(raw.size) / RATE / 20)).astype(np.float32)
    wave, loop = loop_note(raw, RATE, pitch)
    assert loop is not None
    assert wave.size > loop.end_inclusive
    body = wave[loop.start : loop.end_inclusive + 1]
    half = body.size // 2
    assert loudness(body[:half], RATE) == pytest.approx(loudness(body[half:], RATE), abs=1.5)
    assert abs(cents_from(np.tile(body, 4), RATE, pitch).cents) < 2.0


def test_a_short_note_gets_no_loop():
    raw = DebugPlayer(sustained=True).play([NoteRequest(60, 90, 0.4)], 0)[0]
    wave, loop = loop_note(raw, RATE, 60)
    assert loop is None
    assert wave is raw


def test_a_click_is_faded_and_ends_in_silence():
    time = np.arange(int(0.04 * RATE)) / RATE
    click = (0.5 * np.sin(2 * np.pi * 4186.0 * time)).astype(np.float32)
    faded = fade_out(click, RATE)
    assert not faded[-RATE // 100 :].any()
    assert np.abs(np.diff(faded[click.size - 20 :])).max() < 0.02


def test_short_notes_are_levelled_as_a_player_sounds_them():
    """A note of a tenth of a second is followed by silence; alone it would seem 6 dB louder."""
    plan = make_plan(keys="C4-C5", every=3, layers=1)
    time = np.arange(RATE) / RATE
    notes = {}
    for index, zone in enumerate(plan.zones):
        wave = 0.3 * np.sin(2 * np.pi * midi_to_hz(zone.pitch) * time) * np.exp(-5.0 * time)
        notes[zone] = prepare(
            wave[: RATE // 10 if index % 2 else RATE].astype(np.float32), RATE, zone.pitch
        )
    finished = finish(plan, notes, RATE).zones
    heard = [loudness(np.pad(zone.wave, (0, RATE)), RATE) for zone in finished]
    assert len(heard) >= 4
    assert np.abs(np.diff(heard)).max() < 2.5
    assert [zone.loudness for zone in finished] == pytest.approx(heard, abs=0.2)
