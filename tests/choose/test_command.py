"""`trichord rank` from its options to its lines, with the tower and the space that need nothing."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.choose.sounds import instrument, noise, program, tone, write
from trichord.choose.command import Outcome, RankOptions, rank_files
from trichord.errors import InputError
from trichord.progress import Progress
from trichord.space.clips import debug_clip_space

SPACE = debug_clip_space()


def run(*files: Path, **fields: Any) -> Outcome:
    options = RankOptions(files=files, tower="debug", **fields)
    return rank_files(options, Progress("quiet"), SPACE)


def order(outcome: Outcome) -> list[str]:
    return [Path(entry["file"]).name for entry in json.loads(outcome.lines[0])["ranking"]]


@pytest.fixture
def mixed(tmp_path: Path) -> list[Path]:
    return [
        program(tmp_path / "low.rb", 30),
        write(tmp_path / "high.wav", tone(3000)),
        instrument(tmp_path / "middle"),
    ]


def test_all_kinds_stand_in_one_order(mixed: list[Path]) -> None:
    outcome = run(*mixed, like="darker", json=True)
    assert order(outcome) == ["low.rb", "middle", "high.wav"]
    assert order(run(*mixed, like="brighter", json=True)) == ["high.wav", "middle", "low.rb"]
    assert outcome.code == 0


def test_a_file_is_most_like_itself(mixed: list[Path]) -> None:
    for path in mixed:
        outcome = run(*mixed, like=str(path), json=True)
        assert order(outcome)[0] == path.name
        assert json.loads(outcome.lines[0])["ranking"][0]["score"] == pytest.approx(1, abs=1e-3)


def test_lines_hold_place_score_name_and_words(mixed: list[Path]) -> None:
    outcome = run(*mixed, like="darker")
    assert [line.split()[0] for line in outcome.lines] == ["1", "2", "3"]
    assert "low.rb" in outcome.lines[0]
    assert "darker" in outcome.lines[0]
    assert any("debug tower" in note for note in outcome.notes)


def test_json_tells_everything(mixed: list[Path]) -> None:
    report = json.loads(run(*mixed, like="dark bells", json=True).lines[0])
    assert report["tower"]["name"] == "debug"
    for entry in report["ranking"]:
        assert set(entry["parts"]) == {"bells", "dark"}
        assert set(entry["axes"]) == set(report["units"])
        assert len(entry["picture"]["db"]) == 27
        assert 1 <= len(entry["differs"]) <= 3


def test_a_diverse_choice_has_so_many_files(mixed: list[Path]) -> None:
    assert len(order(run(*mixed, diverse=2, json=True))) == 2


def test_the_sheet_shows_every_file(mixed: list[Path], tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    run(*mixed, like="darker", picture=sheet)
    content = sheet.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    one = tmp_path / "one.png"
    run(*mixed, diverse=1, picture=one)
    assert _height(content) > 2 * _height(one.read_bytes())


def _height(png: bytes) -> int:
    return struct.unpack(">I", png[20:24])[0]


def test_what_cannot_be_heard_is_left_out_and_listed(tmp_path: Path, mixed: list[Path]) -> None:
    bad = {
        "gone.wav": None,
        "silent.wav": np.zeros(8000, np.float32),
        "refused.rb": "`ls`",
        "broken.rb": "play )(",
        "long.rb": "play 60\n" * 2**17 + "#",
        "rubbish.wav": "no sound",
    }
    for name, content in bad.items():
        if isinstance(content, str):
            (tmp_path / name).write_text(content)
        elif content is not None:
            write(tmp_path / name, content)
    outcome = run(*(tmp_path / name for name in bad), *mixed, like="darker", json=True)
    report = json.loads(outcome.lines[0])
    assert order(outcome) == ["low.rb", "middle", "high.wav"]
    assert {Path(each["file"]).name for each in report["left_out"]} == set(bad)
    assert outcome.code == 2
    said = {Path(each["file"]).name: each["why"] for each in report["left_out"]}
    assert "no such file" in said["gone.wav"]
    assert "silent" in said["silent.wav"]
    assert "line 1" in said["refused.rb"]
    assert "longer than 1,048,576 bytes" in said["long.rb"]
    lines = run(*(tmp_path / name for name in bad), *mixed, like="darker").notes
    assert sum(line.startswith("left out: ") for line in lines) == len(bad)
    assert all(line.count("\n") == 0 for line in lines)


@pytest.mark.parametrize(
    ("names", "fields", "said"),
    [
        ([], {"like": "dark"}, "no file"),
        (["a.rb"], {"like": "dark"}, "one file"),
        (["a.rb", "b.rb"], {}, "neither"),
        (["a.rb", "b.rb"], {"like": "dark", "diverse": 2}, "both"),
        (["a.rb", "b.rb"], {"like": ""}, "--like: empty"),
        (["a.rb", "b.rb"], {"diverse": 5}, "--diverse 5: of 2 files"),
        (["a.rb", "b.rb"], {"diverse": 0}, "--diverse 0"),
        (["a.rb", "b.rb"], {"like": "gone.wav"}, "no such file"),
        (["a.rb", "b.rb"], {"like": "dark", "picture": Path("x.jpg")}, ".png"),
        (["a.rb", "b.rb"], {"like": "dark", "picture": Path("none/x.png")}, "folder"),
        (["x.rb", "y.rb"], {"like": "dark"}, "nothing can be ranked"),
    ],
)
def test_wrong_options_are_told_in_one_line(
    tmp_path: Path, names: list[str], fields: dict[str, Any], said: str
) -> None:
    for name in ("a.rb", "b.rb"):
        program(tmp_path / name, 60)
    with pytest.raises(InputError, match=said) as caught:
        run(*(tmp_path / name for name in names), **fields)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_target_that_cannot_be_heard_is_named(tmp_path: Path) -> None:
    files = [program(tmp_path / name, 60) for name in ("a.rb", "b.rb")]
    target = write(tmp_path / "silent.wav", np.zeros(8000, np.float32))
    with pytest.raises(InputError, match=r"--like .*silent\.wav"):
        run(*files, like=str(target))


def test_too_few_that_sound_for_a_diverse_choice(tmp_path: Path) -> None:
    files = [write(tmp_path / "n.wav", noise()), write(tmp_path / "t.wav", tone(440))]
    with pytest.raises(InputError, match="--diverse 3: 2 can be ranked"):
        run(*files, tmp_path / "gone.wav", diverse=3)
