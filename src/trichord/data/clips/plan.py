"""What a build of clips decides before it renders: every program, its split, its shard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trichord.data.clips.schema import ROWS, Program, Template
from trichord.data.plan import PLAN_FORMAT, PLAN_NAME, read_plan_json
from trichord.data.shards import shard_name, write_json
from trichord.errors import InputError


@dataclass(frozen=True)
class ClipsPlan:
    """The whole plan.

    Attributes:
        options: what the user chose, and the checksums of what it was applied to.
        asked: programs asked for per kind, before the sources dropped near-identical ones.
        shards: indices of the programs of each shard, in order; a shard holds one kind.
    """

    options: dict[str, Any]
    asked: dict[str, int]
    programs: tuple[Program, ...]
    shards: tuple[tuple[int, ...], ...]

    def paths(self, folder: Path) -> list[Path]:
        """The shards' files, whether they exist or not."""
        return [folder / shard_name(index, ROWS) for index in range(len(self.shards))]


def lay_out(programs: Sequence[Program], wanted: int) -> tuple[tuple[int, ...], ...]:
    """Programs in shards of `wanted` clips, each of one kind."""
    shards: list[list[int]] = []
    for index, program in enumerate(programs):
        kind = program.template.kind
        full = not shards or len(shards[-1]) >= wanted
        if full or programs[shards[-1][-1]].template.kind != kind:
            shards.append([])
        shards[-1].append(index)
    return tuple(tuple(shard) for shard in shards)


def save_clips_plan(plan: ClipsPlan, folder: Path) -> None:
    """Write `plan.json`, atomically."""
    rows: list[dict[str, Any]] = []
    for program in plan.programs:
        if not rows or rows[-1]["template_id"] != program.template.template_id:
            rows.append(asdict(program.template) | {"programs": []})
        row: dict[str, Any] = {"clip_id": program.clip_id, "params": program.params}
        if program.words:
            row["words"] = list(program.words)
        rows[-1]["programs"].append(row | {"code": program.code})
    value = {
        "format": PLAN_FORMAT,
        "options": plan.options,
        "asked": plan.asked,
        "templates": rows,
        "shards": [
            {"file": shard_name(index, ROWS), "clips": [plan.programs[i].clip_id for i in shard]}
            for index, shard in enumerate(plan.shards)
        ],
    }
    write_json(folder / PLAN_NAME, value)


def load_clips_plan(folder: Path) -> ClipsPlan:
    """Read `plan.json`.

    Raises:
        InputError: it is missing or no plan of clips.
    """
    value = read_plan_json(folder)
    try:
        programs = tuple(
            Program(p["clip_id"], template, p["params"], p["code"], tuple(p.get("words", ())))
            for row in value["templates"]
            for template in [_template(row)]
            for p in row["programs"]
        )
        places = {program.clip_id: index for index, program in enumerate(programs)}
        shards = tuple(tuple(places[key] for key in s["clips"]) for s in value["shards"])
        return ClipsPlan(value["options"], value["asked"], programs, shards)
    except (KeyError, TypeError) as error:
        raise InputError(
            f"{folder / PLAN_NAME}: field {error} is missing or wrong; build the corpus again"
        ) from error


def _template(row: dict[str, Any]) -> Template:
    return Template(**{key: row[key] for key in Template.__dataclass_fields__})
