"""What a run leaves on disk beside its checkpoints: settings and metrics."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from trichord.errors import InputError, MissingProgramError
from trichord.files import read_json, write_atomically, write_json
from trichord.train.checkpoint import last_step

LAYOUT = ("accelerator", "devices", "strategy", "accumulate", "tensorboard")
"""Fields of the loop that do not decide what is learnt: a run may go on with others."""


def open_folder(folder: Path, settings: dict[str, Any], resume: bool) -> None:
    """Makes the folder of a run, or checks that it fits, and writes its settings.

    Raises:
        InputError: there is a run in it that is not to go on, or one with other settings.
    """
    path = folder / "config.json"
    step = last_step(folder / "checkpoints")
    if step is not None and not resume:
        raise InputError(
            f"{folder} holds a run at step {step}; resume it (--resume) or choose another folder"
        )
    if step is not None and path.is_file():
        told = json.loads(json.dumps(settings, default=str))
        changed = differing(read_json(path, "restore it, or choose another folder"), told)
        if changed:
            raise InputError(
                f"{path} was written with other settings ({', '.join(changed)}); "
                "resume with the same or choose another folder"
            )
    folder.mkdir(parents=True, exist_ok=True)
    write_json(path, settings)
    if step is None:
        (folder / "metrics.jsonl").unlink(missing_ok=True)


def differing(old: dict[str, Any], new: dict[str, Any], prefix: str = "") -> list[str]:
    """Names of settings that changed, such as "loop.steps", ascending.

    A field that the old settings lack is one that an older version did not know: it stands at what
    that version did. How many processes fill a cache (`workers`) changes nothing in it.
    """
    changed: list[str] = []
    for name in sorted({*old} | {*new}):
        if name not in old or name == "workers" or (prefix == "loop." and name in LAYOUT):
            continue
        before, after = old[name], new.get(name)
        if isinstance(before, dict) and isinstance(after, dict):
            changed += differing(before, after, f"{prefix}{name}.")
        elif before != after:
            changed.append(prefix + name)
    return changed


class Metrics:
    """`metrics.jsonl`, one line per report, and TensorBoard's events where they are wanted."""

    def __init__(self, folder: Path, step: int, tensorboard: bool) -> None:
        self.path = folder / "metrics.jsonl"
        _forget_after(self.path, step)
        self.board: Any = _board(folder / "tensorboard", step) if tensorboard else None

    def add(self, line: dict[str, Any]) -> None:
        """Writes one report."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        if self.board is not None:
            for name, value in line.items():
                if name != "step":
                    self.board.add_scalar(name, value, line["step"])
            self.board.flush()

    def close(self) -> None:
        """Waits until TensorBoard's events are written."""
        if self.board is not None:
            self.board.close()


def _board(folder: Path, step: int) -> Any:
    try:
        from tensorboardX import SummaryWriter
    except ImportError:
        raise MissingProgramError(
            "loop.tensorboard needs a writer: pip install 'trichord[tensorboard]'"
        ) from None
    return SummaryWriter(str(folder), purge_step=step + 1 if step else None)


def _forget_after(path: Path, step: int) -> None:
    """Drops lines of metrics past a step, and a last line cut short by a kill."""
    if not path.is_file():
        return
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if line.endswith("\n") and json.loads(line)["step"] <= step]
    write_atomically(path, "".join(kept).encode())
