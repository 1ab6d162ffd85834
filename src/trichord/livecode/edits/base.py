"""What an edit is, and the contract of the mutations that make them."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from trichord.errors import InputError
from trichord.livecode.tree import Span, Tree, parse

Value = int | float | str
"""What a parameter of a mutation may be; all of it JSON."""
Parameters = Mapping[str, Value]
Choices = Mapping[str, tuple[Value, ...]]
"""Parameters and the values that each may take."""
Change = tuple[Span, str]


@dataclass(frozen=True)
class Edit:
    """A program that a mutation made of another.

    Attributes:
        code: the whole program after the edit.
        name: the mutation.
        parameters: what was drawn for it; with these it can be told and repeated.
        description: what changed, in plain words: "the bass an octave higher".
    """

    code: str
    name: str
    parameters: Parameters
    description: str


@dataclass(frozen=True)
class Draft:
    """What a mutation wants to do to a program.

    Attributes:
        changes: spans of the program's bytes and what comes in their place.
        description: what changes, in plain words.
        parameters: what was drawn besides the mutation's own choices: a part, a new name.
    """

    changes: Sequence[Change]
    description: str
    parameters: Mapping[str, Value]


class Mutation(ABC):
    """A musically meant change of a program.

    Attributes:
        name: how it is called in a registry and in data.
        choices: the parameters that it draws and the values that each may take.
    """

    name: ClassVar[str]
    choices: ClassVar[Choices] = {}

    @abstractmethod
    def sites(self, tree: Tree) -> Sequence[object]:
        """The places of the program where the mutation can be done; empty where it cannot."""

    @abstractmethod
    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft | None:
        """The changes for the values drawn from `choices`; None where they lead to nothing."""

    def apply(
        self, tree: Tree, rng: random.Random, parameters: Parameters | None = None
    ) -> Edit | None:
        """The program with the change made, or None when the program offers no place for it.

        Args:
            tree: the program; it must parse.
            rng: draws the place and the parameters that are not given.
            parameters: values for some of `choices`.

        Raises:
            InputError: a parameter that the mutation does not have, or a value it may not take.
        """
        if not self.sites(tree):
            return None
        drawn = {key: rng.choice(values) for key, values in self.choices.items()}
        drawn |= self._checked(parameters or {})
        draft = self.draft(tree, drawn, rng)
        if draft is None or not draft.changes:
            return None
        code = tree.replace(draft.changes)
        # A mutation that broke the program would be worse than none.
        if code == tree.code or parse(code).faults:
            return None
        return Edit(code, self.name, {**drawn, **draft.parameters}, draft.description)

    def _checked(self, given: Parameters) -> dict[str, Value]:
        for key, value in given.items():
            if key not in self.choices:
                known = ", ".join(self.choices) or "none"
                raise InputError(f"edit {self.name}: no parameter {key!r}; it has {known}")
            if value not in self.choices[key]:
                allowed = ", ".join(map(str, self.choices[key]))
                raise InputError(f"edit {self.name}: {key} = {value!r}; choose one of {allowed}")
        return dict(given)
