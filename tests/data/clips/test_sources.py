"""The sources as they are: Sonic Pi's installed examples, our programs, the generator."""

from __future__ import annotations

import pytest

from trichord.data.clips.plan import ClipsPlan, lay_out, load_clips_plan, save_clips_plan
from trichord.data.clips.sources import (
    EXAMPLES_LICENCE,
    Wishes,
    assign,
    example_families,
    gather,
    own_families,
)
from trichord.errors import InputError


def wishes(**changes: object) -> Wishes:
    fields = {
        "sources": ("examples", "own", "generated"),
        "variations": 2,
        "own_variations": 2,
        "generate": 20,
        "ranges": "musical",
        "only": (),
        "seed": 1,
    }
    return Wishes(**(fields | changes))  # type: ignore[arg-type]


def test_the_papers_27_are_the_examples_that_sonic_pi_shows() -> None:
    families = example_families(wishes(variations=1))
    assert len(families) == 27
    assert all(family.licence == EXAMPLES_LICENCE for family in families)
    by_name = {family.template_id: family for family in families}
    assert "Darin Wilson" in by_name["example_ambient_experiment"].origin
    assert "example_dark_neon" not in by_name


def test_the_first_variation_is_the_program_itself_and_paper_ranges_have_none() -> None:
    [musical] = example_families(wishes(variations=3, only=("haunted",)))
    assert musical.drafts[0].code == musical.base
    assert len({draft.code for draft in musical.drafts}) == 3
    assert musical.drafts[1].params.keys() == musical.drafts[0].params.keys()
    [paper] = example_families(wishes(variations=3, only=("haunted",), ranges="paper"))
    assert musical.base not in {draft.code for draft in paper.drafts}


def test_variations_depend_on_their_number_and_not_on_how_many_there_are() -> None:
    [few] = example_families(wishes(variations=2, only=("haunted",)))
    [many] = example_families(wishes(variations=4, only=("haunted",)))
    assert many.drafts[:2] == few.drafts
    [other] = example_families(wishes(variations=2, only=("haunted",), seed=2))
    assert other.drafts[1] != few.drafts[1]


def test_our_programs_tell_their_genre() -> None:
    families = own_families(wishes(own_variations=1))
    assert len(families) >= 30
    assert all(family.drafts[0].words for family in families)
    [dub] = [family for family in families if family.template_id == "own_dub"]
    assert dub.drafts[0].words == ("dub",)


def test_generated_programs_are_the_first_of_the_longer_list() -> None:
    few = gather(wishes(sources=("generated",), generate=5))
    many = gather(wishes(sources=("generated",), generate=8))
    assert many[:5] == few
    assert len({family.base for family in many}) == 8


def test_siblings_and_near_programs_share_a_split() -> None:
    programs = assign(gather(wishes()), 1)
    assert len({program.clip_id for program in programs}) == len(programs)
    sides: dict[object, set[str]] = {}
    for program in programs:
        sides.setdefault(program.template.template_id, set()).add(program.template.split)
        sides.setdefault(program.template.group, set()).add(program.template.split)
    assert all(len(found) == 1 for found in sides.values())
    for kind in ("example", "own", "generated"):
        splits = {p.template.split for p in programs if p.template.kind == kind}
        assert splits == {"train", "valid", "test"}


def test_a_plan_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("plan")
    programs = tuple(assign(gather(wishes(only=("haunted", "dub"))), 1))
    plan = ClipsPlan({"kind": "programs"}, {"own": 2}, programs, lay_out(programs, 3))
    save_clips_plan(plan, folder)
    assert load_clips_plan(folder) == plan
    assert all(len({programs[i].template.kind for i in shard}) == 1 for shard in plan.shards)


def test_no_program_left_is_told() -> None:
    with pytest.raises(InputError, match="no program left"):
        gather(wishes(sources=("examples",), only=("nothing",)))
