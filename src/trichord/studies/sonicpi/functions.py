"""The functions that Sonic Pi's documentation describes, and what is shown of each."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from trichord.errors import InputError
from trichord.livecode.literals import text
from trichord.livecode.sonicpi import install
from trichord.livecode.sonicpi.guard import findings
from trichord.livecode.sonicpi.render import Render, Renderer
from trichord.livecode.tree import parse
from trichord.studies.sonicpi.programs import Program

_TIMEOUT_S = 60.0
_REFUSED, _SILENT = "not supported: ", "no effect: "


@dataclass(frozen=True)
class Function:
    """One function of the language, and what is shown of it."""

    name: str
    part: str
    """What part of the language it belongs to: core, sound, midi …"""
    programs: tuple[str, ...]
    """Those that use it and are equal to the real server."""
    verdict: str
    """What a user gets."""

    @property
    def verified(self) -> bool:
        """Whether a program that uses it was equal to the real server in all that it did."""
        return bool(self.programs)

    @property
    def unsupported(self) -> bool:
        """Whether a user who calls it is told that it cannot be had."""
        return self.verdict.startswith((_REFUSED, _SILENT))


def documented(installation: install.Installation) -> dict[str, str]:
    """Names of the documented functions, and the part of the language that each belongs to.

    Raises:
        InputError: the installed Sonic Pi does not tell.
    """
    script = files("trichord.studies.sonicpi").joinpath("documentation.rb").read_text("utf-8")
    with tempfile.TemporaryDirectory(prefix="trichord-sonicpi-") as home:
        done = subprocess.run(
            [str(installation.ruby), "-", str(installation.root)],
            input=script.encode(),
            capture_output=True,
            env={**os.environ, "HOME": home, "SONIC_PI_HOME": home},
            timeout=_TIMEOUT_S,
            check=False,
        )
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise InputError(f"{installation.root}: the documentation cannot be read: {''.join(last)}")
    return {one["name"]: one["part"] for one in json.loads(done.stdout.splitlines()[-1])}


def used(code: str) -> set[str]:
    """Names of all functions and methods that a program calls."""
    tree = parse(code)
    return {call.name for call in tree.calls} | {text(node) for node in tree.bare_calls}


def functions(
    programs: Sequence[Program],
    exact: Collection[str],
    renderer: Renderer,
    installation: install.Installation,
) -> list[Function]:
    """The table: every documented function, in the order of parts and names.

    Args:
        programs: that were compared.
        exact: names of those that are equal to the real server in all that they do.
        renderer: says what a user gets who calls a function that no program uses.
        installation: whose documentation is read.
    """
    uses = {program.name: used(program.code) for program in programs}
    names = documented(installation)
    by_name = {
        name: tuple(p.name for p in programs if p.name in exact and name in uses[p.name])
        for name in names
    }
    alone = [name for name in names if not by_name[name]]
    verdicts = dict(_KNOWN) | _verdicts(alone, renderer) | _refusals(programs, names)
    table = [
        Function(name, part, by_name[name], verdicts.get(name, _EQUAL.get(part, "equal")))
        for name, part in names.items()
    ]
    return sorted(table, key=lambda one: (one.part, one.name))


def _refusals(programs: Sequence[Program], names: Collection[str]) -> dict[str, str]:
    """What the guard says of functions that programs use: equal without it, refused with it."""
    return {
        refusal.what: f"equal without the guard, which refuses it: {refusal.why}"
        for program in programs
        for refusal in findings(program.code)
        if refusal.what in names
    }


_EQUAL = {"midi": "equal: silent, takes no time"}

_MERGED = (
    "equal; where defaults are set already, Sonic Pi 3.2 itself fails on Ruby 3: "
    "odd number of arguments for Hash"
)
_KNOWN: Mapping[str, str] = {
    **{
        f"{scope}_merged_{what}_defaults": _MERGED
        for scope in ("use", "with")
        for what in ("synth", "sample", "midi")
    },
    "current_volume": "equal; Sonic Pi 3.2 itself fails: undefined method `volume'",
}
"""What is equal, and no use to anybody."""

_PROBES: Mapping[str, str] = {
    "live_audio": "live_audio :mic",
    "run_code": 'run_code "play 60"',
    "run_file": 'run_file "/tmp/song.rb"',
    "eval_file": 'eval_file "/tmp/song.rb"',
    "load_buffer": 'load_buffer "/tmp/song.rb"',
    "load_example": "load_example :haunted",
    "load_synthdefs": 'load_synthdefs "/tmp"',
    "mc_location": "mc_location",
    "mc_teleport": "mc_teleport 1, 2, 3",
    "mc_set_pos": "mc_set_pos 1, 2, 3",
    "mc_set_tile": "mc_set_tile 1, 2, 3",
    "mc_surface_teleport": "mc_surface_teleport 1, 2",
    "mc_message": 'mc_message "hello"',
    "mc_chat_post": 'mc_chat_post "hello"',
    "mc_ground_height": "mc_ground_height 1, 2",
    "mc_get_height": "mc_get_height 1, 2",
    "mc_get_block": "mc_get_block 1, 2, 3",
    "mc_set_block": "mc_set_block :gold, 1, 2, 3",
    "mc_set_area": "mc_set_area :gold, 1, 2, 3, 4, 5, 6",
    "mc_block_id": "puts mc_block_id(:air)",
    "mc_block_name": "puts mc_block_name(0)",
    "mc_camera_set_location": "mc_camera_set_location 1, 2, 3",
}
"""Calls of functions that want arguments; all others are called without."""


def _verdicts(names: Sequence[str], renderer: Renderer) -> dict[str, str]:
    renders = renderer.render_many([_PROBES.get(name, name) for name in names], seconds=2.0)
    return {name: _verdict(render) for name, render in zip(names, renders, strict=True)}


def _verdict(render: Render) -> str:
    """What is said to a user who calls it."""
    if render.errors:
        return f"{_REFUSED}{render.errors[0]}"
    if render.notices:
        return f"{_SILENT}{render.notices[0].message}"
    return "runs; makes no message to compare"
