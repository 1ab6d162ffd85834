"""Six kinds of choice that a live coder faces, and ten variants of a program for each."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from trichord.livecode.edits.registry import MUTATIONS
from trichord.livecode.tree import Tree, parse
from trichord.studies.alignment.roles import Role, keeps_to, spans_of

_PITCH = (
    "transpose", "octave_shift", "change_mode", "change_chord", "widen_range", "invert_chord",
    "invert_melody", "reverse_melody", "rotate_melody", "vary_note", "draw_notes", "play_in_turn",
    "reorder_notes",
)  # fmt: skip
_RHYTHM = (
    "rotate_rhythm", "reverse_rhythm", "add_hits", "remove_hits", "vary_spread", "reorder_waits",
    "densify", "thin_out", "subdivide", "rest_sometimes", "play_always",
)  # fmt: skip
_COLOUR = (
    "open_filter", "close_filter", "longer_release", "shorter_release", "softer_attack",
    "harder_attack", "swap_synth",
)  # fmt: skip
_SAMPLES = ("swap_sample", "reverse_sample", "speed_sample")

STEPS = (1, 2, 2, 3)
"""Edits in a row that make one variant; drawn."""

_TRIES, _DRAWS = 6, 3
"""Attempts per wanted variant before a program counts as offering too few, and per edit."""


@dataclass(frozen=True)
class Scenario:
    """What is being chosen.

    Attributes:
        edits: names of the mutations that make its variants.
        role: the parts that may change; None for all of the program.
    """

    name: str
    edits: tuple[str, ...]
    role: Role | None = None


SCENARIOS: dict[str, Scenario] = {
    each.name: each
    for each in (
        Scenario("melody", (*_PITCH, *_RHYTHM, "swap_synth"), "melody"),
        Scenario("drum", (*_SAMPLES, *_RHYTHM, "swing"), "drums"),
        Scenario("bass", (*_PITCH, *_RHYTHM, *_COLOUR), "bass"),
        Scenario(
            "effect",
            ("add_effect", "remove_effect", "swap_effect", "wetter", "drier", "effect_time"),
        ),
        Scenario("structure", ("drop_layer", "add_layer", "double_layer", "enter_later")),
        Scenario("tempo", ("change_tempo", "densify", "thin_out", "subdivide", "swing")),
    )
}


MIXED = Scenario("mixed", tuple(MUTATIONS))
"""Candidates changed by any edit at all; for the prompts, no scenario of its own."""


def variants(code: str, scenario: Scenario, rng: random.Random, count: int) -> list[str]:
    """Different programs made of one, in the order in which they were drawn.

    Args:
        code: the program; it must parse.
        scenario: what may change.
        rng: draws edits, their places and their values.
        count: how many are wanted; fewer come where the program offers fewer.
    """
    tree = parse(code)
    if scenario.role is not None and not spans_of(tree, scenario.role):
        return []
    names = [name for name in scenario.edits if MUTATIONS[name].sites(tree)]
    found: dict[str, None] = {}
    for _ in range(_TRIES * count if names else 0):
        changed = _steps(tree, scenario, names, rng)
        if changed != code:
            found.setdefault(changed)
        if len(found) == count:
            break
    return list(found)


def _steps(tree: Tree, scenario: Scenario, names: Sequence[str], rng: random.Random) -> str:
    """The program after one to three edits, fewer where no place is found for one."""
    for _ in range(rng.choice(STEPS)):
        for _ in range(_DRAWS):
            edit = MUTATIONS[rng.choice(names)].apply(tree, rng)
            if edit is None:
                continue
            if scenario.role is None or keeps_to(tree, edit, scenario.role):
                tree = parse(edit.code)
                break
    return tree.code
