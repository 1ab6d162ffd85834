"""Everything that a build of a corpus decides before it renders: `plan.json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trichord.data.schema import Instrument
from trichord.data.shards import shard_name, write_json
from trichord.errors import InputError

PLAN_NAME = "plan.json"

PLAN_FORMAT = 1


@dataclass(frozen=True)
class Playing:
    """How the notes of one instrument are to be played.

    Attributes:
        font: index into the plan's fonts.
        mix: "mean", "left" or "right".
        gain: factor from FluidSynth's output to the corpus.
    """

    font: int
    bank: int
    program: int
    mix: str
    gain: float
    pitches: tuple[int, ...]


@dataclass(frozen=True)
class PlannedInstrument:
    """An instrument and how to play it."""

    instrument: Instrument
    playing: Playing


@dataclass(frozen=True)
class Plan:
    """The whole plan.

    Attributes:
        options: what the user chose, and the checksums of what it was applied to.
        shards: indices of the instruments of each shard, in order.
    """

    options: dict[str, Any]
    instruments: tuple[PlannedInstrument, ...]
    shards: tuple[tuple[int, ...], ...]


def pack_shards(sizes: Sequence[int], fonts: Sequence[int], wanted: int) -> list[tuple[int, ...]]:
    """Lay instruments out in shards of at least `wanted` notes, each from one font.

    Args:
        sizes: notes per instrument.
        fonts: font index per instrument.
        wanted: notes after which a shard is closed.
    """
    shards: list[tuple[int, ...]] = []
    current: list[int] = []
    for index, size in enumerate(sizes):
        if current and (fonts[current[-1]] != fonts[index] or _sum(sizes, current) >= wanted):
            shards.append(tuple(current))
            current = []
        if size:
            current.append(index)
    return [*shards, tuple(current)] if current else shards


def _sum(sizes: Sequence[int], indices: Sequence[int]) -> int:
    return sum(sizes[index] for index in indices)


def save_plan(plan: Plan, folder: Path) -> None:
    """Write `plan.json`, atomically."""
    rows = [
        asdict(planned.instrument) | {"playing": asdict(planned.playing)}
        for planned in plan.instruments
    ]
    save_plan_json(folder, plan.options, rows, plan.shards)


def save_plan_json(
    folder: Path,
    options: dict[str, Any],
    instruments: Sequence[dict[str, Any]],
    shards: Sequence[Sequence[int]],
) -> None:
    """Write `plan.json` from rows of instruments; `shards` holds their indices."""
    ids = [row["instrument_id"] for row in instruments]
    laid_out = [
        {"file": shard_name(index), "instruments": [ids[i] for i in shard]}
        for index, shard in enumerate(shards)
    ]
    value = {
        "format": PLAN_FORMAT,
        "options": options,
        "instruments": instruments,
        "shards": laid_out,
    }
    write_json(folder / PLAN_NAME, value)


def load_plan(folder: Path) -> Plan:
    """Read `plan.json`.

    Raises:
        InputError: it is missing or not of this format.
    """
    value = read_plan_json(folder)
    try:
        planned = tuple(_planned(row) for row in value["instruments"])
        places = {one.instrument.instrument_id: i for i, one in enumerate(planned)}
        shards = tuple(tuple(places[key] for key in s["instruments"]) for s in value["shards"])
        return Plan(value["options"], planned, shards)
    except (KeyError, TypeError) as error:
        raise InputError(
            f"{folder / PLAN_NAME}: field {error} is missing or wrong; build the corpus again"
        ) from error


def read_plan_json(folder: Path) -> dict[str, Any]:
    """The JSON of a plan, its format checked.

    Raises:
        InputError: see `load_plan`.
    """
    path = folder / PLAN_NAME
    try:
        value = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; is {folder} a corpus?") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not readable as JSON; build the corpus again") from error
    if not isinstance(value, dict) or value.get("format") != PLAN_FORMAT:
        raise InputError(f"{path}: not a plan of format {PLAN_FORMAT}; build the corpus again")
    return value


def read_instrument(row: dict[str, Any]) -> Instrument:
    """An instrument from its row of `plan.json`."""
    fields: dict[str, Any] = {key: row[key] for key in Instrument.__dataclass_fields__}
    fields["captions"] = tuple(row["captions"])
    return Instrument(**fields)


def _planned(row: dict[str, Any]) -> PlannedInstrument:
    playing: dict[str, Any] = dict(row["playing"])
    playing["pitches"] = tuple(playing["pitches"])
    return PlannedInstrument(read_instrument(row), Playing(**playing))
