from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trichord.errors import InputError
from trichord.instrument.store import WORK

from .conftest import bytes_of, make_debug

CHILD = """
import sys, time
from dataclasses import dataclass
from pathlib import Path
from trichord.instrument.debug import DebugPlayer
from trichord.instrument.make import MakeOptions, Sound, check_options, make_from
from trichord.progress import Progress

@dataclass(frozen=True)
class Slow(DebugPlayer):
    batch_sizes: tuple[int, int] = (1, 3)
    def play(self, requests, seed):
        time.sleep(0.1)
        return super().play(requests, seed)

options = MakeOptions(out=Path(sys.argv[1]), prompt="warm felt piano", keys="C3-C5", every=6,
                      layers=2, seconds=1.0)
plan, _, _ = check_options(options)
sound = Sound(source={"prompt": "warm felt piano"}, title="warm felt piano", name="piano",
              player=Slow(), models={"hashes": {"lm/model.safetensors": "ab" * 32}},
              licences={"lm": "MIT"})
make_from(options, sound, plan, Progress("quiet"))
"""


def start(out: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", CHILD, str(out)], stderr=subprocess.PIPE)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_run_is_completed_to_the_same_bytes(tmp_path, decaying, how):
    out = tmp_path / "out"
    child = start(out)
    raw = out / WORK / "raw"
    deadline = time.monotonic() + 120
    while len(list(raw.glob("*.wav"))) < 4:
        assert child.poll() is None, child.stderr.read().decode()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    child.send_signal(how)
    assert child.wait() != 0
    assert not (out / "instrument.json").exists()
    # The middle note could be heard before the run was stopped.
    assert (out / "samples" / decaying.middle.name).is_file()

    finished = start(out)
    assert finished.wait() == 0, finished.stderr.read().decode()
    assert bytes_of(out) == bytes_of(decaying.path.parent)


def test_a_complete_folder_is_left_as_it_is(tmp_path):
    first = make_debug(tmp_path / "out")
    stamp = first.path.stat().st_mtime_ns
    again = make_debug(tmp_path / "out")
    assert again.path == first.path
    assert again.path.stat().st_mtime_ns == stamp


def test_a_lost_sample_is_made_again(tmp_path, decaying):
    result = make_debug(tmp_path / "out")
    result.middle.unlink()
    make_debug(tmp_path / "out")
    assert bytes_of(result.path.parent) == bytes_of(decaying.path.parent)


def test_an_edited_sample_is_not_overwritten(tmp_path):
    result = make_debug(tmp_path / "out")
    result.middle.write_bytes(b"mine")
    with pytest.raises(InputError, match="--force"):
        make_debug(tmp_path / "out")
    assert result.middle.read_bytes() == b"mine"


def test_other_content_is_refused_without_force_and_kept_with_it(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="--force"):
        make_debug(out)
    assert list(bytes_of(out)) == ["notes.txt"]
    make_debug(out, force=True)
    assert (out / "notes.txt").read_text() == "mine"


def test_another_command_needs_force_and_then_leaves_nothing_of_the_first(tmp_path, decaying):
    out = tmp_path / "out"
    make_debug(out, keys="C2-C3", seed=1)
    with pytest.raises(InputError, match="--force"):
        make_debug(out)
    make_debug(out, force=True)
    assert bytes_of(out) == bytes_of(decaying.path.parent)


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "out").write_text("x")
    with pytest.raises(InputError, match="is a file"):
        make_debug(tmp_path / "out")


def test_an_unwritable_place_is_one_clear_line(tmp_path):
    # The folder of kernel settings takes no files, not even from the administrator.
    with pytest.raises(InputError, match="cannot be written"):
        make_debug(Path("/proc/sys/trichord/out"))


def test_a_full_disk_is_one_clear_line_and_can_be_gone_on_with(tmp_path, decaying, monkeypatch):
    real, count = Path.write_bytes, 0

    def full(self, data):
        nonlocal count
        count += 1
        if count > 6:
            raise OSError(28, "No space left on device")
        return real(self, data)

    out = tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(InputError, match="No space left") as caught:
            make_debug(out)
    assert "\n" not in str(caught.value)
    assert not list(out.rglob("*.part"))
    make_debug(out)
    assert bytes_of(out) == bytes_of(decaying.path.parent)


def test_a_first_write_that_fails_leaves_no_folder(tmp_path, monkeypatch):
    def full(self, data):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError):
        make_debug(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_run_killed_as_it_began_does_not_stand_in_the_way(tmp_path, decaying):
    out = tmp_path / "out"
    (out / WORK / "raw").mkdir(parents=True)
    (out / WORK / ".request.json.part").write_text("{")
    make_debug(out)
    assert bytes_of(out) == bytes_of(decaying.path.parent)
