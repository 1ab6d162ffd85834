"""Our base programs: what their heads say, that they pass the guard, that they are heard."""

from __future__ import annotations

import pytest

from trichord.livecode.sonicpi.guard import findings
from trichord.livecode.sonicpi.render import Renderer
from trichord.livecode.templates.base import BaseProgram, base_programs
from trichord.livecode.tree import parse

PROGRAMS = base_programs()


def test_there_are_enough_of_them_and_no_two_alike() -> None:
    assert len(PROGRAMS) >= 36
    for what in ("title", "genre", "idea"):
        assert len({getattr(program, what) for program in PROGRAMS}) == len(PROGRAMS)


def shape(program: BaseProgram) -> tuple[str, ...]:
    """The calls of a program in their order, without what they are given."""
    return tuple(call.name for call in parse(program.code).calls)


def test_no_two_have_the_same_shape() -> None:
    assert len({shape(program) for program in PROGRAMS}) == len(PROGRAMS)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_it_passes_the_guard_and_is_written_as_people_do(program: BaseProgram) -> None:
    assert findings(program.code) == []
    assert parse(program.code).faults == ()
    lines = program.code.splitlines()
    assert max(map(len, lines)) <= 120
    assert not any(line.endswith(" ") or "\t" in line for line in lines)


def test_every_one_is_heard_and_none_raises(renderer: Renderer) -> None:
    renders = list(renderer.render_many([program.code for program in PROGRAMS], seconds=3))
    for program, render in zip(PROGRAMS, renders, strict=True):
        assert render.errors == (), program.name
        assert render.level is not None, program.name
        assert -40 < render.level.rms_db < -9, program.name
    assert len({render.render_hash for render in renders}) == len(PROGRAMS)
