"""Chance and order: other seeds, notes drawn instead of in turn, lists shuffled or mirrored."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from trichord.livecode.calls import Call
from trichord.livecode.edits.base import Choices, Draft, Mutation, Value
from trichord.livecode.edits.known import places
from trichord.livecode.edits.numbers import source_of
from trichord.livecode.edits.parts import newline
from trichord.livecode.templates.places import Place
from trichord.livecode.tree import Tree, span

if TYPE_CHECKING:
    from tree_sitter import Node

_RANDOM = (
    "choose",
    "rrand",
    "rrand_i",
    "rand",
    "rand_i",
    "one_in",
    "dice",
    "shuffle",
    "pick",
    "rdist",
)


_RINGS = frozenset(["ring", "scale", "chord", "knit", "range", "line", "spread", "bools", "octs"])


class ChangeSeed(Mutation):
    """Another throw of the dice for the same program."""

    name = "change_seed"
    choices: ClassVar[Choices] = {"seed": tuple(range(1, 1000, 37))}

    def sites(self, tree: Tree) -> Sequence[object]:
        """Written seeds, else programs that draw at all."""
        written = self._written(tree)
        if written:
            return written
        names = {call.name for call in tree.calls} | {source_of(node) for node in tree.bare_calls}
        return [tree.root] if names & set(_RANDOM) else []

    def _written(self, tree: Tree) -> list[Place]:
        return [each for each in places(tree) if each.meaning == "seed"]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """One seed, or a first one at the head of the program."""
        written, seed = self._written(tree), str(drawn["seed"])
        if written:
            place = rng.choice(written)
            return Draft([(span(place.node), seed)], f"random seed {seed}", {})
        text = f"use_random_seed {seed}{newline(tree)}"
        return Draft([((0, 0), text)], f"random seed {seed}", {})


def _method_span(call: Call) -> tuple[int, int] | None:
    method = call.node.child_by_field_name("method")
    return None if method is None else span(method)


class DrawNotes(Mutation):
    """Draws from a list what was taken from it in turn."""

    name = "draw_notes"
    old, new, said = "tick", "choose", "drawn by chance, no longer in turn"

    def sites(self, tree: Tree) -> Sequence[Call]:
        """Rings and lists that are asked so, without a name for the tick."""
        return [
            call
            for call in tree.calls
            if call.name == self.old
            and call.receiver is not None
            and not call.positional
            and "look" not in _words(tree)
        ]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft | None:
        """One of them."""
        call = rng.choice(list(self.sites(tree)))
        where = _method_span(call)
        return where and Draft([(where, self.new)], f"values {self.said}", {})


class PlayInTurn(DrawNotes):
    """Takes from a list in turn what was drawn from it."""

    name = "play_in_turn"
    old, new, said = "choose", "tick(:turn)", "taken in turn, no longer by chance"

    def sites(self, tree: Tree) -> Sequence[Call]:
        """Lists that are drawn from, their method written without parentheses."""
        return [
            call
            for call in tree.calls
            if call.name == "choose"
            and call.receiver is not None
            and not source_of(call.node).endswith(")")
        ]


def _words(tree: Tree) -> set[str]:
    return {call.name for call in tree.calls} | {source_of(node) for node in tree.bare_calls}


class ReorderNotes(Mutation):
    """Shuffles, mirrors or turns round the list that a tick goes through."""

    name = "reorder_notes"
    choices: ClassVar[Choices] = {"how": ("shuffle", "reverse", "mirror", "reflect")}

    def sites(self, tree: Tree) -> Sequence[Call]:
        """Scales, chords and rings right before their `tick` or `look`."""
        found: list[Call] = []
        for call in tree.calls:
            receiver = call.receiver
            if call.name in ("tick", "look") and receiver is not None and _is_ring(tree, receiver):
                found.append(call)
        return found

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """One list."""
        call = rng.choice(list(self.sites(tree)))
        assert call.receiver is not None
        end = call.receiver.end_byte
        said = {
            "shuffle": "shuffled",
            "reverse": "backwards",
            "mirror": "there and back",
            "reflect": "there and back",
        }
        how = str(drawn["how"])
        return Draft([((end, end), f".{how}")], f"a list of values {said[how]}", {})


def _is_ring(tree: Tree, node: Node) -> bool:
    """A call whose value is surely a ring, in brackets or not."""
    kind = node.type
    if kind == "parenthesized_statements":
        inner = node.named_children
        return len(inner) == 1 and _is_ring(tree, inner[0])
    if kind != "call":
        return False
    return tree.call(node).name in _RINGS
