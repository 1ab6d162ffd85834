"""What is checked on the plain text of a program, before anything parses it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trichord.livecode.sonicpi.guard.refusal import Refusal

MAX_BYTES = 64 * 1024
MAX_DEPTH = 200
"""Brackets and blocks within one another; written by hand it is seldom more than 15."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|\r(?!\n)")
# Ruby heeds it in the first line, or the second.
_CODING = re.compile(r"\A(?:.*\n)?[ \t]*#.*?coding[ \t]*[:=][ \t]*([\w.-]+)")
_SPACE = r"[\s\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"  # Ruby's [[:space:]]
_CHAIN = re.compile(r":([a-zA-Z0-9!?=_]+(?::[a-zA-Z0-9!?=_]+[a-zA-Z0-9!?=_])+)")


def faults(code: str) -> Iterator[Refusal]:
    """Sizes and characters with which no further reading makes sense."""
    size = len(code.encode(errors="replace"))
    if size > MAX_BYTES:
        yield Refusal(
            1, 1, f"{size:,} bytes", f"a program has at most {MAX_BYTES:,} bytes; make it shorter"
        )
        return
    if found := _CONTROL.search(code.removeprefix("\ufeff").replace("\r\n", "\n")):
        line, column = place(code.replace("\r\n", "\n"), found.start())
        why = "a control character; a program is plain text"
        yield Refusal(line, column, repr(found[0])[1:-1], why)
    found = _CODING.search(code)
    if found and found[1].lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
        yield Refusal(*place(code, found.start(1)), found[1], "a program is UTF-8")
    yield from _nesting(code)


def _nesting(code: str) -> Iterator[Refusal]:
    """Brackets that no parser should be given, counted without regard to texts and comments."""
    depth = 0
    for found in re.finditer(r"[(\[{]|[)\]}]", code):
        depth = depth + 1 if found[0] in "([{" else max(depth - 1, 0)
        if depth > MAX_DEPTH:
            yield too_deep(*place(code, found.start()), found[0])
            return


def too_deep(line: int, column: int, what: str) -> Refusal:
    """The refusal of what is nested beyond `MAX_DEPTH`."""
    return Refusal(line, column, what, f"nested more than {MAX_DEPTH} deep; write it flatter")


def preparsed(code: str, list_functions: Sequence[str]) -> str:
    """The program as Sonic Pi's preparser hands it to Ruby, which is what really runs.

    It turns `(ring 1, 2)` into `ring(1, 2)` and `:a:b` into an object, anywhere: also in texts and
    comments, whose ends may so move. Hence the guard reads this text as well.
    """
    for name in list_functions:
        call = re.compile(rf"\(([ \t\r\n\f\v]*){re.escape(name)}((?:,|{_SPACE})+)")
        code = call.sub(lambda m, n=name: f" {m[1]}{n}({' ' * (len(m[2]) - 1)}", code)
        code = _CHAIN.sub(lambda m: f"::SonicPi::SPSym.new('{' : '.join(m[1].split(':'))}')", code)
    return code


def place(code: str, at: int) -> tuple[int, int]:
    """Line and column of the character at offset `at`."""
    start = code.rfind("\n", 0, at) + 1
    return code.count("\n", 0, at) + 1, at - start + 1
