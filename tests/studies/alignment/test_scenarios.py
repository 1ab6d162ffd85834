from __future__ import annotations

import random
from itertools import islice

import pytest

from trichord.livecode.edits.registry import MUTATIONS
from trichord.livecode.tree import parse
from trichord.studies.alignment.bases import Base, draft_sets
from trichord.studies.alignment.roles import changed, role_of, spans_of
from trichord.studies.alignment.scenarios import MIXED, SCENARIOS, variants

SONG = """\
use_bpm 100

live_loop :beat do
  sample :bd_haus, amp: 2
  sleep 0.5
  sample :drum_snare_hard
  sleep 0.5
end

live_loop :low do
  use_synth :fm
  play (ring :e2, :g2, :a2).tick, release: 0.3, cutoff: 80
  sleep 0.25
end

live_loop :tune do
  use_synth :beep
  play (ring :e4, :g4, :b4, :a4).tick, release: 0.2
  sleep 0.5
end
"""


def base(name: str, varied: bool, code: str = SONG) -> Base:
    return Base(f"{name}_0000", name, varied, code)


def test_parts_are_told_by_what_they_play() -> None:
    from trichord.livecode.edits.parts import parts

    tree = parse(SONG)
    assert [role_of(tree, part) for part in parts(tree)] == ["drums", "bass", "melody"]


@pytest.mark.parametrize(
    ("before", "after", "span"),
    [(b"abcd", b"abXd", (2, 3)), (b"abc", b"abXc", (2, 2)), (b"aa", b"aaa", (2, 2))],
)
def test_what_changed_is_found(before: bytes, after: bytes, span: tuple[int, int]) -> None:
    assert changed(before, after) == span


@pytest.mark.parametrize("name", ["melody", "drum", "bass"])
def test_only_the_asked_part_changes(name: str) -> None:
    scenario = SCENARIOS[name]
    assert scenario.role is not None
    ((start, end),) = spans_of(parse(SONG), scenario.role)
    before, after = SONG[:start], SONG[end:]
    made = variants(SONG, scenario, random.Random(3), 12)
    assert len(set(made)) == 12
    assert all(code.startswith(before) and code.endswith(after) for code in made)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_offers_enough(name: str) -> None:
    made = variants(SONG, SCENARIOS[name], random.Random(1), 13)
    assert len(made) == 13
    assert SONG not in made
    assert all(not parse(code).faults for code in made)


def test_scenarios_name_edits_that_exist() -> None:
    assert {edit for one in SCENARIOS.values() for edit in one.edits} <= set(MUTATIONS)
    assert set(MIXED.edits) == set(MUTATIONS)


def test_a_program_without_the_part_offers_nothing() -> None:
    assert variants("play 60\nsleep 1", SCENARIOS["drum"], random.Random(1), 5) == []


def test_a_longer_list_of_sets_begins_with_the_shorter() -> None:
    bases = [base("own_a", True), base("own_b", True), base("generated_1", False)]
    few = list(islice(draft_sets(bases, SCENARIOS["tempo"], 7, 11), 2))
    many = list(islice(draft_sets(bases, SCENARIOS["tempo"], 7, 11), 5))
    assert many[:2] == few
    assert [draft.name for draft in many] == [f"tempo_{at:04d}" for at in range(5)]
    assert len({draft.codes for draft in many}) == 5
    assert [draft.base.varied for draft in many[:2]] == [True, False]


def test_bases_that_offer_too_little_end_the_list() -> None:
    assert list(draft_sets([base("own_a", True, "play 60")], SCENARIOS["bass"], 0, 11)) == []
