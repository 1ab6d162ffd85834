"""Rhythms: patterns turned, reversed, denser, sparser; the order of waits."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from trichord.livecode.calls import Call
from trichord.livecode.edits.base import Change, Choices, Draft, Mutation, Value
from trichord.livecode.edits.known import places
from trichord.livecode.edits.numbers import source_of
from trichord.livecode.edits.options import add_option
from trichord.livecode.literals import number, string
from trichord.livecode.tree import Tree, span

if TYPE_CHECKING:
    from tree_sitter import Node

_MARKS = frozenset("xX-._01oO*# ")


def patterns(tree: Tree) -> list[list[str]]:
    """The steps of each pattern, for those who only look."""
    return [[text for _, text in steps] for steps in _patterns(tree)]


def _patterns(tree: Tree) -> list[list[tuple[tuple[int, int], str]]]:
    """Each pattern of hits as its steps: their spans and their texts.

    A pattern is a string of marks ("x--x"), the arguments of `bools`, or a ring or list of ones
    and noughts.
    """
    found: list[list[tuple[tuple[int, int], str]]] = []
    for node in tree.nodes:
        marks = string(node)
        if marks is not None and len(marks) >= 4 and set(marks) <= _MARKS and len(set(marks)) == 2:
            start = node.start_byte + 1
            found.append([((start + at, start + at + 1), mark) for at, mark in enumerate(marks)])
            continue
        items = _bits(tree, node)
        if items:
            found.append([(span(each), source_of(each)) for each in items])
    return found


def _bits(tree: Tree, node: Node) -> list[Node]:
    items: Sequence[Node] = ()
    if node.type == "array":
        items = node.named_children
    elif node.type == "call" and tree.call(node).name in ("bools", "ring"):
        items = tree.call(node).positional
    values = {number(each) for each in items}
    return list(items) if len(items) >= 4 and values == {0, 1} else []


def _rewritten(steps: Sequence[tuple[tuple[int, int], str]], order: Sequence[str]) -> list[Change]:
    return [(where, new) for (where, old), new in zip(steps, order, strict=True) if old != new]


class _Pattern(Mutation):
    """A change of one pattern of hits."""

    def sites(self, tree: Tree) -> Sequence[object]:
        """Patterns of four steps or more with hits and rests."""
        return _patterns(tree)

    def _pattern(self, tree: Tree, rng: random.Random) -> list[tuple[tuple[int, int], str]]:
        return rng.choice(_patterns(tree))


class RotateRhythm(_Pattern):
    """A pattern that begins later in itself, or a spread with a rotation."""

    name = "rotate_rhythm"
    choices: ClassVar[Choices] = {"by": (1, 2, 3, 4)}

    def sites(self, tree: Tree) -> Sequence[object]:
        """Patterns, and spreads that are not rotated."""
        return [*_patterns(tree), *_plain_spreads(tree)]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """One of them."""
        by = int(drawn["by"])
        at = rng.randrange(len(self.sites(tree)))
        steps = _patterns(tree)
        said = f"a rhythm turned by {by} steps"
        if at >= len(steps):
            call = _plain_spreads(tree)[at - len(steps)]
            return Draft([add_option(call, "rotate", str(by))], said, {})
        texts = [text for _, text in steps[at]]
        turn = by % len(texts)
        return Draft(_rewritten(steps[at], texts[turn:] + texts[:turn]), said, {})


class ReverseRhythm(_Pattern):
    """A pattern backwards."""

    name = "reverse_rhythm"

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """One pattern."""
        steps = self._pattern(tree, rng)
        return Draft(_rewritten(steps, [text for _, text in steps][::-1]), "a rhythm backwards", {})


class AddHits(_Pattern):
    """More hits in a pattern."""

    name = "add_hits"
    choices: ClassVar[Choices] = {"count": (1, 2, 3)}
    rest_to_hit = True
    said = "more hits in a rhythm"

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft | None:
        """Steps are drawn among those that are not the first."""
        steps = self._pattern(tree, rng)
        hit, rest = _hit_and_rest([text for _, text in steps])
        old, new = (rest, hit) if self.rest_to_hit else (hit, rest)
        free = [at for at, (_, text) in enumerate(steps) if text == old and at]
        count = min(int(drawn["count"]), len(free))
        chosen = set(rng.sample(free, count))
        order = [new if at in chosen else text for at, (_, text) in enumerate(steps)]
        return Draft(_rewritten(steps, order), self.said, {"steps": count}) if count else None


class RemoveHits(AddHits):
    """Fewer hits in a pattern; the first step stays as it is."""

    name = "remove_hits"
    rest_to_hit = False
    said = "fewer hits in a rhythm"


def _hit_and_rest(texts: Sequence[str]) -> tuple[str, str]:
    """Which of the two marks is the hit."""
    rests = ("0", "-", ".", "_", " ")
    one, other = sorted(set(texts))
    return (other, one) if one in rests else (one, other)


class VarySpread(Mutation):
    """Another number of hits in a Euclidean rhythm."""

    name = "vary_spread"
    choices: ClassVar[Choices] = {"by": (-2, -1, 1, 2)}

    def sites(self, tree: Tree) -> Sequence[Call]:
        """Spreads of written numbers."""
        return _spreads(tree)

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft | None:
        """One spread; it keeps a hit and a rest."""
        call = rng.choice(_spreads(tree))
        hits, steps = (number(each) or 0 for each in call.positional[:2])
        new = round(hits + int(drawn["by"]))
        if not 0 < new < steps:
            return None
        said = "denser" if new > hits else "sparser"
        return Draft(
            [(span(call.positional[0]), str(new))], f"a spread {said}: {new} of {steps:g}", {}
        )


def _spreads(tree: Tree) -> list[Call]:
    return [
        call
        for call in tree.calls
        if call.name == "spread"
        and len(call.positional) == 2
        and all(number(each) is not None for each in call.positional)
    ]


def _plain_spreads(tree: Tree) -> list[Call]:
    return [call for call in _spreads(tree) if not call.keywords]


class ReorderWaits(Mutation):
    """The same lengths in another order."""

    name = "reorder_waits"
    choices: ClassVar[Choices] = {"how": ("reverse", "rotate")}

    def sites(self, tree: Tree) -> Sequence[list[Node]]:
        """Lists of written lengths that are not all alike."""
        waits = {each.node.id for each in places(tree) if each.meaning == "sleep"}
        found: list[list[Node]] = []
        for node in tree.nodes:
            items: Sequence[Node] = ()
            if node.type == "array":
                items = node.named_children
            elif node.type == "call" and tree.call(node).name == "ring":
                items = tree.call(node).positional
            texts = [source_of(each) for each in items]
            if len(items) > 1 and all(each.id in waits for each in items) and len(set(texts)) > 1:
                found.append(list(items))
        return found

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """One list."""
        items = rng.choice(list(self.sites(tree)))
        texts = [source_of(each) for each in items]
        order = texts[::-1] if drawn["how"] == "reverse" else texts[1:] + texts[:1]
        changes = [(span(each), new) for each, new in zip(items, order, strict=True)]
        return Draft(changes, "the same lengths in another order", {})
