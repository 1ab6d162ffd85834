from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from trichord.instrument.debug import DebugPlayer
from trichord.instrument.make import MakeOptions, MakeResult, Sound, check_options, make_from
from trichord.progress import Progress

SMALL = {"keys": "C3-C5", "every": 6, "layers": 2, "seconds": 1.0}


def debug_sound(player: DebugPlayer | None = None, name: str = "piano") -> Sound:
    return Sound(
        source={"prompt": f"warm felt {name}"},
        title=f"warm felt {name}",
        name=name,
        player=player or DebugPlayer(),
        models={"hashes": {"lm/model.safetensors": "ab" * 32}},
        licences={"lm": "MIT"},
    )


def make_debug(
    out: Path, sound: Sound | None = None, progress: Progress | None = None, **options: object
) -> MakeResult:
    chosen = MakeOptions(out=out, prompt="warm felt piano", **{**SMALL, **options})
    plan, _, _ = check_options(chosen)
    return make_from(chosen, sound or debug_sound(), plan, progress or Progress("quiet"))


@pytest.fixture(scope="session")
def decaying(tmp_path_factory) -> MakeResult:
    """A small struck instrument with two layers."""
    return make_debug(tmp_path_factory.mktemp("decaying") / "out")


@pytest.fixture(scope="session")
def sustained(tmp_path_factory) -> MakeResult:
    """A small held instrument with two layers and a vibrato."""
    player = DebugPlayer(sustained=True, vibrato_cents=4.0)
    sound = dataclasses.replace(debug_sound(player, "organ"), name="organ")
    out = tmp_path_factory.mktemp("sustained") / "out"
    return make_debug(out, sound, seconds=1.5)


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
