"""Names and limits as the installed Sonic Pi states them."""

from __future__ import annotations

from pathlib import Path

import pytest

from trichord.errors import MissingProgramError
from trichord.livecode.templates import Vocabulary, read_vocabulary
from trichord.livecode.templates.vocabulary import Bounds


def test_names(vocabulary: Vocabulary) -> None:
    assert {"beep", "tb303", "prophet"} <= set(vocabulary.synths)
    assert {"reverb", "echo", "slicer"} <= set(vocabulary.effects)
    assert {"bd_haus", "loop_amen"} <= set(vocabulary.samples)
    assert {"minor", "major7", "7sus4"} <= set(vocabulary.chords)
    assert vocabulary.scales["major"] == (2, 2, 1, 2, 2, 2, 1)


def test_limits_of_arguments(vocabulary: Vocabulary) -> None:
    tb303 = vocabulary.synths["tb303"]
    assert tb303["cutoff"].highest == 130
    assert not tb303["res"].holds(1)
    assert tb303["res"].holds(0.99)
    assert tb303["wave"].one_of == (0, 1, 2)
    assert tb303["pan"] == Bounds(-1, 1)
    assert vocabulary.effects["echo"]["mix"] == Bounds(0, 1)
    assert not vocabulary.effects["slicer"]["phase"].holds(0)
    assert not vocabulary.sample["lpf"].holds(131)


def test_limits_of_several_synths_are_those_of_all(vocabulary: Vocabulary) -> None:
    both = vocabulary.bounds(["tb303", "zawa", "no_such_synth"], "wave", "synth")
    assert both.one_of == (0, 1, 2)
    assert vocabulary.bounds(["tb303"], "no_such_argument", "synth") == Bounds()
    assert vocabulary.bounds([], "rate", "sample") == Bounds()


def test_bounds_meet() -> None:
    met = Bounds(0, 5, low_open=True).both(Bounds(high=3, high_open=True))
    assert met.holds(0.5)
    assert not met.holds(0)
    assert not met.holds(3)
    assert Bounds().both(Bounds()) == Bounds()
    assert Bounds(one_of=(0, 1, 2)).both(Bounds(high=1)).one_of == (0, 1)


def test_no_installation(tmp_path: Path) -> None:
    with pytest.raises(MissingProgramError, match=r"no readable Sonic Pi .*sonic-pi-server"):
        read_vocabulary(tmp_path)


def test_no_ruby(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgramError, match="Ruby is missing"):
        read_vocabulary(tmp_path)
