from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trichord.errors import InputError
from trichord.livecode.compose import compose
from trichord.livecode.edits import MUTATIONS, propose
from trichord.livecode.sonicpi.guard import findings
from trichord.livecode.sonicpi.install import find
from trichord.livecode.sonicpi.pool import RuntimePool
from trichord.livecode.tree import Tree, parse


def comments(tree: Tree) -> list[str]:
    return [(node.text or b"").decode() for node in tree.nodes if node.type == "comment"]


def examples() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in find().examples()}


def test_names_are_those_of_the_classes() -> None:
    assert len(MUTATIONS) >= 50
    assert all(name == each.name for name, each in MUTATIONS.items())
    assert all(json.dumps(dict(each.choices)) for each in MUTATIONS.values())
    assert all(each.__doc__ for each in MUTATIONS.values())


@given(st.integers(0, 2**32), st.sampled_from(sorted(MUTATIONS)))
@settings(max_examples=150)
def test_an_edit_of_a_composed_program_is_a_program(seed: int, name: str) -> None:
    code = compose(random.Random(seed)).code
    edit = MUTATIONS[name].apply(parse(code), random.Random(seed))
    if edit is None:
        return
    tree = parse(edit.code)
    assert edit.code != code
    assert not tree.faults
    assert not findings(edit.code)
    assert edit.name == name
    assert json.loads(json.dumps(edit.parameters)) == edit.parameters
    assert edit.description
    # A loop that goes takes the comment above it along; nothing else touches comments.
    if name != "drop_layer":
        assert comments(tree) == comments(parse(code)) or name in ("add_layer", "double_layer")


@pytest.fixture(scope="module")
def trees() -> list[Tree]:
    """Many programs, ours and others, for mutations to find a place in."""
    composed = (compose(random.Random(seed)).code for seed in range(40))
    return [parse(code) for code in (*composed, *examples().values())]


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_every_mutation_finds_a_place_somewhere(name: str, trees: list[Tree]) -> None:
    assert any(MUTATIONS[name].apply(tree, random.Random(1)) for tree in trees)


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_a_seed_gives_one_edit(name: str) -> None:
    tree = parse(compose(random.Random(5)).code)
    mutation = MUTATIONS[name]
    assert mutation.apply(tree, random.Random(3)) == mutation.apply(tree, random.Random(3))


def test_nothing_can_be_done_to_nothing() -> None:
    tree = parse("# an empty program\n")
    assert [each.name for each in MUTATIONS.values() if each.apply(tree, random.Random(1))] == []


def test_proposals_differ_and_repeat() -> None:
    code = compose(random.Random(8)).code
    edits = propose(code, random.Random(2), 12)
    assert len({each.code for each in edits}) == 12
    assert len({each.name for each in edits}) == 12
    assert edits == propose(code, random.Random(2), 12)


def test_proposals_may_be_kept_to_some_mutations() -> None:
    edits = propose(compose(random.Random(8)).code, random.Random(2), 3, ["louder", "transpose"])
    assert {each.name for each in edits} == {"louder", "transpose"}


def test_fewer_edits_come_where_fewer_are_possible() -> None:
    assert 0 < len(propose("play 60", random.Random(1), 500)) < 500


@pytest.mark.parametrize(
    ("code", "n", "names", "said"),
    [
        ("play 60", 0, (), "n = 0"),
        ("play 60", 1, ("sing",), "no edit 'sing'"),
        ("play (60", 1, (), "line 1"),
    ],
)
def test_bad_requests_say_what_is_wrong(
    code: str, n: int, names: tuple[str, ...], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        propose(code, random.Random(1), n, names)


def test_parameters_may_be_given_and_are_checked() -> None:
    tree = parse("play 60")
    edit = MUTATIONS["transpose"].apply(tree, random.Random(1), {"semitones": 5})
    assert edit is not None
    assert edit.code == "play 65"
    with pytest.raises(InputError, match="semitones = 6"):
        MUTATIONS["transpose"].apply(tree, random.Random(1), {"semitones": 6})
    with pytest.raises(InputError, match="no parameter 'by'"):
        MUTATIONS["transpose"].apply(tree, random.Random(1), {"by": 6})


def test_edited_programs_play_without_error(pool: RuntimePool) -> None:
    codes = [*examples().values(), *(compose(random.Random(seed)).code for seed in range(8))]
    rng = random.Random(4)
    edited = [each for code in rng.sample(codes, 8) for each in propose(code, rng, 2)]
    for at, recording in pool.map([each.code for each in edited], seconds=3):
        assert not recording.errors, (edited[at].name, edited[at].code)
