from __future__ import annotations

import contextlib
import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from trichord import cli
from trichord.livecode.sonicpi import song
from trichord.livecode.sonicpi.render import Renderer
from trichord.score import from_json

SONG = "puts 'one'\nplay 60\nsleep 0.2\nplay 64\nsleep 0.2\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def _shared(monkeypatch: pytest.MonkeyPatch, renderer: Renderer) -> None:
    """Commands render on the workers of the session; those in a shell start their own."""
    monkeypatch.setattr(song, "Renderer", lambda **_: contextlib.nullcontext(renderer))


def _run(capsys, *words: str) -> tuple[int, str, str]:
    code = cli.main(["render", *words])
    said = capsys.readouterr()
    return code, said.out, said.err


def _write(name: str, content: str | bytes = SONG) -> str:
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return name


def test_from_the_shell_it_prints_the_path_of_the_wav(folder: Path):
    _write("song.rb")
    command = [sys.executable, "-m", "trichord", "render", "song.rb", "--out", "song.wav"]
    done = subprocess.run([*command, "--seconds", "1"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "song.wav\n")
    assert "one" in done.stderr
    audio, rate = soundfile.read("song.wav")
    assert rate == 44100
    assert audio.shape[1] == 2
    assert np.abs(audio).max() > 0.05
    assert _files(folder) == ["song.rb", "song.wav"]


def test_events_go_to_stdout_or_into_a_file(folder: Path, capsys):
    code, out, _ = _run(capsys, _write("song.rb"), "--score-only", "--seconds", "1")
    assert code == 0
    notes = [e.given["note"] for e in from_json(json.loads(out)).events if e.name == "beep"]
    assert notes == [60.0, 64.0]
    code, printed, _ = _run(
        capsys, "song.rb", "--score-only", "--seconds", "1", "--out", "song.json"
    )
    assert (code, printed) == (0, "song.json\n")
    assert Path("song.json").read_text() == out


def test_json_is_one_object_with_what_was_made(folder: Path, capsys):
    code, out, err = _run(capsys, _write("song.rb"), "--out", "a.wav", "--json", "--seconds", "1")
    report = json.loads(out)
    assert code == 0
    assert report["path"] == "a.wav"
    assert report["events"] == 4
    assert report["errors"] == []
    assert len(report["render_hash"]) == 64
    assert -40 < report["rms_db"] < report["peak_db"] <= 0
    assert report["load_seconds"] >= 0
    assert "one" in err


def test_a_program_that_raises_gives_its_sound_and_says_so(folder: Path, capsys):
    code, out, err = _run(
        capsys, _write("bad.rb", SONG + "raise 'oh no'"), "--out", "bad.wav", "--seconds", "2"
    )
    assert (code, out) == (1, "bad.wav\n")
    assert "bad.rb:6: error: " in err
    assert "oh no" in err
    assert np.abs(soundfile.read("bad.wav")[0]).max() > 0.05


def test_cues_are_said_where_they_are_asked_for(folder: Path, capsys):
    _write("cue.rb", "cue :verse, 3\nplay 60\nsleep 0.1")
    quiet = _run(capsys, "cue.rb", "--out", "a.wav", "--seconds", "0.5")[2]
    told = _run(capsys, "cue.rb", "--out", "a.wav", "--seconds", "0.5", "--cues")[2]
    assert "verse" not in quiet
    assert "verse [3]" in told


def test_silence_is_said(folder: Path, capsys):
    code, out, err = _run(capsys, _write("rest.rb", "sleep 1"), "--out", "a.wav", "--seconds", "1")
    assert (code, out) == (0, "a.wav\n")
    assert "no sound" in err


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


BAD = {
    "empty.rb": (b"\n \n", "empty"),
    "long.rb": (b"play 60\n" * 2**17, "make it shorter"),
    "latin.rb": ("puts 'für'\n".encode("latin-1"), "line 1: byte 0xfc: the program is not UTF-8"),
    "syntax.rb": (b"play 60\nlive_loop :a do\n  play 62\n", "line "),
    "system.rb": (b"play 60\nsystem 'ls'\n", "line 2, column 1"),
    "unknown.rb": (b"play 60\nplay_backwards 3\n", "play_backwards"),
}


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_program_is_one_clear_line_and_no_file(folder: Path, capsys, name: str):
    content, said = BAD[name]
    code, out, err = _run(capsys, _write(name, content), "--out", "a.wav", "--seconds", "1")
    assert (code, out) == (2, "")
    assert err.startswith(f"trichord: {name}: ")
    assert said in err
    assert err.count("\n") == 1
    assert _files(folder) == [name]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no.rb", "--out", "a.wav"], "no.rb: cannot be read (No such file"),
        ([".", "--out", "a.wav"], ".: cannot be read (Is a directory"),
        (["song.rb"], "--out: name the WAV"),
        (["song.rb", "--out", "a.wav", "--seconds", "0"], "--seconds 0: must be more than 0"),
        (["song.rb", "--out", "a.wav", "--seconds", "nan"], "--seconds nan"),
        (["song.rb", "--out", "."], "--out .: is a folder"),
        (["song.rb", "--out", "no/a.wav"], "--out no/a.wav: its folder does not exist"),
        (["song.rb", "--out", "a.wav", "--samples", "no"], "--samples no: no such folder"),
        (["song.rb", "--out", "a.wav", "--synthdefs", "no"], "--synthdefs no: no such folder"),
        (["song.rb", "--out", "song.rb"], "--out song.rb: is the program itself"),
        (["song.rb", "--out", "/dev/null"], "--out /dev/null: is no ordinary file"),
        (["song.rb", "--out", "/proc/a.wav", "--seconds", "0.5"], "/proc/a.wav: cannot be written"),
    ],
)
def test_bad_options_are_one_clear_line_and_no_file(folder: Path, capsys, words, said):
    _write("song.rb", "play 60")
    code, out, err = _run(capsys, *words)
    assert (code, out) == (2, "")
    assert err.startswith(f"trichord: {said}")
    assert err.count("\n") == 1
    assert _files(folder) == ["song.rb"]


