"""The benchmarks run, and take their figures as they say."""

from __future__ import annotations

import pytest

from benchmarks import choose, generator, lm, programs, scaling
from benchmarks.timing import Figure, best_seconds
from trichord.livecode.towers import load_tower
from trichord.lm import LMConfig


def test_works_take_turns_and_the_first_round_is_not_timed() -> None:
    calls: list[str] = []
    best = best_seconds([lambda: calls.append("a"), lambda: calls.append("b")], rounds=2)
    assert calls == ["a", "b"] * 3
    assert all(0 <= seconds < 1 for seconds in best)


def test_a_ratio_above_one_is_faster_than_the_peer() -> None:
    assert Figure("x", 30.0, "y", 10.0, "notes/s").ratio == 3.0


def test_generation_is_measured_beside_its_peers() -> None:
    names = [figure.name for figure in lm.figures(LMConfig.debug(), rounds=1)]
    assert [name.partition(",")[0] for name in names] == [
        "generation",
        "multiplications in generation",
    ]


def test_programs_are_measured_beside_bare_scsynth() -> None:
    names = [figure.name for figure in programs.figures(rounds=1, examples=1)]
    assert names == ["render of programs", "events of programs"]


def test_ranking_and_searching_are_measured_beside_their_bounds() -> None:
    tower = load_tower("debug")
    names = [choose.ranking(tower, 0.05, rounds=1).name]
    names += [figure.name for figure in choose.folder(tower.space, tower, rounds=1, files=20)]
    names.append(choose.million(rounds=1, count=100).name)
    assert names == [
        "10 candidates by the debug tower",
        "index of new files",
        "query over 20 files",
        "query over 100 vectors",
    ]


def test_composed_programs_are_counted_and_heard(capsys: pytest.CaptureFixture[str]) -> None:
    generator.diversity(4, seed=1)
    generator.sound(1, seed=1)
    said = capsys.readouterr().out
    assert "distinct shapes of programs: 4" in said
    assert "1 programs rendered: 0 with errors, 0 silent, 0 clipped" in said


def test_the_work_of_a_step_is_counted() -> None:
    config = LMConfig.debug(dim=64, heads=2)
    step = scaling.count(config, rows=4, frames=20, timed=True)
    K, C, S = config.num_codebooks, config.cardinality, 20 + config.num_codebooks - 1
    assert step.positions == 4 * S
    # Twice forward for a product and four times backward: 6 a weight and position, 12 · S · dim a
    # layer for attention.
    weights = config.layers * 12 * config.dim**2 + K * C * config.dim
    expected = 6 * weights + config.layers * 12 * S * config.dim
    assert 0.8 * expected <= step.per_position <= 1.2 * expected
    assert step.kept_bytes > 0
    assert step.seconds is not None


def test_costs_by_hand() -> None:
    assert scaling.gpu_hours(3600 * 1e12, 2e12, 0.5) == 1.0
    assert scaling.memory_bytes(10, shares=2) == 100
    corpus = scaling.Corpus("some", items=2, frames=10, codebooks=3, audio_bytes=5)
    assert (corpus.positions, corpus.token_bytes) == (2 * 12, 2 * (60 + 270))
