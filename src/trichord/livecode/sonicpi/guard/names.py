"""Which functions, constants and variables a program may name, and why not the others.

`words.toml` is written by hand; `names.json` lists what the installed language holds
(`scripts/list_sonicpi_names.rb` makes it).
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

DEFINING = frozenset({"define", "ndefine", "defonce"})
"""Functions that make a function of the name given."""


@dataclass(frozen=True)
class Words:
    """`words.toml`, split into sets."""

    table: dict[str, Any]

    @cached_property
    def syntax(self) -> frozenset[str]:
        """Kinds of node that may occur."""
        return self._words("syntax")

    @cached_property
    def constants(self) -> frozenset[str]:
        """Constants that may be named."""
        return self._words("constants")

    @cached_property
    def paths_of_constants(self) -> frozenset[str]:
        """`Math::PI` and the like."""
        return self._words("paths_of_constants")

    @cached_property
    def made_with_new(self) -> frozenset[str]:
        """Constants that may be followed by `.new`."""
        return self._words("made_with_new")

    @cached_property
    def folding(self) -> frozenset[str]:
        """Symbols that `inject` may be given."""
        return self._words("methods", "folding")

    @cached_property
    def sounds(self) -> frozenset[str]:
        """Functions that take names of sounds."""
        return self.functions("sounds")

    @cached_property
    def newer(self) -> frozenset[str]:
        """Functions of Sonic Pi 4 and later."""
        return self.functions("newer")

    @cached_property
    def methods(self) -> frozenset[str]:
        """Ruby's own methods that may follow a dot."""
        return frozenset().union(*(self._words("methods", kind) for kind in self.table["methods"]))

    @cached_property
    def reasons(self) -> dict[str, str]:
        """Refused name -> why."""
        groups = self.table["refused"].values()
        return {word: group["why"] for group in groups for word in group["words"].split()}

    def functions(self, kind: str) -> frozenset[str]:
        """One of the lists of `[functions]`."""
        return self._words("functions", kind)

    def why(self, group: str) -> str:
        """The reason of one group of `[refused]`."""
        return self.table["refused"][group]["why"]

    def _words(self, *path: str) -> frozenset[str]:
        found: Any = self.table
        for key in path:
            found = found[key]
        return frozenset(found.split())


@cache
def words() -> Words:
    """The lists written by hand, read once."""
    return Words(tomllib.loads(_resource("words.toml")))


@dataclass(frozen=True)
class Names:
    """The names of the installed language, sorted by what a program may do with them."""

    functions: frozenset[str]
    list_functions: tuple[str, ...]
    taken: frozenset[str]
    unusable_variables: frozenset[str]
    constants: frozenset[str]
    globals: frozenset[str]
    fields: frozenset[str]

    @property
    def methods(self) -> frozenset[str]:
        """What may follow a dot."""
        return self.functions | words().methods


@cache
def names() -> Names:
    """The names of the installed language, read once."""
    table = json.loads(_resource("names.json"))
    runtime, documented = frozenset(table["runtime"]), frozenset(table["functions"])
    refused = frozenset(words().reasons)
    playable = frozenset(name for name in documented if not name.startswith("mc_"))
    functions = playable | words().functions("ruby") | words().functions("undocumented")
    functions -= refused
    return Names(
        functions=functions,
        list_functions=tuple(table["list_functions"]),
        taken=(runtime | documented) - words().functions("given_again"),
        unusable_variables=runtime - functions - words().functions("harmless_bare"),
        constants=frozenset(table["constants"]) | words().constants,
        globals=frozenset(table["globals"]),
        fields=frozenset(table["fields"]),
    )


def _resource(name: str) -> str:
    return files(__package__ or "").joinpath(name).read_text(encoding="utf-8")
