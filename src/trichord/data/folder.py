"""The folder that a corpus is built into: whose it is, and whether a build goes on in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trichord.data.plan import PLAN_NAME, read_plan_json
from trichord.data.shards import remove_leftovers
from trichord.errors import InputError


def open_folder(folder: Path, choices: dict[str, Any], force: bool) -> bool:
    """Make the folder ready for a build with these choices.

    Returns:
        True if it holds a plan of the same build, which then goes on.

    Raises:
        InputError: it cannot be written, holds another build or other files and `force` is off.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_leftovers(folder)
        held = sorted(path.name for path in folder.iterdir())
        probe = folder / ".writable.part"
        probe.touch()
        probe.unlink()
    except OSError as error:
        reason = (error.strerror or "unusable").lower()
        raise InputError(f"{folder}: {reason}; choose another folder with --out") from error
    if PLAN_NAME in held:
        different = _difference(read_plan_json(folder).get("options", {}), choices)
        if different is None:
            return True
        if not force:
            raise InputError(
                f"{folder}: holds another build ({different} differs); "
                "choose another --out, or --force to build over it"
            )
        _clear(folder)
    elif held and not force:
        raise InputError(
            f"{folder}: is not empty (holds {held[0]}); choose another --out, or --force"
        )
    return False


def _difference(old: dict[str, Any], new: dict[str, Any]) -> str | None:
    for key in [*new, *old]:
        if old.get(key) != new.get(key):
            return key
    return None


def _clear(folder: Path) -> None:
    """Remove what an earlier build wrote, and nothing else."""
    shards = [path for rows in ("notes", "clips") for path in folder.glob(f"{rows}-*.parquet")]
    known = (PLAN_NAME, "report.json", "timing.json", "timing.jsonl")
    for path in [*shards, *(folder / name for name in known)]:
        path.unlink(missing_ok=True)
