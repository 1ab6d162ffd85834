"""The tower that is taken, and the reason that is told."""

from __future__ import annotations

import pytest

from trichord.choose.pick import MOST_SCORES, pick_tower, why_no_scores
from trichord.errors import MissingProgramError
from trichord.livecode.sonicpi import install
from trichord.livecode.towers import Tower
from trichord.livecode.towers.debug import DebugTower
from trichord.space.clips import debug_clip_space

SPACE = debug_clip_space()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the towers that were asked for; a small one stands in for each."""
    names: list[str] = []

    def load(name: str, *_: object) -> Tower:
        names.append(name)
        return DebugTower(space=SPACE)

    monkeypatch.setattr("trichord.livecode.towers.load_tower", load)
    return names


def without_sonic_pi(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise MissingProgramError("Sonic Pi not found: apt-get install sonic-pi-server")

    monkeypatch.setattr(install, "find", absent)


def test_scores_where_they_can_be_had(asked: list[str]) -> None:
    assert why_no_scores() is None
    pick_tower("auto", 10, SPACE)
    assert asked == ["score"]


def test_many_programs_are_read(asked: list[str]) -> None:
    picked = pick_tower("auto", MOST_SCORES + 1, SPACE)
    assert asked == ["code"]
    assert str(MOST_SCORES + 1) in picked.why


def test_without_sonic_pi_programs_are_read_and_the_reason_is_told(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_sonic_pi(monkeypatch)
    picked = pick_tower("auto", 2, SPACE)
    assert asked == ["code"]
    assert "apt-get install" in picked.why


@pytest.mark.parametrize("name", ["code", "score", "audio"])
def test_a_tower_that_is_named_is_taken(asked: list[str], name: str) -> None:
    assert pick_tower(name, 1000, SPACE).why == "as asked"  # pyright: ignore[reportArgumentType]
    assert asked == [name]


def test_a_named_tower_that_cannot_run_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_sonic_pi(monkeypatch)
    with pytest.raises(MissingProgramError, match="apt-get install") as caught:
        pick_tower("audio", 2, SPACE)
    assert caught.value.exit_code == 3
