from __future__ import annotations

import pytest

from trichord.data.table import find_kind, font_provenance, read_table
from trichord.errors import InputError


@pytest.mark.parametrize(
    ("name", "program", "family", "source"),
    [
        ("Yamaha Grand Piano", 0, "keyboard", "acoustic"),
        ("Detuned EP 1", 4, "keyboard", "electronic"),
        ("Violins Pizzicato", 45, "string", "acoustic"),
        ("Saw Wave", 81, "synth_lead", "synthetic"),
        ("Kalimba", 108, "mallet", "acoustic"),
        ("Synth Bass 3", 38, "bass", "synthetic"),
    ],
)
def test_kinds(name: str, program: int, family: str, source: str) -> None:
    kind = find_kind(read_table(), name, program)
    assert (kind.family, kind.source) == (family, source)


@pytest.mark.parametrize(
    ("name", "program"),
    [("Gun Shot", 127), ("Taiko Drum", 116), ("Violin Expr.", 40), ("Melo Tom 2", 117)],
)
def test_drums_noises_and_repeats_are_skipped(name: str, program: int) -> None:
    assert find_kind(read_table(), name, program).skipped


def test_every_program_has_a_row() -> None:
    table = read_table()
    assert all(find_kind(table, "Anything", program).nouns for program in range(128))


@pytest.mark.parametrize(
    "row", ["*,,kazoo,acoustic,,kazoo", "*,,reed,wooden,,kazoo", "*,,reed,acoustic,,"]
)
def test_a_wrong_row_is_named(row: str) -> None:
    with pytest.raises(InputError, match=r"presets\.csv, row '\*'"):
        read_table(f"name,program,family,source,keep,nouns\n{row}\n")


def test_licences_of_known_and_unknown_fonts() -> None:
    assert font_provenance("Fluid R3 GM", "").licence == "MIT"
    assert "CC0" in font_provenance("MuseScore_General_Full.sf2 (x)", "").licence
    assert font_provenance("Mine", "(c) me").licence == "(c) me"
    assert font_provenance("Mine", "").licence == "unknown"
