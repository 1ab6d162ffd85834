"""A recording tells what went wrong in one line, and of a stopped program nothing else."""

from __future__ import annotations

from trichord.livecode.sonicpi.recording import ProgramError, stopped


def test_an_error_reads_as_one_line_with_its_place() -> None:
    assert str(ProgramError("syntax", "odd", 3, 7)) == "line 3, column 7: odd"
    assert str(ProgramError("runtime", "odd", 3)) == "line 3: odd"
    assert str(ProgramError("limit", "too long")) == "too long"


def test_a_stopped_program_has_one_error_and_nothing_else() -> None:
    found = stopped("why")
    assert found.errors == (ProgramError("limit", "why"),)
    assert (found.messages, found.seconds, found.finished) == ((), 0.0, False)
