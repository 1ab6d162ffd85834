"""Files to what is known of their sound: a vector of the space, a picture, measured axes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trichord.choose.axes import measure, played
from trichord.choose.items import Item, LeftOut
from trichord.choose.listen import picture_of_sample, pictures_of_instrument
from trichord.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor

    from trichord.livecode.towers import Picture, Readings, Tower
    from trichord.space.clips import ClipSpace

Vector = NDArray[np.float32]
_AT_ONCE = 32
LONGEST_PROGRAM = 2**20
"""Bytes of a program that are read; a longer one is refused."""


@dataclass(frozen=True)
class Heard:
    """What is known of the sound of one item.

    Attributes:
        vector: unit `[D]`.
        picture: of the program, the sample, or the middle note of the instrument.
        shown: axes read off the picture.
        played: axes that the events of a program tell better; empty where they are not known.
        note: what the user should know of it, one line; None if there is nothing.
    """

    item: Item
    vector: Vector
    picture: Picture
    shown: Mapping[str, float]
    played: Mapping[str, float] = field(default_factory=dict[str, float])
    note: str | None = None


Result = Heard | LeftOut


def hear(
    items: Sequence[Item],
    space: ClipSpace,
    tower: Tower | None,
    done: Callable[[int], None] = lambda count: None,
) -> list[Result]:
    """Hears items of all kinds, in their order; what cannot be heard is told in its place.

    Args:
        items: the files.
        space: of the vectors.
        tower: of the programs; may be None where there are none.
        done: told of every item that is ready.
    """
    results: dict[int, Result] = {}
    programs = [i for i, item in enumerate(items) if item.kind == "program"]
    if programs:
        assert tower is not None
        for i, result in zip(programs, _programs([items[i] for i in programs], tower), strict=True):
            results[i] = result
        done(len(programs))
    recorded = [i for i, item in enumerate(items) if item.kind != "program"]
    for i, result in zip(recorded, _recorded([items[i] for i in recorded], space), strict=True):
        results[i] = result
    done(len(recorded))
    return [results[i] for i in range(len(items))]


def heard_programs(items: Sequence[Item], readings: Readings) -> list[Result]:
    """What a tower's readings say of programs."""
    return [_program(item, readings, i) for i, item in enumerate(items)]


def read_program(item: Item) -> str:
    """The text of a program.

    Raises:
        InputError: it cannot be read, or is no program text.
    """
    from trichord.livecode.sonicpi.source import program_text

    try:
        with item.file.open("rb") as file:
            content = file.read(LONGEST_PROGRAM + 1)
    except OSError as error:
        raise InputError(f"{item.path}: cannot be read ({error.strerror})") from None
    if len(content) > LONGEST_PROGRAM:
        raise InputError(f"{item.path}: longer than {LONGEST_PROGRAM:,} bytes: make it shorter")
    try:
        return program_text(content)
    except InputError as error:
        raise InputError(f"{item.path}: {error}") from None


def vectors_of(space: ClipSpace, sounds: Sequence[Sequence[Picture]]) -> list[Vector]:
    """The unit vector `[D]` of each sound that has one picture or several: their mean's direction.

    Pictures of about one length are embedded together, so that little is spent on padding.
    """
    import torch

    from trichord.space.clips.pictures import pad_pictures
    from trichord.space.joint import mean_direction

    pictures = [picture for sound in sounds for picture in sound]
    if not pictures:
        return []
    order = sorted(range(len(pictures)), key=lambda i: pictures[i].shape[1])
    rows: dict[int, Tensor] = {}
    for start in range(0, len(order), _AT_ONCE):
        places = order[start : start + _AT_ONCE]
        some = space.embed_picture(*pad_pictures([pictures[i] for i in places]))
        rows |= dict(zip(places, some, strict=True))
    flat = iter(rows[i] for i in range(len(pictures)))
    parts = [torch.stack([next(flat) for _ in sound]) for sound in sounds]
    return [mean_direction(part).numpy().astype(np.float32) for part in parts]


def _programs(items: Sequence[Item], tower: Tower) -> list[Result]:
    """Reads all texts, lets the tower read those that are texts at all."""
    texts: dict[int, str] = {}
    results: dict[int, Result] = {}
    for i, item in enumerate(items):
        try:
            texts[i] = read_program(item)
        except InputError as error:
            results[i] = LeftOut(item.path, str(error))
    read = [items[i] for i in texts]
    said = heard_programs(read, tower.embed(list(texts.values()))) if texts else []
    results |= dict(zip(texts, said, strict=True))
    return [results[i] for i in range(len(items))]


def _program(item: Item, readings: Readings, place: int) -> Result:
    picture, problem = readings.pictures[place], readings.problems[place]
    if picture is None:
        return LeftOut(item.path, problem or "cannot be read")
    strokes = readings.strokes[place]
    vector = readings.vectors[place].numpy().astype(np.float32)
    events = {} if strokes is None else played(strokes)
    return Heard(item, vector, picture, measure(picture), events, problem)


def _recorded(items: Sequence[Item], space: ClipSpace) -> list[Result]:
    """Samples and instruments; their files are read and transformed side by side."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        shown = list(pool.map(_pictures, items))
    audible = [each for each in shown if not isinstance(each, LeftOut)]
    vectors = iter(vectors_of(space, audible))
    return [
        each if isinstance(each, LeftOut) else _heard(item, next(vectors), each)
        for item, each in zip(items, shown, strict=True)
    ]


def _pictures(item: Item) -> list[Picture] | LeftOut:
    try:
        if item.kind == "sample":
            return [picture_of_sample(item.file)]
        return pictures_of_instrument(item.file)
    except (InputError, OSError) as error:
        return LeftOut(item.path, str(error))


def _heard(item: Item, vector: Vector, pictures: Sequence[Picture]) -> Heard:
    middle = pictures[len(pictures) // 2]
    return Heard(item, vector, middle, measure(middle))
