from __future__ import annotations

from pathlib import Path

import pytest
import torch

from trichord.errors import InputError
from trichord.livecode.code_strokes import COLUMN, COLUMNS, LATENCY, adsr, courses, gate, onsets
from trichord.livecode.code_tower import CodeTower, load_code_tower
from trichord.livecode.reader import read
from trichord.livecode.reader.batch import collate

LONG = "".join(f"play {50 + at % 20}\nsleep 0.25\n" for at in range(60))


@pytest.fixture(scope="module")
def tower() -> CodeTower:
    return load_code_tower("debug")


def test_vectors_are_unit_and_pictures_are_level(tower: CodeTower) -> None:
    vectors, pictures = tower.both(["play 60", "", "((("])
    assert vectors.shape == (3, 128)
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(3))
    assert pictures.shape == (3, 108, 194)
    assert pictures.isfinite().all()
    assert (pictures >= 0).all()


def test_a_program_is_read_alike_alone_and_among_others(tower: CodeTower) -> None:
    programs = [LONG, "play 60", "sample :bd_haus\nsleep 1\n" * 4, ""]
    together = tower.both(programs)
    for at, program in enumerate(programs):
        alone = tower.both([program])
        torch.testing.assert_close(alone[0][0], together[0][at], atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(alone[1][0], together[1][at], atol=1e-3, rtol=1e-4)


def test_the_whole_program_is_read(tower: CodeTower) -> None:
    """Past the 128 tokens that sentence encoders of code stop at."""
    assert len(LONG.split()) > 200
    first, last = tower.embed([LONG + "play 60", LONG + "play 90"])
    assert (first - last).abs().max() > 1e-4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("play 60", "play 61"),
        ("play 60, amp: 0.5", "play 60, amp: 1"),
        ("play 60, release: 1", "play 60, release: 4"),
        ("2.times { play 60; sleep 1 }", "2.times { play 60; sleep 2 }"),
        ("with_fx :lpf, cutoff: 60 do\nplay 60\nend", "with_fx :lpf, cutoff: 90 do\nplay 60\nend"),
    ],
)
def test_numbers_are_heard(tower: CodeTower, one: str, other: str) -> None:
    first, second = tower.pictures([one, other])
    assert (first - second).abs().max() > 1e-3


def test_spelling_is_not_heard(tower: CodeTower) -> None:
    first, second = tower.embed(
        ["play :c4, amp: 0.5 # low", "n = 30 * 2\nplay(n, :amp => 1 / 2.0)"]
    )
    torch.testing.assert_close(first, second)


def test_a_tower_is_saved_and_loaded(tower: CodeTower, tmp_path: Path) -> None:
    tower.save(tmp_path)
    torch.testing.assert_close(load_code_tower(tmp_path).embed([LONG]), tower.embed([LONG]))
    (tmp_path / "model.safetensors").write_bytes(b"altered")
    with pytest.raises(InputError):
        load_code_tower(tmp_path)


def test_power_is_struck_where_the_program_says() -> None:
    batch = collate([read("sleep 2\nplay 60, amp: 3")])
    power = onsets(batch)[0]
    place = (2 + LATENCY) / COLUMN
    assert power.sum() == pytest.approx(9.0)
    assert float((power * torch.arange(COLUMNS)).sum() / power.sum()) == pytest.approx(place)


def test_envelopes_rise_hold_and_fall() -> None:
    attack, sustain, release = 1.0, 2.0, 1.0
    power = adsr(torch.tensor([[attack, 0.0, sustain, release, 4.0, 1.0]]))[0]
    times = (torch.arange(COLUMNS) + 0.5) * COLUMN
    level = torch.minimum(times, torch.minimum(torch.ones(()), 4.0 - times)).clamp(0, 1)
    # Means of columns differ from their middles where a line bends.
    torch.testing.assert_close(power[1:], level[1:].square(), atol=1e-2, rtol=0)
    assert power.sum() * COLUMN == pytest.approx(1 / 3 + 2 + 1 / 3, rel=0.02)


def test_echoes_come_at_their_time_and_fade() -> None:
    code = "with_fx :echo, phase: 0.5, decay: 2 do\n play 60, release: 0.05\nend"
    echoed = courses(collate([read(code)]))[0, -1]
    peaks = [float(echoed[round((0.5 * n + LATENCY) / COLUMN)]) for n in (1, 2, 3)]
    assert peaks[0] > peaks[1] > peaks[2] > 0
    assert float(echoed[: round(0.3 / COLUMN)].max()) < 1e-3 * peaks[0]


def test_a_slicer_opens_and_shuts() -> None:
    code = "with_fx :slicer, phase: 2 do\n play 60, sustain: 8\nend"
    through = gate(collate([read(code)]).gates)[0]
    open_, shut = round(0.5 / COLUMN), round(1.5 / COLUMN)
    assert through[open_] == pytest.approx(1.0)
    assert through[shut] == pytest.approx(0.0, abs=1e-6)
    assert (gate(torch.zeros(1, 6)) == 1).all()
