"""Hostile programs against the guard alone, the process alone, and each part of the process alone.

The programs are in `attacks/*.toml`, each with the layers (`held_by`) that must hold it alone:

- guard: it is refused before it runs, in one line that names the place;
- sandbox: bubblewrap without a filter of system calls lets nothing out;
- filter: the filter of system calls without bubblewrap lets nothing out;
- limits: the whole process layer ends it in time, and says so.

Whatever they are held by, all of them are run with the guard off in the pool that programs are run
in, and leave nothing behind.
"""

from __future__ import annotations

import os
import socket
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from trichord.livecode.sonicpi import forkserver
from trichord.livecode.sonicpi.guard import findings
from trichord.livecode.sonicpi.pool import RuntimePool
from trichord.livecode.sonicpi.recording import Recording
from trichord.livecode.sonicpi.render import Renderer
from trichord.livecode.sonicpi.sandbox import Limits

SMALL = Limits(
    cpu_seconds=1,
    memory_bytes=400 * 2**20,
    file_bytes=2**20,
    processes=24,
    open_files=64,
    wall_seconds=6.0,
    messages=3_000,
)
TOKEN = "hunter2-was-here"
HONEST = "live_loop :a do\n  play scale(:e3, :minor).tick\n  sample :bd_haus\n  sleep 0.5\nend\n"


@dataclass(frozen=True)
class Attack:
    """A hostile program, and the layers that hold it alone."""

    group: str
    name: str
    code: str
    held_by: tuple[str, ...]


def read_attacks() -> dict[str, Attack]:
    found: dict[str, Attack] = {}
    for path in sorted((Path(__file__).parent / "attacks").glob("*.toml")):
        for name, entry in tomllib.loads(path.read_text()).items():
            assert name not in found
            attack = Attack(path.stem, name, entry["code"], tuple(entry["held_by"]))
            found[name] = attack
    return found


EVERY = read_attacks()
ATTACKS = {name: attack for name, attack in EVERY.items() if attack.group != "sound"}
SOUNDS = {name: attack for name, attack in EVERY.items() if attack.group == "sound"}


def held_by(layer: str) -> list[str]:
    return [name for name, attack in ATTACKS.items() if layer in attack.held_by]


@dataclass(frozen=True)
class Outside:
    """What lies outside of the sandbox: a folder with a secret, and somebody who listens."""

    folder: Path
    streams: socket.socket
    datagrams: socket.socket

    def aim(self, code: str) -> str:
        """The program with its placeholders filled in."""
        code = code.replace("SECRET", str(self.folder / "secret.txt"))
        port = str(self.streams.getsockname()[1])
        return code.replace("OUTSIDE", str(self.folder)).replace("PORT", port)

    def untouched(self) -> bool:
        """Nobody wrote, deleted, renamed, changed a mode, or called."""
        (only,) = self.folder.iterdir()
        assert only.name == "secret.txt"
        assert only.read_text() == TOKEN
        assert only.stat().st_mode & 0o777 == 0o600
        for each in (self.streams, self.datagrams):
            with pytest.raises(BlockingIOError):
                each.accept() if each is self.streams else each.recv(1)
        return True


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    folder = tmp_path_factory.mktemp("outside")
    (folder / "secret.txt").write_text(TOKEN)
    (folder / "secret.txt").chmod(0o600)
    with socket.socket() as streams, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        streams.bind(("127.0.0.1", 0))
        streams.listen()
        datagrams.bind(("127.0.0.1", streams.getsockname()[1]))
        streams.setblocking(False)
        datagrams.setblocking(False)
        yield Outside(folder, streams, datagrams)


def run_all(pool: RuntimePool, names: list[str], outside: Outside) -> dict[str, Recording]:
    """All of these in one pool, and honest programs before and after them."""
    honest = dict(pool.map([HONEST] * 2, seconds=2))
    programs = [outside.aim(ATTACKS[name].code) for name in names]
    recordings = dict(pool.map(programs, seconds=2))
    for index, recording in pool.map([HONEST] * 2, seconds=2):
        assert recording.messages == honest[index].messages
        assert not recording.errors
    return {name: recordings[index] for index, name in enumerate(names)}


