"""The doctor: finds what is there, and says what a missing part costs and how to get it."""

from __future__ import annotations

import ctypes.util
import json
from pathlib import Path

import pytest

from trichord.cli import main
from trichord.doctor import DoctorOptions, Finding, doctor, examine, table
from trichord.instrument import models


def part(name: str) -> Finding:
    return next(item for item in examine() if item.part == name)


def test_installed_packages_are_found_with_their_version() -> None:
    import torch

    assert part("torch").found == torch.__version__
    assert part("torch").needed
    assert not part("pyarrow").needed


def test_the_text_encoder_is_verified() -> None:
    assert "53aa51172d14" in (part("text encoder").found or "")


def test_a_missing_library_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: None)
    missing = part("libfluidsynth")
    assert missing.found is None
    assert "costs: data soundfont; get it: apt-get install libfluidsynth3" in table([missing])


def test_altered_weights_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "WEIGHTS", tmp_path)
    (tmp_path / "lm").mkdir()
    file = tmp_path / "lm" / "model.safetensors"
    file.write_bytes(b"weights")
    models.write_manifest(tmp_path)
    assert part("weights").found == "1 files, sha256 verified"
    file.write_bytes(b"weight5")
    assert part("weights").found is None
    assert "model.safetensors: altered" in part("weights").mend


def test_exit_3_when_make_cannot_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(models, "WEIGHTS", tmp_path)
    assert doctor(DoctorOptions()) == 3
    assert capsys.readouterr().out.endswith("`trichord make` lacks weights\n")


def test_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert code == (0 if report["works"] else 3)
    assert {"part", "found", "costs", "mend", "needed"} == set(report["parts"][0])


def test_this_machine_can_make_instruments() -> None:
    assert [item.part for item in examine() if item.needed and item.found is None] == []
