"""`trichord rank`: which of some programs, samples and instruments sounds as wanted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tyro

from trichord.choose.items import visible
from trichord.choose.pick import Picked, TowerName, pick_tower
from trichord.errors import InputError

if TYPE_CHECKING:
    from trichord.choose.items import Item, LeftOut
    from trichord.choose.rank import Ranked
    from trichord.choose.reading import Heard
    from trichord.choose.wish import Wish
    from trichord.progress import Progress
    from trichord.space.clips import ClipSpace


@dataclass(frozen=True)
class RankOptions:
    """Ranks programs (.rb), samples and instruments (.sfz, or a folder) by how they sound."""

    files: tyro.conf.Positional[tuple[Path, ...]] = ()
    """Two files or more, of any kind."""
    like: str | None = None
    """How it should sound: words ("darker, slower", "underwater bells"), or a file to be like."""
    diverse: int | None = None
    """Instead of an order: the so many files that differ most from each other."""
    tower: TowerName = "auto"
    """How programs are heard: code (read, nothing run), score (run to their events and sketched),
    audio (rendered); auto takes the best that is installed and quick."""
    json: bool = False
    """One JSON object on stdout, with each file's measures and a small spectrogram."""
    picture: Path | None = None
    """A .png to write: the spectrograms of all files, in order."""


@dataclass(frozen=True)
class Outcome:
    """What is printed: lines for stdout, lines for the user on stderr, and the exit code."""

    lines: tuple[str, ...]
    notes: tuple[str, ...]
    code: int


def rank_files(options: RankOptions, progress: Progress, space: ClipSpace | None = None) -> Outcome:
    """Ranks files; those that cannot be heard are left out, listed, and make the exit code 2.

    Args:
        options: of the command.
        progress: told of files that are ready; stays open.
        space: of the vectors; the shipped one by default.

    Raises:
        InputError: the options are wrong, or no file can be heard.
        MissingProgramError: the tower that is asked for needs a program that is missing.
    """
    _check(options)
    named, left = _items(options.files)
    target = _target(options)
    space = space or _shipped()
    everything = [*named, *([target] if target else [])]
    heard, more, picked = _hear(everything, options.tower, space, progress)
    wanted = _wanted(target, heard.pop(len(named), None), more)
    left += more
    if not heard:
        raise InputError("nothing can be ranked: " + "; ".join(str(each) for each in left))
    wish = _wish(options, wanted, space)
    ranked = _ranked(options, list(heard.values()), wish)
    if options.picture is not None:
        _draw(options.picture, ranked)
    lines = [_json(options, ranked, left, picked)] if options.json else list(_table(ranked))
    return Outcome(tuple(lines), tuple(_notes(ranked, left, picked, wish)), 2 if left else 0)


def _check(options: RankOptions) -> None:
    from trichord.choose.thumbnail import check_sheet

    count = len(options.files)
    if count < 2:
        said = "no file" if count == 0 else f"one file, {options.files[0]}"
        raise InputError(f"rank: {said}: name two or more to compare")
    if (options.like is None) == (options.diverse is None):
        both = options.like is not None
        said = "leave one of them out" if both else "give --like TEXT, --like FILE or --diverse K"
        which = "both" if both else "neither of"
        raise InputError(f"rank: {which} --like and --diverse: {said}")
    if options.diverse is not None and not 1 <= options.diverse <= count:
        raise InputError(f"--diverse {options.diverse}: of {count} files: use 1 to {count}")
    if options.picture is not None:
        check_sheet(options.picture)


def _items(paths: Sequence[Path]) -> tuple[list[Item], list[LeftOut]]:
    """Each file once, as it was named first."""
    from trichord.choose.items import LeftOut, item_of

    items: list[Item] = []
    left: list[LeftOut] = []
    for path in dict.fromkeys(paths):
        try:
            items.append(item_of(path))
        except InputError as error:
            left.append(LeftOut(path, str(error)))
    return items, left


def _target(options: RankOptions) -> Item | None:
    from trichord.choose.wish import like_file

    return None if options.like is None else like_file(options.like)


def _shipped() -> ClipSpace:
    from trichord.space.clips import load_clip_space

    return load_clip_space()


