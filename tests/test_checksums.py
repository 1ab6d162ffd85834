"""Checksums: what was written verifies, what was altered or lost is named."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from trichord.checksums import SUMS, verify_checksums, write_checksums
from trichord.errors import InputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "config.json").write_text("{}")
    write_checksums(tmp_path)
    return tmp_path


def test_a_written_list_verifies_here_and_with_sha256sum(folder: Path) -> None:
    assert set(verify_checksums(folder)) == {"config.json", "model.safetensors"}
    command = ["sha256sum", "-c", "--quiet", SUMS]
    assert subprocess.run(command, cwd=folder, check=False).returncode == 0


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_an_altered_file_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"other")
    with pytest.raises(InputError, match=rf"{name}: altered"):
        verify_checksums(folder)


@pytest.mark.parametrize("name", [SUMS, "model.safetensors"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(InputError, match=rf"{name}: missing"):
        verify_checksums(folder)
