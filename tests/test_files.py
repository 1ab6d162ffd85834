"""Files whole or not at all, what is said of one that cannot be read, and digests."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from trichord.errors import InputError
from trichord.files import (
    beside,
    cache_folder,
    file_sha256,
    key_of,
    read_json,
    write_arrays,
    write_atomically,
    write_json,
    write_tensors,
)

TENSORS = {"x": torch.arange(6.0).reshape(2, 3), "n": torch.tensor([1, 2])}

FULL = """
import resource, signal, sys, numpy, torch
from trichord import files
from trichord.errors import InputError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
writers = {
    "bytes": lambda path: files.write_atomically(path, bytes(100_000)),
    "tensors": lambda path: files.write_tensors(path, {"x": torch.zeros(100_000)}),
    "arrays": lambda path: files.write_arrays(path, {"x": numpy.zeros(100_000)}, compressed=False),
}
try:
    writers[sys.argv[1]](sys.argv[2])
except InputError as error:
    print(error)
    sys.exit(error.exit_code)
"""

WRITING = """
import sys
from trichord.files import write_atomically
for turn in range(300):
    write_atomically(sys.argv[1], sys.argv[2].encode() * 5000)
"""


def run(program: str, *words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_bytes_take_the_place_of_those_before(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    for content in (b"one", b"other"):
        write_atomically(path, content)
        assert path.read_bytes() == content
    assert [each.name for each in tmp_path.iterdir()] == ["a.bin"]


def break_off(path: Path, error: type[BaseException]) -> None:
    with beside(path) as part:
        part.write_bytes(b"half")
        raise error


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, error: type[BaseException]
) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"before")
    with pytest.raises(error):
        break_off(path, error)
    assert [each.name for each in tmp_path.iterdir()] == ["a.bin"]
    assert path.read_bytes() == b"before"


def test_a_place_that_cannot_be_written_is_named_with_the_mend(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no/a.bin: cannot be written \(No such file.*make room"):
        write_atomically(tmp_path / "no" / "a.bin", b"")
    with pytest.raises(InputError, match=r"choose another --cache$"):
        write_tensors(tmp_path / "no" / "a", TENSORS, mend="choose another --cache")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["bytes", "tensors", "arrays"])
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path, what: str) -> None:
    path = tmp_path / "large"
    process = run(FULL, what, path)
    told, _ = process.communicate()
    assert process.returncode == 2
    assert told.startswith(f"{path}: cannot be written (")
    assert "File too large" in told
    assert list(tmp_path.iterdir()) == []


def test_two_processes_may_write_the_same_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "same"
    writers = [run(WRITING, path, letter) for letter in "ab"]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert path.read_bytes() in (b"a" * 5000, b"b" * 5000)
    assert [each.name for each in tmp_path.iterdir()] == ["same"]


def test_json_has_one_layout(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"path": Path("é"), "list": [1]})
    assert (tmp_path / "a.json").read_bytes() == (
        b'{\n  "path": "\\u00e9",\n  "list": [\n    1\n  ]\n}\n'
    )
    write_json(tmp_path / "a.json", [1, 2], indent=None)
    assert (tmp_path / "a.json").read_bytes() == b"[1, 2]\n"


@pytest.mark.parametrize("kind", ["torch", "numpy"])
def test_tensors_and_their_metadata_come_back(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.safetensors"
    arrays = {name: value.numpy() for name, value in TENSORS.items()}
    write_tensors(path, TENSORS if kind == "torch" else arrays, {"by": "hand"})
    with safe_open(path, framework="numpy") as file:
        assert file.metadata() == {"by": "hand"}
        assert {*file.keys()} == {*arrays}
        for name, value in arrays.items():
            np.testing.assert_array_equal(file.get_tensor(name), value)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("compressed", [True, False])
def test_arrays_come_back(tmp_path: Path, compressed: bool) -> None:
    path = tmp_path / "a.npz"
    arrays = {"path": np.arange(3), "text": np.array(["a", "bc"])}
    write_arrays(path, arrays, compressed=compressed)
    with np.load(path, allow_pickle=False) as kept:
        assert {*kept.files} == {*arrays}
        for name, value in arrays.items():
            np.testing.assert_array_equal(kept[name], value)


BAD = {
    "missing": (None, "no such file"),
    "cut": (b'{"a": 1', "not JSON, or cut short"),
    "empty": (b"", "not JSON, or cut short"),
    "no text": (b"\xff\xfe{}", "not JSON, or cut short"),
    "a list": (b"[1]", "holds no JSON object"),
}


@pytest.mark.parametrize("name", BAD)
def test_json_that_cannot_be_read_is_one_line(tmp_path: Path, name: str) -> None:
    content, said = BAD[name]
    path = tmp_path / "a.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=rf"a\.json: {said}.*; mend it$") as told:
        read_json(path, "mend it")
    assert "\n" not in str(told.value)


def test_json_comes_back(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"é": [1]})
    assert read_json(tmp_path / "a.json", "") == {"é": [1]}


def test_a_checksum_is_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert file_sha256(tmp_path / "a") == hashlib.sha256(b"abc").hexdigest()


def test_a_key_tells_settings_apart_whatever_their_order() -> None:
    assert key_of(3, 0.5) == hashlib.sha256(json.dumps([3, 0.5]).encode()).hexdigest()[:12]
    assert key_of({"a": 1, "b": Path("x")}) == key_of({"b": Path("x"), "a": 1})
    assert len({key_of(), key_of(1), key_of("1"), key_of([1]), key_of(1, 2), key_of([1, 2])}) == 6


def test_the_cache_follows_the_xdg_specification(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_folder("patches") == Path("/somewhere/trichord/patches")
    for other in ("", "relative/path"):
        monkeypatch.setenv("XDG_CACHE_HOME", other)
        assert cache_folder("patches") == Path.home() / ".cache" / "trichord" / "patches"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder("index") == Path.home() / ".cache" / "trichord" / "index"