def _hear(
    items: Sequence[Item], name: TowerName, space: ClipSpace, progress: Progress
) -> tuple[dict[int, Heard], list[LeftOut], Picked | None]:
    """What can be heard, by its place; what cannot; the tower, where there are programs."""
    from trichord.choose.items import LeftOut
    from trichord.choose.reading import Heard, hear

    programs = sum(item.kind == "program" for item in items)
    picked = pick_tower(name, programs, space, progress) if programs else None
    task = progress.task("listening", len(items))
    try:
        results = hear(items, space, picked.tower if picked else None, task.advance)
    finally:
        if picked is not None:
            picked.tower.close()
    heard = {i: result for i, result in enumerate(results) if isinstance(result, Heard)}
    return heard, [result for result in results if isinstance(result, LeftOut)], picked


def _wanted(target: Item | None, heard: Heard | None, left: Sequence[LeftOut]) -> Heard | None:
    """The sound that `--like` names.

    Raises:
        InputError: it cannot be heard; there is nothing to rank by.
    """
    if target is not None and heard is None:
        why = next(each for each in reversed(left) if each.path == target.path)
        raise InputError(f"--like {why}")
    return heard


def _wish(options: RankOptions, wanted: Heard | None, space: ClipSpace) -> Wish | None:
    """What `--like` asks for; None where a diverse choice is asked for."""
    from trichord.choose.wish import Wish, wish_of_words

    if options.like is None:
        return None
    if wanted is not None:
        return Wish(wanted.vector, f"like {wanted.item.path}")
    return wish_of_words(options.like, space)


def _ranked(options: RankOptions, heard: list[Heard], wish: Wish | None) -> list[Ranked]:
    from trichord.choose.rank import diverse, rank

    if wish is not None:
        return rank(heard, wish)
    assert options.diverse is not None
    return diverse(heard, options.diverse)


def _draw(path: Path, ranked: Sequence[Ranked]) -> None:
    from trichord.choose.thumbnail import write_sheet

    titles = [
        f"{place}. {each.heard.item.path.name}   {each.score:.2f}   {', '.join(each.differs)}"
        for place, each in enumerate(ranked, start=1)
    ]
    write_sheet(path, [each.heard.picture for each in ranked], titles)


def _table(ranked: Sequence[Ranked]) -> Iterator[str]:
    names = [visible(str(each.heard.item.path)) for each in ranked]
    width = max(map(len, names))
    for place, (name, each) in enumerate(zip(names, ranked, strict=True), start=1):
        yield f"{place:>3}  {each.score:6.2f}  {name:<{width}}  {', '.join(each.differs)}"


def _notes(
    ranked: Sequence[Ranked], left: Sequence[LeftOut], picked: Picked | None, wish: Wish | None
) -> Iterator[str]:
    if wish is not None and wish.note is not None:
        yield wish.note
    if picked is not None:
        yield f"programs heard by the {picked.tower.name} tower: {picked.why}"
    for each in ranked:
        if each.heard.note is not None:
            yield visible(f"note: {each.heard.item.path}: {each.heard.note}")
    for each in left:
        yield visible(f"left out: {each}")


def _json(
    options: RankOptions,
    ranked: Sequence[Ranked],
    left: Sequence[LeftOut],
    picked: Picked | None,
) -> str:
    from trichord.choose.axes import axes

    report: dict[str, Any] = {
        "like": options.like,
        "diverse": options.diverse,
        "tower": None if picked is None else {"name": picked.tower.name, "why": picked.why},
        "units": {axis.name: axis.unit for axis in axes()},
        "ranking": [_entry(each) for each in ranked],
        "left_out": [{"file": str(each.path), "why": each.why} for each in left],
    }
    return json.dumps(report)


def _entry(each: Ranked) -> dict[str, Any]:
    from trichord.choose.thumbnail import thumbnail

    return {
        "file": str(each.heard.item.path),
        "kind": each.heard.item.kind,
        "score": round(each.score, 4),
        "parts": {name: round(value, 4) for name, value in each.parts.items()},
        "differs": list(each.differs),
        "axes": {name: round(value, 3) for name, value in each.values.items()},
        "note": each.heard.note,
        "picture": thumbnail(each.heard.picture),
    }
