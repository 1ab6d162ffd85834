"""What the guard says about a program that it does not let through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from trichord.errors import InputError


@dataclass(frozen=True, order=True)
class Refusal:
    """One place of a program that may not run.

    Attributes:
        line: From 1.
        column: In characters, from 1.
        what: The word or construct, as it stands in the program.
        why: In plain words.
        kind: "syntax" where the text is no Ruby at all.
    """

    line: int
    column: int
    what: str
    why: str
    kind: Literal["refused", "syntax"] = "refused"

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: `{self.what}`: {self.why}"


class RefusedProgram(InputError):  # noqa: N818 - it names what the program is
    """A program that the guard does not let run; `refusals` lists every place."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        more = len(self.refusals) - 1
        rest = f" (and {more} more)" if more else ""
        super().__init__(f"{self.refusals[0]}{rest}")
