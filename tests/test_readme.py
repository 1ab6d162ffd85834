"""The README's own commands, run as they stand there, on a small instrument."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from trichord.cli import main

ROOT = Path(__file__).parent.parent
QUICK = ["--keys", "C4-E4", "--layers", "1", "--seconds", "1"]


def commands() -> list[str]:
    """Lines of the README's shell blocks, without comments."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    lines = [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


def words_of(command: str) -> list[str]:
    parts = re.findall(r'"[^"]*"|\S+', command)
    return [part.strip('"') for part in parts[1:]]


def test_commands_of_make_are_targets() -> None:
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    wanted = [line.split()[1] for line in commands() if line.startswith("make ")]
    assert wanted
    assert set(wanted) <= set(targets)


def test_every_command_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    time = np.arange(44100) / 44100
    tone = (
        0.3 * np.exp(-3 * time) * sum(np.sin(2 * np.pi * 220 * k * time) / k for k in range(1, 8))
    )
    soundfile.write("shot.wav", tone, 44100)
    Path("song.rb").write_text("play 60, release: 0.2\nsleep 0.2\n")
    run = [line for line in commands() if line.startswith(".venv/bin/trichord ")]
    assert run
    for command in run:
        words = words_of(command)
        quick = QUICK if words[0] == "make" else []
        assert main([*words, *quick]) == 0, f"{command}: {capfd.readouterr()}"
