"""Which tower reads the programs: the one that is asked for, or the best that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trichord.errors import TrichordError

if TYPE_CHECKING:
    from trichord.livecode.towers import Tower
    from trichord.progress import Progress
    from trichord.space.clips import ClipSpace

TowerName = Literal["auto", "code", "score", "audio", "debug"]

MOST_SCORES = 60
"""Programs up to which their scores are ready within a few seconds."""


@dataclass(frozen=True)
class Picked:
    """A tower and why it was taken, in a few words."""

    tower: Tower
    why: str


def pick_tower(
    name: TowerName, programs: int, space: ClipSpace, progress: Progress | None = None
) -> Picked:
    """The tower `name`, or for "auto" the truest that is installed and fits the number of programs.

    Args:
        name: as asked.
        programs: how many are to be read.
        space: of the vectors.
        progress: told of what is made once per installation.

    Raises:
        MissingProgramError: the tower that is asked for needs a program that is missing.
    """
    from trichord.livecode.towers import load_tower

    if name != "auto":
        return Picked(load_tower(name, space, None, progress), "as asked")
    if programs > MOST_SCORES:
        return Picked(load_tower("code", space), f"{programs} programs, more than {MOST_SCORES}")
    missing = why_no_scores()
    if missing is not None:
        return Picked(load_tower("code", space), missing)
    return Picked(load_tower("score", space, None, progress), "the truest within a second")


def why_no_scores() -> str | None:
    """Why programs cannot be run to their scores here; None where they can."""
    from trichord.livecode.sonicpi import install
    from trichord.livecode.sonicpi.sandbox import require_sandbox

    try:
        install.find()
        install.require_scsynth()  # which plays the patches of sketches, once
        require_sandbox()
    except TrichordError as error:
        return str(error)
    return None
