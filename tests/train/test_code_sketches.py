"""The tower's own programs: listed, played by the real runtime, sketched, loaded."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from trichord.errors import InputError
from trichord.livecode.compose import compose_many
from trichord.livecode.sonicpi import Renderer
from trichord.livecode.tree import parse
from trichord.score import Event, Score, pack
from trichord.train import code_scores, code_sketches
from trichord.train.code_programs import EDITS, FAMILY_EVERY, Taught, programs
from trichord.train.code_scores import ScoresOptions, build_scores, read_shard, shard_path
from trichord.train.code_sketches import load_sketches, unlike


def test_the_list_has_families_of_edits_among_single_programs() -> None:
    listed = list(islice(programs(seed=5), FAMILY_EVERY + EDITS + 2))
    sizes = [sum(each.family == family for each in listed) for family in range(listed[-1].family)]
    assert sizes[0] == 1 + EDITS
    assert sizes[1:FAMILY_EVERY] == [1] * (FAMILY_EVERY - 1)
    assert len({each.code for each in listed}) == len(listed)
    assert not any(parse(each.code).faults for each in listed)
    assert listed[:6] == list(islice(programs(seed=5), 6))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scores")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(code_scores, "SHARD", 3)
        build_scores(ScoresOptions(folder, shards=2, seconds=2.0))
    return folder


def test_scores_are_kept_with_their_programs(played: Path) -> None:
    taught, scores = read_shard(shard_path(played, 0))
    assert 1 <= len(taught) == len(scores) <= 3
    with Renderer(1, score_only=True) as renderer:
        again = renderer.render(taught[0].code, seconds=2.0).score
    assert [e.start for e in scores[0].events] == [e.start for e in again.events]


def test_a_shard_that_is_there_stays(played: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = shard_path(played, 1).stat().st_mtime_ns
    monkeypatch.setattr(code_scores, "SHARD", 3)
    build_scores(ScoresOptions(played, shards=2, seconds=2.0))
    assert shard_path(played, 1).stat().st_mtime_ns == written
    with pytest.raises(InputError, match="other programs"):
        build_scores(ScoresOptions(played, shards=1, seconds=2.0, seed=9))


def test_a_broken_shard_is_named(tmp_path: Path) -> None:
    (tmp_path / "scores-00000.npz").write_bytes(b"no")
    with pytest.raises(InputError, match="build again"):
        read_shard(tmp_path / "scores-00000.npz")


def test_settings_cut_short_are_told(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"seed": 1,')
    with pytest.raises(InputError, match=r"config\.json: not JSON, or cut short"):
        build_scores(ScoresOptions(out=tmp_path, shards=1))


def test_sketches_stand_in_the_order_of_their_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def picture(score: Score, _: object) -> torch.Tensor:
        return torch.full((108, 194), len(score.events), dtype=torch.uint8)

    scores = [
        Score(2.0, tuple(Event(n, "synth", "beep", "b", 0, 1) for n in range(k))) for k in (1, 2)
    ]
    taught = [Taught(0, "play 1"), Taught(1, "play 2")]
    with shard_path(tmp_path, 0).open("wb") as file:
        np.savez_compressed(file, **pack(scores), programs=code_scores.as_bytes(taught))
    monkeypatch.setattr(code_sketches, "Patching", nullcontext)
    monkeypatch.setattr(code_sketches, "_picture", picture)
    shards = code_sketches.build_sketches([shard_path(tmp_path, 0)], tmp_path / "s", workers=1)
    found, pictures = load_sketches(shards)
    assert found == taught
    assert pictures[:, 0, 0].tolist() == [1, 2]


def test_what_is_nearly_held_out_is_left_out() -> None:
    codes = [program.code for program in compose_many(4, seed=3)]
    near = codes[1].replace("play", "play ", 1)
    taught = [
        Taught(0, codes[0]),
        Taught(1, near),
        Taught(1, near + "\nplay 60"),
        Taught(2, codes[2]),
    ]
    assert list(unlike(taught, [codes[1], codes[3]])) == [0, 3]
