"""`trichord search` from its options to its lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.choose.sounds import instrument, program, tone, write
from trichord.choose.index import lance
from trichord.choose.index.command import Models, Outcome, SearchOptions, search_folder
from trichord.errors import InputError
from trichord.livecode.towers import load_tower
from trichord.progress import Progress
from trichord.space.clips import debug_clip_space

SPACE = debug_clip_space()
MODELS = Models(SPACE, load_tower("debug", SPACE))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sounds"
    folder.mkdir()
    write(folder / "low.wav", tone(100))
    write(folder / "high.wav", tone(3000))
    program(folder / "song.rb", 100)
    instrument(folder / "piano")
    return folder


def run(query: str, folder: Path, **fields: Any) -> Outcome:
    fields.setdefault("index", folder.parent / "index")
    return search_folder(SearchOptions(query, folder, **fields), Progress("quiet"), MODELS)


def files(outcome: Outcome) -> list[str]:
    return [Path(each["file"]).name for each in json.loads(outcome.lines[0])["results"]]


def test_words_for_axes_order_the_folder(folder: Path) -> None:
    assert files(run("darkest of all, dark", folder, json=True, k=99))
    assert files(run("darker", folder, json=True)) == ["low.wav", "one.sfz", "song.rb", "high.wav"]
    assert files(run("brighter", folder, json=True, k=1)) == ["high.wav"]


def test_a_file_finds_itself(folder: Path) -> None:
    for name in ("low.wav", "song.rb", "piano"):
        found = json.loads(run(str(folder / name), folder, json=True).lines[0])["results"][0]
        assert name in found["file"]
        assert found["score"] == pytest.approx(1, abs=1e-3)


def test_lines_and_notes(folder: Path) -> None:
    outcome = run("underwater bells", folder)
    assert len(outcome.lines) == 4
    assert any("instrument" in line for line in outcome.lines)
    assert any("4 new" in note for note in outcome.notes)
    again = run("underwater bells", folder)
    assert again.lines == outcome.lines
    assert not any("new" in note for note in again.notes)


def test_json_tells_what_became_of_the_index(folder: Path) -> None:
    run("dark", folder)
    (folder / "low.wav").unlink()
    report = json.loads(run("dark", folder, json=True).lines[0])
    assert report["index"]["deleted"] == 1
    assert report["index"]["counts"] == {"instrument": 1, "program": 1, "sample": 1}
    assert set(report["results"][0]["axes"]) >= {"brightness", "pace"}


def test_an_index_of_other_weights_is_built_anew_and_said(folder: Path) -> None:
    run("dark", folder)
    space = debug_clip_space(5)
    options = SearchOptions("dark", folder, index=folder.parent / "index")
    models = Models(space, load_tower("debug", space))
    outcome = search_folder(options, Progress("quiet"), models)
    assert outcome.notes[0] == "the index was built anew: it was made with other weights"


def test_very_many_vectors_are_searched_by_lance(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lance, "MOST_EXACT", 2)
    assert files(run(str(folder / "low.wav"), folder, json=True))[0] == "low.wav"
    assert (folder.parent / "index" / "lance").is_dir()


@pytest.mark.parametrize(
    ("query", "fields", "said"),
    [
        ("", {}, "query is empty"),
        ("gone.wav", {}, "no such file"),
        ("dark", {"k": 0}, "--k 0"),
        ("dark", {"in_": Path("nowhere")}, "no such folder"),
        ("dark", {"in_": Path(__file__)}, "is a file"),
    ],
)
def test_wrong_input_is_told_in_one_line(
    folder: Path, query: str, fields: dict[str, Any], said: str
) -> None:
    options = {"query": query, "in_": folder, "index": folder.parent / "index"} | fields
    with pytest.raises(InputError, match=said) as caught:
        search_folder(SearchOptions(**options), Progress("quiet"), MODELS)
    assert "\n" not in str(caught.value)


def test_a_folder_without_sounds_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "text.txt").touch()
    with pytest.raises(InputError, match="nothing in it sounds"):
        run("dark", tmp_path / "empty")
