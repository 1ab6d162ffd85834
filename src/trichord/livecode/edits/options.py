"""Options of calls: added, and numbers in them moved. What loudness, filter and envelope share."""

from __future__ import annotations

import random
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from trichord.livecode.calls import Call
from trichord.livecode.edits.base import Change, Draft, Mutation, Value
from trichord.livecode.edits.known import places
from trichord.livecode.edits.numbers import moved
from trichord.livecode.edits.parts import EVERYTHING, choose_part, sounding
from trichord.livecode.literals import text, word
from trichord.livecode.templates.places import Place
from trichord.livecode.templates.targets import synth_in_force
from trichord.livecode.tree import Tree

if TYPE_CHECKING:
    from tree_sitter import Node

Move = Callable[[float], float]


def takes_options(call: Call) -> bool:
    """Whether an option put behind the last argument would be the call's own.

    In `play chord :e3, :minor` it would go to `chord`.
    """
    if not (call.positional or call.keywords):
        return False
    last = max(
        (*call.positional, *(each.value for each in call.keywords)), key=lambda n: n.end_byte
    )
    if last.type in ("splat_argument", "hash_splat_argument", "block_argument", "conditional"):
        return last.type == "conditional"
    return not _is_open(last)


def _is_open(node: Node) -> bool:
    """A call whose arguments stand without parentheses, at the end of `node`."""
    if node.type != "call":
        return False
    arguments = node.child_by_field_name("arguments")
    return arguments is not None and not text(arguments).startswith("(")


def add_option(call: Call, name: str, value: str) -> Change:
    """The change that gives `call` one more option."""
    nodes = (*call.positional, *(each.value for each in call.keywords))
    end = max(each.end_byte for each in nodes)
    return ((end, end), f", {name}: {value}")


def bare_sounds(tree: Tree, option: str, *, taking: Sequence[str] | None = None) -> list[Call]:
    """Sounds that do not have the option and may be given it.

    Args:
        tree: the program.
        option: a keyword argument.
        taking: the synths that take it; None where every sound does.
    """
    found = [
        call for call in sounding(tree) if call.keyword(option) is None and takes_options(call)
    ]
    if taking is None:
        return found
    return [call for call in found if synth_of(tree, call) in taking]


def synth_of(tree: Tree, call: Call) -> str | None:
    """The synth that a sounding call plays; None for samples and where it is not known."""
    if call.name == "sample":
        return None
    if call.name == "synth":
        return word(call.positional[0]) if call.positional else None
    return synth_in_force(tree, call.node)


class MoveOption(Mutation):
    """Moves the numbers of one option, or adds the option where no sound has it.

    Attributes:
        meanings: the options whose numbers move.
        targets: what takes them: "synth", "sample", "effect".
        said: what it does, before the part: "louder".
    """

    meanings: ClassVar[tuple[str, ...]]
    targets: ClassVar[tuple[str, ...]] = ("synth", "sample")
    said: ClassVar[str]

    @abstractmethod
    def mover(self, drawn: Mapping[str, Value]) -> Move:
        """How a number moves."""

    def added(self, drawn: Mapping[str, Value]) -> tuple[str, str] | None:
        """The option that is added where there is none, and its value."""
        return None

    def addable(self, tree: Tree) -> list[Call]:
        """Where it may be added."""
        return []

    def sites(self, tree: Tree) -> Sequence[Place | Call]:
        """The numbers, else the sounds that lack the option."""
        return self._numbers(tree) or self.addable(tree)

    def _numbers(self, tree: Tree) -> list[Place]:
        return [
            place
            for place in places(tree)
            if place.meaning in self.meanings
            and place.target in self.targets
            and not isinstance(place.value, str)
        ]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft | None:
        """Numbers where there are some; else the option is added."""
        numbers = self._numbers(tree)
        if numbers:
            taken, part = choose_part(tree, numbers, rng)
            return Draft(moved(taken, self.mover(drawn)), self.tell(drawn, part), {"part": part})
        option = self.added(drawn)
        calls = self.addable(tree)
        if option is None or not calls:
            return None
        chosen, part = choose_part(tree, calls, rng)
        changes = [add_option(call, *option) for call in chosen]
        return Draft(changes, self.tell(drawn, part), {"part": part})

    def tell(self, drawn: Mapping[str, Value], part: str) -> str:
        """The change in plain words."""
        return f"{part} {self.said}" if part != EVERYTHING else f"{self.said} everywhere"


class ScaleOption(MoveOption):
    """A `MoveOption` that multiplies by its parameter `factor`."""

    def mover(self, drawn: Mapping[str, Value]) -> Move:
        """Multiplies."""
        factor = float(drawn["factor"])
        return lambda value: value * factor


class ShiftOption(MoveOption):
    """A `MoveOption` that adds its parameter `by`."""

    def mover(self, drawn: Mapping[str, Value]) -> Move:
        """Adds."""
        by = float(drawn["by"])
        return lambda value: value + by
