"""Towers by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from trichord.errors import InputError

if TYPE_CHECKING:
    from trichord.livecode.sonicpi.render import Renderer
    from trichord.livecode.towers.base import Tower
    from trichord.progress import Progress
    from trichord.space.clips import ClipSpace

TOWERS = ("code", "score", "audio", "debug")


def load_tower(
    name: str,
    space: ClipSpace | None = None,
    renderer: Renderer | None = None,
    progress: Progress | None = None,
) -> Tower:
    """A tower, ready to read.

    Args:
        name: one of `TOWERS`.
        space: that its vectors lie in; the shipped one by default.
        renderer: of a tower that runs programs (`score` wants one that is `score_only`); one of
            its own by default.
        progress: told of what is made once per installation, such as the patches of synths.

    Raises:
        InputError: there is no such tower, or its weights are missing or altered.
        MissingProgramError: it runs programs, and Sonic Pi, scsynth or the sandbox is missing.
    """
    if name not in _MAKERS:
        raise InputError(f"tower {name!r}: no such tower; known are {', '.join(TOWERS)}")
    return _MAKERS[name](space, renderer, progress)


def reading_tower(space: ClipSpace | None = None) -> Tower:
    """The code tower without the guard, for programs that nobody is about to run."""
    from trichord.livecode.code_tower import load_code_tower
    from trichord.livecode.towers.code import CodeTower

    return CodeTower(_space(space), load_code_tower(), guarded=False)


def _code(space: ClipSpace | None, *_: object) -> Tower:
    from trichord.livecode.code_tower import load_code_tower
    from trichord.livecode.towers.code import CodeTower

    return CodeTower(_space(space), load_code_tower())


def _score(space: ClipSpace | None, renderer: Renderer | None, progress: Progress | None) -> Tower:
    from trichord.livecode.towers.score import ScoreTower
    from trichord.space.refiner import load_refiner

    return ScoreTower(_space(space), load_refiner(), renderer=renderer, progress=progress)


def _audio(space: ClipSpace | None, renderer: Renderer | None, *_: object) -> Tower:
    from trichord.livecode.towers.audio import AudioTower

    return AudioTower(_space(space), renderer)


def _debug(space: ClipSpace | None, *_: object) -> Tower:
    from trichord.livecode.towers.debug import DebugTower

    return DebugTower(space=space)


def _space(space: ClipSpace | None) -> ClipSpace:
    from trichord.space.clips import load_clip_space

    return space or load_clip_space()


_MAKERS: dict[str, Callable[[ClipSpace | None, Renderer | None, Progress | None], Tower]] = {
    "code": _code,
    "score": _score,
    "audio": _audio,
    "debug": _debug,
}
