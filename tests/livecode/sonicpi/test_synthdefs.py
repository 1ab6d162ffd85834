from __future__ import annotations

import struct
from pathlib import Path

import pytest

from trichord.errors import InputError
from trichord.livecode.sonicpi import install, synthdefs
from trichord.livecode.sonicpi.plugins import PLUGINS, link, plugins_for
from trichord.livecode.sonicpi.synthdefs import SynthDefs


@pytest.fixture(scope="module")
def definitions() -> SynthDefs:
    return SynthDefs([install.find().synthdef_folder])


def _text(name: str) -> bytes:
    return bytes([len(name)]) + name.encode()


def _definition(version: int, name: str = "tiny") -> bytes:
    """A sine wave with two parameters, in either version of the format."""
    count = struct.Struct(">i" if version == 2 else ">h").pack
    unit = _text("SinOsc") + b"\2" + count(2) + count(1) + struct.pack(">h", 0)
    unit += count(0) + count(0) + count(-1) + count(0) + b"\2"
    control = _text("Control") + b"\1" + count(0) + count(2) + struct.pack(">h", 0) + b"\1\1"
    parts = [
        b"SCgf" + struct.pack(">ih", version, 1) + _text(name),
        count(1) + struct.pack(">f", 0.0),
        count(2) + struct.pack(">ff", 440.0, 0.1),
        count(2) + _text("freq") + count(0) + _text("amp") + count(1),
        count(2) + control + unit,
        struct.pack(">h", 0),
    ]
    return b"".join(parts)


@pytest.mark.parametrize("version", [1, 2])
def test_both_versions_of_the_format_are_read(version: int):
    found = synthdefs.parse(_definition(version))
    assert found.name == "tiny"
    assert found.defaults == {"freq": 440.0, "amp": 0.1}
    assert found.units == {"Control", "SinOsc"}


def test_every_installed_definition_is_read(definitions: SynthDefs):
    read = [synthdefs.read(path) for path in definitions.files()]
    assert len(read) >= 90
    assert [d.name for d in read] == [path.stem for path in definitions.files()]
    assert all("Control" in definition.units for definition in read)


def test_defaults_are_those_of_sonic_pis_tb303(definitions: SynthDefs):
    tb303 = definitions.get("sonic-pi-tb303")
    assert tb303 is not None
    assert tb303.defaults["note"] == 52.0
    assert tb303.defaults["cutoff"] == 120.0
    assert tb303.defaults["res"] == 0.9
    assert tb303.defaults["cutoff_slide"] == 0.0


def test_an_unknown_definition_is_none(definitions: SynthDefs):
    assert definitions.get("sonic-pi-no_such") is None
    assert definitions.content("sonic-pi-no_such") is None


@pytest.mark.parametrize("name", ["", "../compiled/sonic-pi-beep", "a\0b"])
def test_a_name_is_no_path(definitions: SynthDefs, name: str):
    assert definitions.path(name) is None


def test_the_earlier_folder_wins_and_folders_below_count(tmp_path: Path):
    below = tmp_path / "package" / "synthdefs"
    below.mkdir(parents=True)
    for name in ("sonic-pi-beep", "sonic-pi-newer"):
        (below / f"{name}.scsyndef").write_bytes(_definition(2, name))
    both = SynthDefs([install.find().synthdef_folder, tmp_path])
    beep, newer = both.get("sonic-pi-beep"), both.get("sonic-pi-newer")
    assert beep is not None
    assert beep.defaults["note"] == 52.0
    assert newer is not None
    assert newer.defaults == {"freq": 440.0, "amp": 0.1}


@pytest.mark.parametrize("cut", [3, 9, 14, 40, -4])
def test_what_is_broken_off_is_named(tmp_path: Path, cut: int):
    path = tmp_path / "half.scsyndef"
    path.write_bytes(_definition(2)[:cut])
    with pytest.raises(InputError, match=r"half\.scsyndef: no compiled synth definition"):
        synthdefs.read(path)


def test_another_file_is_named(tmp_path: Path):
    path = tmp_path / "song.scsyndef"
    path.write_bytes(b"RIFF" + bytes(100))
    with pytest.raises(InputError, match="does not begin with SCgf"):
        synthdefs.read(path)
    with pytest.raises(InputError, match="cannot be read"):
        synthdefs.read(tmp_path / "none.scsyndef")


def test_a_sine_needs_few_plugins():
    names = {path.stem for path in plugins_for({"SinOsc", "Out", "Control"})}
    assert {"OscUGens", "IOUGens"} <= names
    assert len(names) < 8


def test_plugins_of_other_makers_are_found():
    names = {path.stem for path in plugins_for({"MdaPiano"})}
    assert "MdaUGens" in names


def test_all_definitions_need_a_few_of_all_plugins(definitions: SynthDefs):
    needed = plugins_for(definitions.units())
    assert set(needed) < set(PLUGINS.glob("*.so"))
    assert len(needed) < 25
    assert not any("supernova" in path.stem for path in needed)
    assert not any(path.stem == "DiskIO_UGens" for path in needed)


def test_links_fill_a_folder(tmp_path: Path):
    plugins = plugins_for({"SinOsc"})
    folder = link(plugins, tmp_path / "links")
    assert sorted(path.resolve() for path in folder.iterdir()) == sorted(
        path.resolve() for path in plugins
    )
