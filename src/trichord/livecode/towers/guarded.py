"""What is wrong with a program, known before anything of it runs."""

from __future__ import annotations

from collections.abc import Sequence

from trichord.errors import InputError


def refusals(programs: Sequence[str]) -> list[str | None]:
    """Why each program may not run, one line; None where it may. Nothing is run."""
    return [_refusal(code) for code in programs]


def faults(programs: Sequence[str]) -> list[str | None]:
    """Why each text is no program at all, one line; None where it is one, whatever it would do."""
    return [_fault(code) for code in programs]


def _fault(code: str) -> str | None:
    from trichord.livecode.sonicpi.source import program_text
    from trichord.livecode.tree import parse

    try:
        found = parse(program_text(code)).faults
    except InputError as error:
        return str(error)
    return f"line {found[0].line}, column {found[0].column}: no Ruby" if found else None


def _refusal(code: str) -> str | None:
    from trichord.livecode.sonicpi.guard import check
    from trichord.livecode.sonicpi.source import program_text

    try:
        check(program_text(code))
    except InputError as error:
        return str(error)
    return None
