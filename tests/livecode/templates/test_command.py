"""`trichord data template`: templates and programs to stdout, files and folders; bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trichord.cli import main
from trichord.livecode.templates import read_template

SONG = "use_bpm 90\r\nplay :e3, amp: 0.5 # größer\r\nsleep 0.50\r\n"


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.rb"
    path.write_bytes(SONG.encode())
    return path


def test_a_program_becomes_a_template_on_stdout(song: Path, capsys) -> None:
    assert main(["data", "template", str(song)]) == 0
    template = read_template(capsys.readouterr().out)
    assert [hole.name for hole in template.holes] == ["bpm_1", "note_1", "amp_1", "sleep_1"]
    assert template.fill(template.original).rstrip() == SONG.rstrip()


def test_a_template_is_written_and_filled_again(song: Path, tmp_path: Path, capsys) -> None:
    made, folder = tmp_path / "song.rb.j2", tmp_path / "drawn"
    assert main(["data", "template", str(song), "--out", str(made)]) == 0
    assert capsys.readouterr().out == f"{made}\n"
    words = ["data", "template", str(made), "--fill", "12", "--seed", "3", "--out", str(folder)]
    assert main(words) == 0
    assert capsys.readouterr().out == f"{folder}\n"
    rows = [json.loads(line) for line in (folder / "values.jsonl").read_text().splitlines()]
    assert [row["program"] for row in rows] == [f"song_{n:02}.rb" for n in range(1, 13)]
    template = read_template(made.read_text(encoding="utf-8"))
    for row in rows:
        code = (folder / row["program"]).read_bytes().decode()
        assert code == template.fill(row["values"])
        assert code.count("\r\n") == 3
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [row["program"] for row in rows] + ["values.jsonl"]
    )


def test_a_program_depends_on_the_seed_and_its_number_alone(song: Path, capsys) -> None:
    outputs: list[str] = []
    for count, seed in ((2, 7), (3, 7), (2, 8)):
        main(["data", "template", str(song), "--fill", str(count), "--seed", str(seed)])
        outputs.append(capsys.readouterr().out)
    two, three, other = outputs
    assert three.startswith(two)
    assert two != other
    assert two.startswith("# song, variation 1\n")


def test_the_papers_ranges(song: Path, capsys) -> None:
    assert main(["data", "template", str(song), "--ranges", "paper"]) == 0
    assert "amp_1: {meaning: amp, was: '0.5', low: 0.1, high: 20}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (None, [], "No such file"),
        (b"", [], "is empty"),
        (b"  \r\n", [], "is empty"),
        (b"play 60 # \xff", [], "line 1: not UTF-8"),
        (b"play 60\nplay (\n", [], "line 2"),
        (b"# " + b"x" * 2_000_000, [], "at most"),
        (b"{#\ntitle: t\n#}\nplay 60", [], "is a template already"),
        (b"{#\nx: 1\n#}\nplay 60", ["--fill", "1"], "x is no field"),
        (b"play 60", ["--fill", "-1"], "--fill -1"),
        (b"play 60", ["--fill", "99999"], "--fill 99999"),
        (b"play 60", ["--ranges", "wild"], "wild"),
        (b"play 60", ["--out", "/no/such/folder/t.j2"], "make it first"),
        (b"play 60", ["--out", "/proc/t.j2"], "cannot be written"),
        (b"play 60", ["--fill", "1", "--out", __file__], "is a file"),
    ],
)
def test_bad_input_is_one_line(
    content: bytes | None, words: list[str], said: str, tmp_path: Path, capsys
) -> None:
    path = tmp_path / "song.rb"
    if content is not None:
        path.write_bytes(content)
    assert main(["data", "template", str(path), *words]) == 2
    done = capsys.readouterr()
    assert done.out == ""
    assert done.err.count("\n") == 1
    assert said in done.err
    assert len(done.err) < 400
