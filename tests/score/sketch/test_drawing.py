from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from tests.score.sketch.stand_in import RATE, Sines, event, score, sine
from trichord.audio.bands import GRID, band_power, fit_frames, log_bands
from trichord.score import Change
from trichord.score.sketch import sketch


def real(wave: np.ndarray, start: float, seconds: float = 4.0) -> np.ndarray:
    """The band power of a wave that starts so late in silence."""
    padded = np.zeros(int(seconds * RATE), np.float32)
    begin = round(start * RATE)
    padded[begin : begin + len(wave)] += wave[: len(padded) - begin]
    return fit_frames(band_power(padded, RATE), GRID.frames(seconds))


def drawn(*events, **options):
    return sketch(score(*events), Sines(), seconds=4.0, **options)


def test_a_held_note_is_the_note() -> None:
    """Against a sine made by hand, transposed from the patch at 60 to 62."""
    power = drawn(event(given={"note": 62.0, "sustain": 1.0}))
    expected = real(sine(62, 1.0), 0.5)
    inside = log_bands(expected) > 60  # not the click at its end
    assert np.abs(log_bands(power) - log_bands(expected))[inside].mean() < 1.5
    assert power.sum() == pytest.approx(expected.sum(), rel=0.05)


@pytest.mark.parametrize("start", [0.5, 0.506, 0.513])
def test_onsets_between_frames_are_kept(start: float) -> None:
    power = drawn(event(start=start, given={"note": 60.0, "sustain": 0.5}))
    expected = real(sine(60, 0.5), start)
    rising = slice(int(start * GRID.frame_rate) - 2, int(start * GRID.frame_rate) + 3)
    assert power.sum(0)[rising] == pytest.approx(expected.sum(0)[rising], abs=0.06)


def test_attack_and_release_shape_the_level() -> None:
    given = {"note": 60.0, "attack": 0.3, "release": 0.8}
    times = np.arange(int(1.1 * RATE)) / RATE
    envelope = np.where(times < 0.3, times / 0.3, 1 - (times - 0.3) / 0.8)
    expected = real(sine(60, 1.1) * envelope, 0.5)
    assert drawn(event(given=given)).sum(0) == pytest.approx(expected.sum(0), abs=0.04)


def test_amplitude_and_place_scale_power() -> None:
    given = {"note": 60.0, "sustain": 1.0}
    middle = drawn(event(given=given)).sum()
    assert drawn(event(given={**given, "amp": 0.5})).sum() == pytest.approx(middle / 4, rel=1e-3)
    assert drawn(event(given={**given, "pan": -1.0})).sum() == pytest.approx(middle / 2, rel=1e-3)


def test_a_note_that_slides_arrives() -> None:
    slide = Change(0.6, "note", 72.0, slide=0.5)
    power = drawn(event(given={"note": 60.0, "sustain": 1.5}, changes=(slide,)))
    pitches = power.argmax(0) + GRID.low
    assert pitches[int(0.55 * GRID.frame_rate)] == 60
    assert abs(int(pitches[int(0.85 * GRID.frame_rate)]) - 66) <= 1
    assert pitches[int(1.5 * GRID.frame_rate)] == 72


def test_events_alike_are_drawn_alike_wherever_they_stand() -> None:
    """One is drawn from scratch, the other from memory: both must be the same."""
    given = {"note": 61.0, "release": 0.3}
    frame = 1 / GRID.frame_rate
    late = 0.5 + 64 * frame
    both = drawn(event(1, given=given), event(2, start=late, given=given))
    first, second = drawn(event(given=given)), drawn(event(start=late, given=given))
    assert both == pytest.approx(first + second, abs=1e-5)


def test_what_is_unknown_is_not_silent() -> None:
    known = drawn(event(given={"note": 60.0, "sustain": 1.0}))
    unknown = drawn(event(name="never_heard_of", given={"note": 60.0, "sustain": 1.0}))
    assert unknown == pytest.approx(known)
    away = event(3, kind="effect", name="no_such_effect", start=0.0, end=4.0)
    assert drawn(away, event(given={"note": 60.0, "sustain": 1.0}, route=(3,))).sum() > 1


def test_samples_are_asked_for_as_they_are_played() -> None:
    patches = Sines()
    given = {"rate": -2.0, "start": 0.75, "finish": 0.25, "amp": 0.5}
    sample = event(kind="sample", name="x", given=given, files={"buf": "x.wav"})
    power = sketch(score(sample), patches, seconds=4.0)
    assert patches.asked == [("x.wav", 2.0, 0.25, 0.75)]
    assert power.sum() > 0
    missing = dataclasses.replace(sample, files={"buf": "missing"})
    assert sketch(score(missing), patches, seconds=4.0).max() == 0


def test_closed_filters_of_a_player_are_open_at_0() -> None:
    """Sonic Pi 3.2 means "none" by 0, later versions by -1."""
    powers = [
        drawn(event(kind="sample", name="x", given={"lpf": lpf}, files={"buf": "x"})).sum()
        for lpf in (-1.0, 0.0, 50.0)
    ]
    assert powers[0] == powers[1] > 10 * powers[2]


def test_bells_die_away_over_their_release() -> None:
    """The patch is stretched, so the second half of a release is softer than the first."""
    long = drawn(event(name="pretty_bell", given={"note": 60.0, "release": 3.0})).sum(0)
    assert long[int(2.0 * GRID.frame_rate)] > 0
    short = drawn(event(name="pretty_bell", given={"note": 60.0, "release": 0.5})).sum(0)
    assert short[int(2.0 * GRID.frame_rate)] == 0


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 3.4e38, -3.4e38, 0.0])
def test_absurd_numbers_give_finite_power(value: float) -> None:
    names = ("note", "amp", "attack", "release", "cutoff", "pan", "rate", "lpf", "start")
    given = dict.fromkeys(names, value)
    moving = (Change(0.6, "note", value, slide=value), Change(0.7, "amp", value))
    events = [
        event(3, kind="effect", name="echo", start=0.0, end=4.0, given={"phase": value}),
        event(4, given=given, route=(3,), changes=moving),
        event(5, kind="sample", name="x", given=given, files={"buf": "x"}),
    ]
    power = drawn(*events)
    assert np.isfinite(power).all()
    assert (power >= 0).all()


def test_an_empty_score_and_late_events_are_silence() -> None:
    assert drawn().max() == 0
    assert drawn(event(start=9.0, given={"note": 60.0})).max() == 0


def test_the_same_score_gives_the_same_sketch() -> None:
    events = [event(n, start=0.1 * n, given={"note": 50.0 + n}) for n in range(10)]
    assert (drawn(*events) == drawn(*events)).all()