def processes_below(number: int) -> list[int]:
    """Every process that descends from this one."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(fields[1])
    below, waiting = [], [number]
    while waiting:
        above = waiting.pop()
        children = [child for child, parent in parents.items() if parent == above]
        below += children
        waiting += children
    return below


def check_recording(recording: Recording) -> None:
    assert TOKEN not in repr(recording)
    for error in recording.errors:
        assert "\n" not in str(error)
        assert len(str(error)) < 400


@pytest.mark.parametrize("name", held_by("guard"))
def test_the_guard_alone_refuses(name, tmp_path):
    code = ATTACKS[name].code.replace("SECRET", "/tmp/x/secret.txt").replace("OUTSIDE", "/tmp/x")
    first = findings(code.replace("PORT", "80"))[0]
    assert "\n" not in str(first)
    assert len(str(first)) < 250
    assert first.line <= code.count("\n") + 1


@pytest.fixture(scope="module")
def after_sandbox(outside):
    """Bubblewrap without the filter."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forkserver, "_filter", lambda: None)
        with RuntimePool(2, limits=SMALL) as pool:
            return run_all(pool, held_by("sandbox"), outside)


@pytest.mark.parametrize("name", held_by("sandbox"))
def test_the_sandbox_alone_lets_nothing_out(name, after_sandbox, outside):
    check_recording(after_sandbox[name])
    assert not any("written" in line.text for line in after_sandbox[name].prints)
    assert outside.untouched()


@pytest.fixture(scope="module")
def after_filter(outside):
    """The filter without bubblewrap."""
    with RuntimePool(2, limits=SMALL, sandbox=False) as pool:
        return run_all(pool, held_by("filter"), outside)


@pytest.mark.parametrize("name", held_by("filter"))
def test_the_filter_alone_lets_nothing_out(name, after_filter, outside):
    check_recording(after_filter[name])
    assert not any("written" in line.text for line in after_filter[name].prints)
    assert outside.untouched()


@pytest.fixture(scope="module")
def after_all(outside):
    """Everything but the guard, for every attack."""
    with RuntimePool(2, limits=SMALL) as pool:
        before = len(processes_below(os.getpid()))
        recordings = run_all(pool, list(ATTACKS), outside)
        assert len(processes_below(os.getpid())) == before
    return recordings


@pytest.mark.parametrize("name", ATTACKS)
def test_the_process_alone_holds(name, after_all, outside):
    check_recording(after_all[name])
    assert outside.untouched()
    if ATTACKS[name].group == "bombs":
        assert after_all[name].errors or after_all[name].finished


@pytest.fixture(scope="module")
def after_sounds(outside):
    """What scsynth made of hostile scores, and whether an honest one still sounds the same."""
    with Renderer(2, limits=replace(SMALL, messages=20_000, file_bytes=2**24)) as renderer:
        (before,) = renderer.render_many([HONEST], seconds=1)
        programs = [outside.aim(attack.code) for attack in SOUNDS.values()]
        renders = dict(zip(SOUNDS, renderer.render_many(programs, seconds=1), strict=True))
        for render in renderer.render_many([HONEST] * 2, seconds=1):
            assert render.wave is not None
            assert render.wave == before.wave
    return renders


@pytest.mark.parametrize("name", SOUNDS)
def test_scsynth_is_held(name, after_sounds, outside):
    assert findings(SOUNDS[name].code) == []
    assert after_sounds[name].wave is not None or after_sounds[name].errors
    check_recording(after_sounds[name].recording)
    assert outside.untouched()


def test_there_are_many_kinds():
    assert len(ATTACKS) >= 60
    assert all(len(attack.held_by) > 1 or attack.group == "bombs" for attack in ATTACKS.values())
