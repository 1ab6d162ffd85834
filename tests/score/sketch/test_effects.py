from __future__ import annotations

import numpy as np
import pytest

from tests.score.sketch.stand_in import Sines, event, score
from trichord.audio.bands import GRID
from trichord.score.sketch import sketch
from trichord.score.sketch.effects import EFFECTS

FPS = GRID.frame_rate


def through(name: str, note: float = 60.0, sustain: float = 0.2, **given: float) -> np.ndarray:
    """A note of 0.2 s at 0.5 s through one effect."""
    stage = event(3, kind="effect", name=name, start=0.0, end=4.0, given=given)
    played = event(4, given={"note": note, "sustain": sustain}, route=(3,))
    return sketch(score(stage, played), Sines(), seconds=4.0)


DRY = through("level")


@pytest.mark.parametrize("name", sorted(EFFECTS))
@pytest.mark.parametrize("mix", [0.0, 0.5, 1.0])
def test_every_effect_gives_power(name: str, mix: float) -> None:
    power = through(name, mix=mix)
    assert power.shape == DRY.shape
    assert np.isfinite(power).all()
    assert power.sum() > 0
    if mix == 0:
        assert power == pytest.approx(DRY)


def test_echoes_come_back_at_their_time_and_fall_as_told() -> None:
    power = through("echo", phase=0.5, decay=1.0, mix=1.0).sum(0)
    at = [power[int(seconds * FPS)] for seconds in (0.6, 1.1, 1.6, 2.1)]
    assert at[1] == pytest.approx(at[0], rel=0.1)  # the first repetition is as loud
    assert 10 * np.log10(at[2] / at[1]) == pytest.approx(-30, abs=1)  # 60 dB in a second
    assert 10 * np.log10(at[3] / at[2]) == pytest.approx(-30, abs=1)


def test_reverberation_decays_at_the_rate_of_its_room() -> None:
    """FreeVerb's combs lose 20 log10(0.7 + 0.28 room) dB in 31 ms."""
    power = through("reverb", room=0.6, mix=1.0).sum(0)
    fall = 10 * np.log10(power[int(1.8 * FPS)] / power[int(1.2 * FPS)])
    per_second = 20 * np.log10(0.7 + 0.28 * 0.6) / 0.0313
    assert fall / (int(1.8 * FPS) - int(1.2 * FPS)) * FPS == pytest.approx(per_second, rel=0.15)
    larger = through("reverb", room=0.95, mix=1.0).sum(0)
    assert larger[int(2.5 * FPS)] > 100 * power[int(2.5 * FPS)]


def test_gverb_falls_by_60_db_in_its_release() -> None:
    power = through("gverb", release=1.5, damp=0.0, mix=1.0).sum(0)
    fall = 10 * np.log10(power[int(2.5 * FPS)] / power[int(1.5 * FPS)])
    assert fall == pytest.approx(-40, abs=2)


def test_a_slicer_cuts_half_of_the_time() -> None:
    sliced = through("slicer", sustain=2.0, phase=0.5)
    whole = through("level", sustain=2.0)
    assert sliced.sum() == pytest.approx(whole.sum() / 2, rel=0.05)
    level = sliced.sum(0)[int(0.6 * FPS) : int(2.4 * FPS)]
    assert level.max() > 100 * max(level.min(), 1e-9)


def test_filters_pass_what_they_should() -> None:
    low, high = through("lpf", note=96, cutoff=60.0), through("hpf", note=36, cutoff=84.0)
    assert low.sum() < 0.001 * through("level", note=96).sum()
    assert high.sum() < 0.001 * through("level", note=36).sum()
    assert through("lpf", cutoff=110.0).sum() == pytest.approx(DRY.sum(), rel=0.02)
    resonant = through("rlpf", note=60, cutoff=60.0, res=0.9)
    assert resonant.sum() == pytest.approx(100 * DRY.sum(), rel=0.5)


def test_a_normaliser_makes_soft_and_loud_alike() -> None:
    soft, loud = (through("normaliser", amp=1.0, pre_amp=amp) for amp in (0.05, 2.0))
    middle = int(0.6 * FPS)
    assert soft.sum(0)[middle] == pytest.approx(loud.sum(0)[middle], rel=0.01)
    assert loud.sum(0)[middle] == pytest.approx(1.0, rel=0.05)


def test_pitch_shift_moves_the_pitch() -> None:
    middle = int(0.6 * FPS)
    assert through("pitch_shift", pitch=7.0)[:, middle].argmax() + GRID.low == 67


def test_bent_amplitudes_add_partials() -> None:
    middle = int(0.6 * FPS)
    bent = through("tanh", krunch=50.0, mix=1.0)[:, middle]
    twelfth = 60 + 19 - GRID.low
    assert bent[twelfth] / bent[60 - GRID.low] == pytest.approx(1 / 9, rel=0.3)
    assert DRY[twelfth, middle] < 1e-4


def test_effects_act_in_the_order_of_the_route() -> None:
    """An echo behind a level of nothing is silent, wherever it was started."""
    outer = event(3, kind="effect", name="level", start=0.0, end=4.0, given={"amp": 0.0})
    inner = event(5, kind="effect", name="echo", start=0.0, end=4.0, route=(3,))
    played = event(6, given={"note": 60.0}, route=(5, 3))
    assert sketch(score(outer, inner, played), Sines(), seconds=4.0).max() == 0


def test_the_master_limits() -> None:
    mixer = event(3, kind="mixer", name="mixer", start=0.0, end=4.0)
    loud = event(4, given={"note": 60.0, "sustain": 1.0, "amp": 30.0}, route=(3,))
    peak = sketch(score(mixer, loud), Sines(), seconds=4.0).sum(0).max()
    assert peak == pytest.approx(0.98, abs=0.02)
