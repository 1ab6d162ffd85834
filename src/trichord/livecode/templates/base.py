"""The base programs: Trichord's own forty, and the examples of the user's own Sonic Pi."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "programs"

HEAD = re.compile(r"# (?P<title>.+)\n# Genre: (?P<genre>.+)\n# (?P<idea>.+)\n")


@dataclass(frozen=True)
class BaseProgram:
    """A small piece of music; what its first lines say of it."""

    name: str
    title: str
    genre: str
    idea: str
    code: str


@cache
def base_programs() -> tuple[BaseProgram, ...]:
    """Trichord's own base programs, by name."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.rb")))


def _read(path: Path) -> BaseProgram:
    code = path.read_text(encoding="utf-8")
    head = HEAD.match(code)
    if head is None:
        raise ValueError(f"{path}: begins with a title, a genre and an idea, a comment line each")
    return BaseProgram(path.stem, head["title"], head["genre"], head["idea"], code)
