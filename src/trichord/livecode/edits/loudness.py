"""Loudness and place: louder, softer, wider, a little different each time."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import ClassVar

from trichord.livecode.calls import Call
from trichord.livecode.edits.base import Change, Choices, Draft, Mutation, Value
from trichord.livecode.edits.known import places
from trichord.livecode.edits.numbers import LIMITS, source_of, spell_number
from trichord.livecode.edits.options import ScaleOption, add_option, bare_sounds
from trichord.livecode.edits.parts import choose_part, sounding
from trichord.livecode.literals import number
from trichord.livecode.templates.places import Place
from trichord.livecode.tree import Tree, span


class Louder(ScaleOption):
    """Raises `amp`."""

    name = "louder"
    choices: ClassVar[Choices] = {"factor": (1.25, 1.5, 2.0)}
    meanings, said = ("amp",), "louder"

    def addable(self, tree: Tree) -> list[Call]:
        """Sounds at the loudness of 1 that nobody wrote."""
        return bare_sounds(tree, "amp")

    def added(self, drawn: Mapping[str, Value]) -> tuple[str, str]:
        """That loudness times the factor."""
        return "amp", f"{drawn['factor']:g}"


class Softer(Louder):
    """Lowers `amp`."""

    name = "softer"
    choices: ClassVar[Choices] = {"factor": (0.4, 0.5, 0.7)}
    said = "softer"


class Spread(Mutation):
    """Places sounds about the stereo field."""

    name = "pan_spread"
    choices: ClassVar[Choices] = {"width": (0.3, 0.5, 0.8), "how": ("drawn", "sides")}

    def sites(self, tree: Tree) -> Sequence[Call]:
        """Sounds that stand in the middle because nothing is said."""
        return bare_sounds(tree, "pan")

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """Adds `pan`, drawn anew for each note or on one of two sides."""
        chosen, part = choose_part(tree, self.sites(tree), rng)
        width = drawn["width"]
        value = (
            f"rrand(-{width}, {width})"
            if drawn["how"] == "drawn"
            else f"[-{width}, {width}].choose"
        )
        changes = [add_option(call, "pan", value) for call in chosen]
        return Draft(changes, f"{part} spread over the stereo field", {"part": part})


class Narrow(Mutation):
    """Brings panned sounds towards the middle."""

    name = "narrow"
    choices: ClassVar[Choices] = {"factor": (0.0, 0.3, 0.5)}

    def sites(self, tree: Tree) -> Sequence[Place]:
        """Numbers in `pan` that are not the middle."""
        return [
            each for each in places(tree) if each.meaning == "pan" and each.value not in (0, "")
        ]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """Multiplies them all, so that both sides of a range keep their balance."""
        chosen, part = choose_part(tree, self.sites(tree), rng)
        changes = [
            (
                span(each.node),
                spell_number(float(each.value) * float(drawn["factor"]), source_of(each.node)),
            )
            for each in chosen
        ]
        return Draft(changes, f"{part} nearer to the middle", {"part": part})


class HumaniseLoudness(Mutation):
    """No note as loud as the last."""

    name = "humanise_loudness"
    choices: ClassVar[Choices] = {"by": (0.1, 0.2, 0.3)}

    def sites(self, tree: Tree) -> Sequence[Call]:
        """Sounds with a fixed `amp`, or none."""
        return [call for call in sounding(tree) if _fixed_amp(call) is not None] or bare_sounds(
            tree, "amp"
        )

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """Each loudness becomes a range around it."""
        chosen, part = choose_part(tree, self.sites(tree), rng)
        by = float(drawn["by"])
        changes: list[Change] = []
        for call in chosen:
            value = _fixed_amp(call)
            level = 1.0 if value is None else value
            top = LIMITS["amp"][1]
            drawn_from = f"rrand({level * (1 - by):.4g}, {min(top, level * (1 + by)):.4g})"
            node = call.keyword("amp")
            changes.append(
                (span(node), drawn_from) if node else add_option(call, "amp", drawn_from)
            )
        return Draft(changes, f"{part} with a loudness that varies by {by:.0%}", {"part": part})


def _fixed_amp(call: Call) -> float | None:
    node = call.keyword("amp")
    return None if node is None else number(node)
