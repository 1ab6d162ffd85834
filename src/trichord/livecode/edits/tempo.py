"""Tempo and density: faster, slower, more notes, fewer, later."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from trichord.livecode.calls import Call
from trichord.livecode.edits.base import Change, Choices, Draft, Mutation, Value
from trichord.livecode.edits.known import places
from trichord.livecode.edits.numbers import LIMITS, moved, source_of, spell_number
from trichord.livecode.edits.parts import (
    Part,
    choose_part,
    indent_of,
    is_statement,
    newline,
    parts,
    sounding,
    statements,
)
from trichord.livecode.literals import number
from trichord.livecode.templates.places import Place
from trichord.livecode.tree import Tree, span

if TYPE_CHECKING:
    from tree_sitter import Node

_DEFAULT_BPM = 60


def _sleeps(tree: Tree) -> list[Call]:
    return [each for each in tree.calls if each.name in ("sleep", "wait") and each.receiver is None]


def _waits_of(tree: Tree, part: Part) -> list[Place] | None:
    """The numbers of all waits of a part; None where one waits for what is not written out."""
    calls = [each for each in _sleeps(tree) if part.holds(each.node)]
    numbers = [
        each
        for each in places(tree)
        if each.meaning == "sleep" and part.holds(each.node) and number(each.node) is not None
    ]
    for call in calls:
        if not any(_within(each, call) for each in numbers):
            return None
    return numbers if calls else None


def _within(place: Place, call: Call) -> bool:
    return (
        call.node.start_byte <= place.node.start_byte and place.node.end_byte <= call.node.end_byte
    )


class ChangeTempo(Mutation):
    """Another tempo for the whole program."""

    name = "change_tempo"
    choices: ClassVar[Choices] = {"factor": (0.5, 0.75, 0.8, 1.25, 1.5, 2.0)}

    def sites(self, tree: Tree) -> Sequence[object]:
        """Where tempi are written, or the head of a program that keeps the default of 60."""
        known = ("use_bpm", "with_bpm", "use_sample_bpm", "with_sample_bpm", "use_bpm_mul")
        if not any(call.name in known for call in tree.calls):
            return [tree.root] if _sleeps(tree) else []
        if any(call.name in known[2:] for call in tree.calls):
            return []
        return self._written(tree)

    def _written(self, tree: Tree) -> list[Place]:
        return [each for each in places(tree) if each.meaning == "bpm"]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft | None:
        """Every written tempo is multiplied; a program without one is given one."""
        factor = float(drawn["factor"])
        said = {0.5: "at half the tempo", 2.0: "at twice the tempo"}.get(factor, "")
        said = said or ("slower" if factor < 1 else "faster")
        written = self._written(tree)
        low, high = LIMITS["bpm"]
        if any(not low <= float(each.value) * factor <= high for each in written):
            return None
        changes: list[Change] = moved(written, lambda value: round(value * factor, 1))
        if not written:
            bpm = spell_number(_DEFAULT_BPM * factor, "1")
            changes = [((0, 0), f"use_bpm {bpm}{newline(tree)}")]
        return Draft(changes, f"the whole piece {said}", {})


class Densify(Mutation):
    """A part at twice its speed, the rest as it was."""

    name = "densify"
    choices: ClassVar[Choices] = {"factor": (0.5,)}
    said = "twice as fast as before"

    def sites(self, tree: Tree) -> Sequence[Part]:
        """Parts whose waits are all written out."""
        low, high = LIMITS["sleep"]
        factor = float(self.choices["factor"][0])
        return [
            part
            for part in parts(tree)
            if (waits := _waits_of(tree, part))
            and all(low <= float(each.value) * factor <= high for each in waits)
        ]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """Every wait of one part."""
        part = rng.choice(list(self.sites(tree)))
        factor = float(drawn["factor"])
        changes = moved(_waits_of(tree, part) or (), lambda value: value * factor)
        return Draft(changes, f"{part.label} {self.said}", {"part": part.label})


class ThinOut(Densify):
    """A part at half its speed."""

    name = "thin_out"
    choices: ClassVar[Choices] = {"factor": (2.0,)}
    said = "half as fast as before"


class RestSometimes(Mutation):
    """Leaves notes out by chance."""

    name = "rest_sometimes"
    choices: ClassVar[Choices] = {"chance": ("one_in(2)", "one_in(3)", "rand < 0.7")}

    def sites(self, tree: Tree) -> Sequence[Call]:
        """Sounds on a line of their own."""
        return [
            each
            for each in sounding(tree)
            if is_statement(tree, each.node) and "\n" not in source_of(each.node)
        ]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """One sound gets a condition."""
        call = rng.choice(list(self.sites(tree)))
        end = call.node.end_byte
        change = ((end, end), f" if {drawn['chance']}")
        return Draft([change], f"a {_what(call)} now left out by chance", {})


class PlayAlways(Mutation):
    """Plays what was left to chance or to a pattern."""

    name = "play_always"

    def sites(self, tree: Tree) -> Sequence[object]:
        """Sounds with a condition behind them."""
        return [each for each in tree.nodes if each.type == "if_modifier" and _sound_of(tree, each)]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft | None:
        """One condition goes, unless it is what advances the ticks."""
        found = [
            node
            for node in tree.nodes
            if node.type == "if_modifier"
            and _sound_of(tree, node)
            and "tick" not in source_of(node)
        ]
        if not found:
            return None
        node = rng.choice(found)
        call = _sound_of(tree, node)
        assert call is not None
        change = ((call.node.end_byte, node.end_byte), "")
        return Draft([change], f"a {_what(call)} now played each time", {})


def _sound_of(tree: Tree, node: Node) -> Call | None:
    body = node.child_by_field_name("body")
    return next(
        (each for each in sounding(tree) if body is not None and each.node.id == body.id), None
    )


class Subdivide(Mutation):
    """Plays a sound twice in its time."""

    name = "subdivide"
    choices: ClassVar[Choices] = {"times": (2, 3, 4)}

    def sites(self, tree: Tree) -> Sequence[tuple[Call, Call]]:
        """A sound on a line of its own, and a written wait of some length right behind it."""
        waits = {each.node.id: each for each in _sleeps(tree)}
        found: list[tuple[Call, Call]] = []
        for call in sounding(tree):
            after = call.node.next_named_sibling
            wait = waits.get(after.id) if after is not None else None
            if wait is None or not is_statement(tree, call.node) or not wait.positional:
                continue
            beats = number(wait.positional[0])
            if beats is not None and beats >= 0.25 and ".tick" not in source_of(call.node):
                found.append((call, wait))
        return found

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """The sound and its wait in `n.times do`."""
        call, wait = rng.choice(list(self.sites(tree)))
        count = int(drawn["times"])
        beats = float(number(wait.positional[0]) or 0.0) / count
        pad, end = indent_of(tree, call.node), newline(tree)
        inner = [f"{pad}  {source_of(call.node)}", f"{pad}  sleep {beats:.4g}"]
        text = end.join([f"{count}.times do", *inner, f"{pad}end"])
        change = ((call.node.start_byte, wait.node.end_byte), text)
        return Draft([change], f"a {_what(call)} {count} times in its time", {})


class Swing(Mutation):
    """Lets a part's second half beats come late: long waits and short ones in turn."""

    name = "swing"
    choices: ClassVar[Choices] = {"share": (0.55, 0.6, 0.66)}

    def sites(self, tree: Tree) -> Sequence[Call]:
        """The last wait of a loop that waits once, a written length."""
        found: list[Call] = []
        for part in parts(tree):
            waits = [each for each in _sleeps(tree) if part.holds(each.node)]
            if part.call.name != "live_loop" or len(waits) != 1 or not waits[0].positional:
                continue
            beats = number(waits[0].positional[0])
            if (
                beats is not None
                and beats <= 0.5
                and waits[0].node.id == statements(part.call)[-1].id
            ):
                found.append(waits[0])
        return found

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """Two waits make the time of two of before."""
        wait = rng.choice(list(self.sites(tree)))
        node = wait.positional[0]
        beats, share = float(number(node) or 0.0), float(drawn["share"])
        long, short = 2 * beats * share, 2 * beats * (1 - share)
        change = (span(node), f"(ring {long:.4g}, {short:.4g}).tick(:swing)")
        if source_of(wait.node).startswith(("sleep(", "wait(")):
            change = (span(node), f"ring({long:.4g}, {short:.4g}).tick(:swing)")
        _, part = choose_part(tree, [wait], rng)
        return Draft([change], f"{part} swung", {"part": part})


class EnterLater(Mutation):
    """Lets a loop begin some beats later."""

    name = "enter_later"
    choices: ClassVar[Choices] = {"beats": (2, 4, 8)}

    def sites(self, tree: Tree) -> Sequence[Part]:
        """Live loops that begin at once."""
        return [
            part
            for part in parts(tree)
            if part.call.name == "live_loop"
            and len(part.call.positional) == 1
            and not part.call.keywords
        ]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """Adds `delay:`."""
        part = rng.choice(list(self.sites(tree)))
        end = part.call.positional[0].end_byte
        change = ((end, end), f", delay: {drawn['beats']}")
        return Draft(
            [change], f"{part.label} enters {drawn['beats']} beats later", {"part": part.label}
        )


def _what(call: Call) -> str:
    return {"sample": "sample", "synth": "note"}.get(call.name, "note")
