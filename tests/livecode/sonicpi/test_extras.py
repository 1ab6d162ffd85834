"""Synths, effects and samples of further folders are played by name, like installed ones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from trichord.livecode.sonicpi import install
from trichord.livecode.sonicpi.pool import RuntimePool
from trichord.livecode.sonicpi.recording import Message


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out like a package of newer sounds, out of installed ones by other names."""
    folder = tmp_path_factory.mktemp("newer") / "package"
    (folder / "synthdefs").mkdir(parents=True)
    (folder / "samples").mkdir()
    found = install.find().synthdefs()
    for source, name in (("prophet", "rodeo"), ("fx_echo", "fx_flanger_of_tomorrow")):
        compiled = found[f"sonic-pi-{source}"].read_bytes()
        (folder / "synthdefs" / f"sonic-pi-{name}.scsyndef").write_bytes(compiled)
    shutil.copy(found["sonic-pi-saw"], folder / "synthdefs" / "sonic-pi-beep.scsyndef")
    tone = np.zeros((4_410, 1), dtype=np.float32)
    soundfile.write(folder / "samples" / "tabla_tun.flac", tone, 44_100)
    soundfile.write(folder / "samples" / "bd_haus.flac", tone, 44_100)
    return folder


@pytest.fixture(scope="module")
def newer(package: Path) -> Iterator[RuntimePool]:
    with RuntimePool(1, synthdefs=[package], samples=[package / "samples"]) as workers:
        yield workers


def played(pool: RuntimePool, code: str) -> list[Message]:
    found = pool.run(code, seconds=3)
    assert found.errors == ()
    return [m for m in found.messages if m.address == "/s_new" and m.thread is not None][2:]


def options(message: Message) -> dict[object, object]:
    arguments = message.arguments[4:]
    return dict(zip(arguments[::2], arguments[1::2], strict=True))


def test_a_newer_synth_takes_notes_and_times_like_any_other(
    newer: RuntimePool, package: Path
) -> None:
    code = "use_bpm 120\nuse_synth :rodeo\nplay :e4, release: 2\nplay chord(:c4, :major)\n"
    first, *chord = played(newer, code)
    assert first.arguments[0] == "sonic-pi-rodeo"
    assert (options(first)["note"], options(first)["release"]) == (64.0, 1.0)
    assert [options(m)["note"] for m in chord] == [60.0, 64.0, 67.0]
    path = newer.run(code).synthdefs["sonic-pi-rodeo"]
    assert Path(path) == package / "synthdefs" / "sonic-pi-rodeo.scsyndef"


def test_its_options_are_checked(newer: RuntimePool) -> None:
    (error,) = newer.run("synth :rodeo, cutoff: 500", seconds=1).errors
    assert "Value of opt :cutoff must be" in error.message


def test_a_newer_effect_wraps_sound(newer: RuntimePool) -> None:
    effect, note = played(newer, "with_fx :flanger_of_tomorrow, mix: 0.5 do\n  play 60\nend\n")
    assert effect.arguments[0] == "sonic-pi-fx_flanger_of_tomorrow"
    assert options(note)["out_bus"] == options(effect)["in_bus"]


def test_newer_samples_are_found_by_name_and_installed_ones_stay(
    newer: RuntimePool, package: Path
) -> None:
    found = newer.run("sample :tabla_tun\nsample :bd_haus\n", seconds=1)
    assert [b.path for b in found.buffers.values()][1:] == [
        str(package / "samples" / "tabla_tun.flac"),
        str(install.find().samples()["bd_haus"]),
    ]


def test_an_installed_synth_stays_what_it_is(newer: RuntimePool) -> None:
    found = newer.run("play 60", seconds=1)
    assert Path(found.synthdefs["sonic-pi-beep"]) == install.find().synthdefs()["sonic-pi-beep"]


def test_programs_list_the_newer_names(newer: RuntimePool) -> None:
    code = "puts synth_names.to_a.include?(:rodeo), fx_names.to_a.include?(:flanger_of_tomorrow)"
    assert newer.run(code, seconds=1).prints[0].text == "true true"