def test_without_ruby_the_packages_are_named(folder: Path):
    _write("song.rb")
    command = [sys.executable, "-m", "trichord", "render", "song.rb", "--out", "song.wav"]
    done = subprocess.run(
        command, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert "apt-get install sonic-pi-server" in done.stderr
    assert done.stderr.count("\n") == 1
    assert _files(folder) == ["song.rb"]


def test_without_the_sandbox_it_says_so(folder: Path, capsys):
    words = [_write("song.rb"), "--out", "song.wav", "--seconds", "0.5"]
    assert "without guard and sandbox" in _run(capsys, *words, "--unsafe")[2]
    assert "without guard and sandbox" not in _run(capsys, *words)[2]


def test_windows_line_ends_are_fine(folder: Path, capsys):
    words = ["--score-only", "--seconds", "1"]
    unix = _run(capsys, _write("song.rb"), *words)
    assert _run(capsys, _write("song.rb", SONG.replace("\n", "\r\n")), *words) == unix


def test_an_old_file_is_there_until_the_new_one_is_whole(folder: Path, capsys):
    Path("a.wav").write_bytes(b"old")
    assert _run(capsys, _write("bad.rb", "exec 'ls'"), "--out", "a.wav")[0] == 2
    assert Path("a.wav").read_bytes() == b"old"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_it_leaves_nothing_behind(folder: Path, number: int, monkeypatch):
    places = folder / "tmp"
    places.mkdir()
    monkeypatch.setenv("TMPDIR", str(places))
    _write("heavy.rb", "16.times { 40.times { synth :prophet, sustain: 900 } }\nsleep 900")
    command = [sys.executable, "-m", "trichord", "render", "heavy.rb", "--out", "a.wav"]
    with subprocess.Popen([*command, "--seconds", "900"], stderr=subprocess.PIPE) as process:
        _until(lambda: list(places.glob("trichord-scsynth-*/*.osc")))
        process.send_signal(number)
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()
        assert process.wait(30) == 128 + number
    assert _files(places) == []
    assert _files(folder) == ["heavy.rb", "tmp"]
    _until(lambda: not _using(places))


def _until(happened) -> None:
    """Waits for what another process does; a minute is for ever."""
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _using(folder: Path) -> list[str]:
    """Command lines of processes that name a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except OSError:
            continue
        if str(folder).encode() in words:
            found.append(words.decode("utf-8", "replace"))
    return found


def test_what_is_printed_has_its_line(folder: Path, capsys):
    words = ["--score-only", "--seconds", "1"]
    assert "song.rb:1: " in _run(capsys, _write("song.rb"), *words)[2]


def test_a_terminal_reads_json_and_nothing_else(folder: Path, capsys):
    out = _run(capsys, _write("song.rb"), "--score-only", "--json", "--seconds", "0.5")[1]
    report = json.load(io.StringIO(out))
    assert from_json(report["score"]).duration == 0.5


def test_what_a_program_says_cannot_steer_the_terminal(folder: Path, capsys):
    _write("esc.rb", 'puts "\\e[1m"\nplay 60\nraise "\\e[2J\\a two\\nlines"')
    _, _, err = _run(capsys, "esc.rb", "--out", "a.wav", "--seconds", "0.5")
    assert "\x1b" not in err
    assert "\a" not in err
    assert "esc.rb:3: error: " in err
    assert "[2J" in err
    assert "lines" in err.split("esc.rb:3: error: ")[1].split("\n")[0]
