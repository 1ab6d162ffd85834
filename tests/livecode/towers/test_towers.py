"""What every tower promises, and the towers that need no trained space."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from trichord.audio.bands import picture
from trichord.errors import InputError
from trichord.livecode.code_tower import debug_code_tower, load_code_tower
from trichord.livecode.sonicpi.patches import SonicPiPatches
from trichord.livecode.sonicpi.pool import RuntimePool
from trichord.livecode.sonicpi.render import SAMPLE_RATE, Renderer
from trichord.livecode.towers import TOWERS, Tower, load_tower
from trichord.livecode.towers.code import CodeTower
from trichord.livecode.towers.score import ScoreTower
from trichord.progress import Progress
from trichord.space.clips import debug_clip_space
from trichord.space.refiner import load_refiner

LOW, HIGH = (f"use_synth :beep\nplay {note}\nsleep 1\n" * 3 for note in (40, 80))
SILENT = "sleep 1"
REFUSED = "system 'ls'"
BROKEN = "play )("
MIDWAY = "play 60\nsleep 1\nplay :nonsense\nsleep 1\nplay 70"
SPACE = debug_clip_space()


@pytest.fixture(scope="session")
def patches(tmp_path_factory: pytest.TempPathFactory) -> SonicPiPatches:
    """Made once for all tests, outside of the user's cache."""
    return SonicPiPatches(tmp_path_factory.mktemp("patches"))


@pytest.fixture(params=["debug", "code", "score", "audio"])
def tower(request: pytest.FixtureRequest) -> Tower:
    if request.param == "code":
        return CodeTower(SPACE, load_code_tower("debug"))
    if request.param == "score":
        scores = Renderer(score_only=True, pool=request.getfixturevalue("pool"))
        made = request.getfixturevalue("patches")
        return ScoreTower(SPACE, load_refiner("debug"), made, scores)
    renderer = request.getfixturevalue("renderer") if request.param == "audio" else None
    return load_tower(request.param, SPACE, renderer)


def test_unit_vectors_and_pictures_in_the_order_of_the_programs(tower: Tower) -> None:
    readings = tower.embed([LOW, HIGH, LOW])
    assert readings.vectors.shape == (3, 128)
    assert readings.vectors.norm(dim=1) == pytest.approx([1, 1, 1], abs=1e-4)
    assert torch.allclose(readings.vectors[0], readings.vectors[2], atol=1e-5)
    assert not torch.allclose(readings.vectors[0], readings.vectors[1], atol=1e-5)
    assert readings.problems == (None, None, None)
    low, high, _ = readings.pictures
    assert low is not None
    assert high is not None
    assert low.shape[0] == high.shape[0] == 108
    if tower.name != "code":  # which has learned nothing here
        assert low.mean(axis=1).argmax() < high.mean(axis=1).argmax()


def test_what_cannot_be_read_is_told_beside_it(tower: Tower) -> None:
    readings = tower.embed([REFUSED, LOW, BROKEN, SILENT, ""])
    assert [picture is None for picture in readings.pictures] == [True, False, True, True, True]
    problems = [problem or "" for problem in readings.problems]
    assert "system" in problems[0]
    assert "line 1" in problems[2]
    assert "no sound" in problems[3] or "nothing that it plays" in problems[3]
    assert "empty" in problems[4]
    assert not readings.vectors[[0, 2, 3, 4]].any()
    assert all("\n" not in problem for problem in problems)


def test_no_programs_give_no_readings(tower: Tower) -> None:
    assert tower.embed([]).vectors.shape == (0, 128)


def test_a_program_that_fails_midway_is_taken_by_what_it_played(renderer: Renderer) -> None:
    readings = load_tower("audio", SPACE, renderer).embed([MIDWAY])
    assert readings.pictures[0] is not None
    assert "line 3" in (readings.problems[0] or "")
    assert "until then" in (readings.problems[0] or "")


def test_a_program_that_fails_before_it_plays_says_so(renderer: Renderer) -> None:
    readings = load_tower("audio", SPACE, renderer).embed(["loop do\nend\n"])
    assert readings.pictures[0] is None
    assert "had played nothing" in (readings.problems[0] or "")


def test_the_audio_tower_hears_the_render_and_knows_its_events(renderer: Renderer) -> None:
    readings = load_tower("audio", SPACE, renderer).embed([LOW])
    render = renderer.render(LOW)
    assert render.audio is not None
    assert readings.pictures[0] is not None
    assert (readings.pictures[0] == picture(render.audio.mean(axis=0), SAMPLE_RATE)).all()
    assert readings.strokes[0] is not None
    assert readings.strokes[0].starts.tolist() == [0, 1, 2]
    assert readings.strokes[0].notes.tolist() == [40, 40, 40]


def test_the_score_tower_knows_the_events(pool: RuntimePool, patches: SonicPiPatches) -> None:
    with ScoreTower(SPACE, None, patches, Renderer(score_only=True, pool=pool)) as tower:
        readings = tower.embed([MIDWAY, LOW])
    assert "until then" in (readings.problems[0] or "")
    assert readings.strokes[0] is not None
    assert readings.strokes[1] is not None
    assert readings.strokes[0].starts.tolist() == [0]
    assert readings.strokes[1].starts.tolist() == [0, 1, 2]


def test_patches_that_are_made_first_are_told_of(
    tmp_path: Path, pool: RuntimePool, capsys: pytest.CaptureFixture[str]
) -> None:
    patches = SonicPiPatches(tmp_path, progress=Progress("json"))
    with ScoreTower(SPACE, None, patches, Renderer(score_only=True, pool=pool)) as tower:
        assert tower.embed([LOW]).pictures[0] is not None
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["task"], told["done"], told["total"]) == ("patches", 1, 1)


def test_a_search_may_read_what_may_not_run() -> None:
    code = "osc '/x', 1\nplay 60\nsleep 1"
    reader = load_code_tower("debug")
    assert CodeTower(SPACE, reader).embed([code]).pictures[0] is None
    assert CodeTower(SPACE, reader, guarded=False).embed([code, "play )("]).problems[0] is None


def test_strokes_are_read_off_the_text() -> None:
    strokes = CodeTower(SPACE, load_code_tower("debug")).embed([LOW]).strokes[0]
    assert strokes is not None
    assert sorted(strokes.starts.tolist()) == [0, 1, 2]


def test_other_weights_have_another_fingerprint() -> None:
    reader, other = load_code_tower("debug"), debug_code_tower(1)
    same = CodeTower(SPACE, load_code_tower("debug"), guarded=False)
    assert CodeTower(SPACE, reader).fingerprint() == same.fingerprint()
    assert CodeTower(SPACE, other).fingerprint() != same.fingerprint()


def test_an_unknown_tower_is_refused() -> None:
    with pytest.raises(InputError, match="known are code, score, audio"):
        load_tower("babel")
    assert set(TOWERS) == {"code", "score", "audio", "debug"}
