"""Curves, filters, shifts, waves and the thumbnail, each against a formula of its own."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from scipy import signal

from tests.score.sketch.stand_in import event, score
from trichord.score import Change
from trichord.score.sketch import filters, png
from trichord.score.sketch.envelopes import Envelope, read
from trichord.score.sketch.shifts import transposed, transposed_over
from trichord.score.sketch.timeline import Timeline
from trichord.score.sketch.tracks import Parameters, moved, segment
from trichord.score.sketch.waves import control_wave, lagged

LINE = Timeline()
X = np.linspace(0, 1, 11)


@pytest.mark.parametrize(
    ("shape", "middle"), [(1, 0.5), (3, 0.5), (4, np.sin(np.pi / 4)), (6, 0.25), (7, 0.125)]
)
def test_envelope_shapes_pass_their_middle(shape: int, middle: float) -> None:
    values = segment(X, 0.0, 1.0, shape, 0.0)
    assert (values[0], values[-1]) == pytest.approx((0, 1), abs=1e-9)
    assert values[5] == pytest.approx(middle)


def test_bent_and_exponential_segments() -> None:
    assert segment(X, 1.0, 100.0, 2, 0.0)[5] == pytest.approx(10.0)
    expected = 1 - (1 - np.exp(1)) / (1 - np.exp(2))  # SuperCollider's formula for curve 2
    assert segment(X, 1.0, 0.0, 5, 2.0)[5] == pytest.approx(expected)


def test_a_slide_that_is_cut_short_goes_on_from_where_it_was() -> None:
    changes = [Change(0.0, "amp", 1.0, slide=1.0), Change(0.5, "amp", 0.0, slide=1.0)]
    values = moved(0.0, changes, np.array([0.0, 0.25, 0.5, 1.0, 1.5, 2.0]), 0.0)
    assert values == pytest.approx([0, 0.25, 0.5, 0.25, 0, 0])


def test_sonic_pis_envelope_defaults() -> None:
    parameters = Parameters(score(), event(given={"attack": 0.1, "decay": 0.2, "release": 0.5}))
    given = {"attack": 0.1, "sustain": -1.0, "release": 0.5, "sustain_level": 0.4}
    held = Parameters(score(), event(given=given))
    assert read(parameters).seconds == pytest.approx(0.8)
    filled = read(held, rest=2.0)
    assert filled.stages == pytest.approx((0.1, 0.0, 1.4, 0.5))
    assert filled.levels == (0.0, 1.0, 0.4, 0.4, 0.0)
    assert filled.at(np.array([-0.1, 0.05, 1.0, 1.75, 3.0])) == pytest.approx([0, 0.5, 0.4, 0.2, 0])


def test_a_stage_without_length_is_a_jump() -> None:
    envelope = Envelope((0.0, 0.0, 1.0, 0.0), (0.0, 1.0, 1.0, 1.0, 0.0))
    assert envelope.at(np.array([-0.001, 0.001, 0.999, 1.001])) == pytest.approx([0, 1, 1, 0])


def response(b: list[float], a: list[float]) -> np.ndarray:
    _, h = signal.freqz(b, a, worN=LINE.omega.astype(float))
    return np.abs(h) ** 2


@pytest.mark.parametrize("note", [50.0, 84.0, 110.0])
def test_low_and_high_pass_are_butterworths(note: float) -> None:
    hertz = 440 * 2 ** ((note - 69) / 12)
    for kind, ours in (("low", filters.low_pass), ("high", filters.high_pass)):
        b, a = signal.butter(2, hertz, kind, fs=filters.RATE)
        assert ours(LINE.omega, note) == pytest.approx(response(b, a), rel=1e-2, abs=1e-5)


@pytest.mark.parametrize("rq", [0.05, 0.3, 1.0])
def test_resonant_filters_are_their_recursion(rq: float) -> None:
    """y = a0 x + b1 y1 + b2 y2, then y + 2 y1 + y2 (low) or y - 2 y1 + y2 (high)."""
    centre = 2 * np.pi * 440 / filters.RATE
    d = np.tan(centre * rq / 2)
    c = (1 - d) / (1 + d)
    b1, b2 = (1 + c) * np.cos(centre), -c
    for sign, ours in ((1, filters.resonant_low_pass), (-1, filters.resonant_high_pass)):
        a0 = (1 + c - sign * b1) / 4
        expected = response([a0, sign * 2 * a0, a0], [1, -b1, -b2])
        assert ours(LINE.omega, 69.0, rq) == pytest.approx(expected, rel=2e-2, abs=1e-5)


def test_moving_filters_have_a_row_for_each_frame() -> None:
    notes = np.array([40.0, 80.0, 120.0])
    rows = filters.low_pass(LINE.omega, notes)
    assert rows.shape == (3, 108)
    assert rows[1] == pytest.approx(filters.low_pass(LINE.omega, 80.0))


def test_shifts_move_and_lose_nothing_inside() -> None:
    power = np.random.default_rng(0).random((4, 108)).astype(np.float32)
    power[:, :20] = power[:, -20:] = 0
    assert transposed(power, 5.0) == pytest.approx(np.roll(power, 5, 1))
    assert transposed(power, -2.5).sum() == pytest.approx(power.sum(), rel=1e-5)
    assert transposed(power, 200.0).max() == 0
    each = transposed_over(power, np.array([5.0, 5.0, -2.5, 0.0], np.float32))
    assert each[:2] == pytest.approx(transposed(power, 5.0)[:2])
    assert each[2] == pytest.approx(transposed(power, -2.5)[2])
    assert each[3] == pytest.approx(power[3])


def test_waves_begin_at_their_top_and_are_turned_round() -> None:
    times = np.array([0.0, 0.1, 0.3])
    for wave, second in ((0, 0.2), (1, 1.0), (2, -0.6), (3, np.cos(0.8 * np.pi))):
        parameters = Parameters(score(), event(given={"phase": 0.25, "wave": float(wave)}))
        drawn = control_wave(parameters, times, phase=1.0, kind=1)
        assert drawn[:2] == pytest.approx([1.0, second])
    turned = Parameters(score(), event(given={"invert_wave": 1.0}))
    assert control_wave(turned, times, phase=0.25, kind=1)[0] == -1


def test_a_lagged_step_arrives_after_its_time() -> None:
    step = np.concatenate([np.zeros(10), np.ones(100)])
    slow = lagged(step, 0.01, 0.5, 0.0)
    assert slow[10 + 50] == pytest.approx(0.999, abs=2e-4)
    assert (lagged(step, 0.01, 0.0, 0.0) == step).all()


def test_windows_keep_the_mean_power() -> None:
    fine = np.ones(8 * (20 + 8))
    assert LINE.smooth(fine) == pytest.approx(np.ones(20), abs=1e-6)


def test_thumbnail_is_a_png_of_the_right_size() -> None:
    image = png(np.full((108, 194), 40.0, np.float32), scale=2)
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", image[16:24]) == (388, 216)
    size = struct.unpack(">I", image[33:37])[0]
    lines = np.frombuffer(zlib.decompress(image[41 : 41 + size]), np.uint8)
    assert lines.size == 216 * (1 + 388 * 3)
    silent = png(np.zeros((4, 4), np.float32), scale=1)
    assert silent != png(np.full((4, 4), 80.0, np.float32), scale=1)
