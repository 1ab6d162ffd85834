from __future__ import annotations

import struct
from pathlib import Path

import pytest

from trichord.data.fonts import check_riff, read_font
from trichord.errors import InputError

FLUID = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")


def test_keys_lie_near_samples() -> None:
    presets = {(one.bank, one.program): one for one in read_font(FLUID).presets}
    piano, sine = presets[0, 0], presets[8, 80]
    assert piano.name == "Yamaha Grand Piano"
    assert piano.keys == tuple(range(21, 109))
    assert len(sine.keys) == 13  # one sample, stretched over the whole keyboard by the font
    assert len(sine.samples) == len(sine.keys)


def test_a_truncated_font_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "half.sf2"
    with FLUID.open("rb") as whole:
        path.write_bytes(whole.read(100_000))
    with pytest.raises(InputError, match="truncated SoundFont"):
        read_font(path)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\x04\0\0\0WAVE", b"not a font at all"])
def test_what_is_no_font_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "song.sf2"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a SoundFont 2 file"):
        check_riff(path)


def test_broken_tables_are_one_line(tmp_path: Path) -> None:
    path = tmp_path / "odd.sf2"
    body = b"sfbk" + b"LIST" + struct.pack("<I", 4) + b"INFO"
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    with pytest.raises(InputError, match="cannot be read") as caught:
        read_font(path)
    assert "\n" not in str(caught.value)


def test_a_missing_font_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.sf2: no such file"):
        read_font(tmp_path / "none.sf2")
