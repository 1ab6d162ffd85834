from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trichord.audio.sfz import SfzInstrument, parse_key, parse_sfz
from trichord.errors import InputError


def parse(folder: Path, text: str) -> SfzInstrument:
    path = folder / "test.sfz"
    path.write_text(text, "utf-8")
    return parse_sfz(path)


def test_opcodes_are_inherited_and_overridden(tmp_path: Path) -> None:
    instrument = parse(
        tmp_path,
        """
        <control> default_path=samples\\piano\\ hint_ram_based=1
        <global> ampeg_release=0.3 volume=-3
        <master> lovel=1
        <group> hivel=80 volume=-6
        <region> sample=My Piano C4.wav key=c4 tune=-5 // soft
        <region> sample=b.wav lokey=c#4 hikey=65 pitch_keycenter=d4 volume=0
        <group> lovel=81
        <region> sample=c.wav
        """,
    )
    soft, other, loud = instrument.regions
    assert soft.sample == tmp_path / "samples/piano/My Piano C4.wav"
    assert (soft.lokey, soft.hikey, soft.pitch_keycenter, soft.tune) == (60, 60, 60, -5.0)
    assert (soft.lovel, soft.hivel, soft.opcodes["volume"]) == (1, 80, "-6")
    assert (other.lokey, other.hikey, other.pitch_keycenter) == (61, 65, 62)
    assert other.opcodes["volume"] == "0"
    assert (loud.lovel, loud.hivel, loud.opcodes["volume"]) == (81, 127, "-3")
    assert (loud.lokey, loud.hikey, loud.pitch_keycenter) == (0, 127, 60)
    assert instrument.control["hint_ram_based"] == "1"


def test_loops_offsets_and_their_older_names(tmp_path: Path) -> None:
    region = parse(
        tmp_path,
        "<region> sample=a.wav offset=10 end=900 loopmode=loop_sustain loopstart=100 loopend=800",
    ).regions[0]
    assert (region.offset, region.end, region.loop_mode) == (10, 900, "loop_sustain")
    assert (region.loop_start, region.loop_end) == (100, 800)


def test_macros_and_includes(tmp_path: Path) -> None:
    (tmp_path / "zones").mkdir()
    (tmp_path / "zones/c.txt").write_text("<region> sample=$NAME$KEY.wav key=$KEY\n")
    instrument = parse(
        tmp_path,
        '#define $NAME piano_\n#define $KEY 60\n#include "zones/c.txt"\n'
        '#define $KEY 61\n#include "zones\\c.txt"\n#define $KEYS 70\n'
        "<region> sample=x.wav key=$KEYS",
    )
    assert [region.sample.name for region in instrument.regions[:2]] == [
        "piano_60.wav",
        "piano_61.wav",
    ]
    assert [region.lokey for region in instrument.regions] == [60, 61, 70]


def test_comments_do_not_move_line_numbers(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"test\.sfz, line 4: hivel=loud: must be a whole number"):
        parse(tmp_path, "/* one\ntwo */ // three\n\n<region> sample=a.wav hivel=loud")


def test_note_offset_moves_keys(tmp_path: Path) -> None:
    text = "<control> note_offset=-12 octave_offset=2\n<region> sample=a.wav key=60"
    region = parse(tmp_path, text).regions[0]
    assert (region.lokey, region.pitch_keycenter) == (72, 72)


def test_generators_are_left_out(tmp_path: Path) -> None:
    instrument = parse(tmp_path, "<region> sample=*sine key=60\n<region> sample=a.wav hikey=-1")
    assert [region.hikey for region in instrument.regions] == [-1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no <region> with a sample"),
        ("<region> sample=a.wav key=h4", "must be a key"),
        ("<region> sample=a.wav key=200", "must be a key"),
        ("<region> sample=a.wav tune=sharp", "must be a number"),
        ("<region> sample=a.wav loop_mode=forever", "must be one of no_loop"),
        ("<region> sample=a.wav loop_start=-1", "whole number from 0"),
        ('#include "../secret.sfz"', "outside the instrument's folder"),
        ('#include "/etc/passwd"', "outside the instrument's folder"),
        ('#include "test.sfz"', "too deep or in a circle"),
        ('#include "none.sfz"', "no such file"),
        ("#include none.sfz", "write #include"),
        ("#define KEY 4", "write #define"),
        ("<region> sample=\0.wav", "not a text file"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        parse(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_macros_cannot_explode(tmp_path: Path) -> None:
    doubling = [f"#define $B{i} $B{i - 1}$B{i - 1}" for i in range(1, 40)]
    text = "\n".join(["#define $B0 aaaaaaaaaa", *doubling, "<region> sample=$B39"])
    with pytest.raises(InputError, match=r"\$B7 is longer than 1000 characters"):
        parse(tmp_path, text)
    text = "#define $A " + 500 * "a" + "\n<region> sample=" + 60 * "$A "
    with pytest.raises(InputError, match="longer than 20000 characters with its macros"):
        parse(tmp_path, text)


def test_a_long_line_without_macros_is_fine(tmp_path: Path) -> None:
    text = " ".join(f"<region> sample=a{i}.wav key=60" for i in range(3000))
    assert len(parse(tmp_path, text).regions) == 3000


def test_a_folder_or_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        parse_sfz(tmp_path / "none.sfz")
    with pytest.raises(InputError, match="is a directory"):
        parse_sfz(tmp_path)


@pytest.mark.parametrize(
    ("text", "key"),
    [("60", 60), ("c4", 60), ("C-1", 0), ("f#3", 54), ("Db4", 61), ("b3", 59), ("-1", -1)],
)
def test_keys(text: str, key: int) -> None:
    assert parse_key(text) == key


@pytest.mark.parametrize("text", ["h4", "c", "128", "c10", "-2", "", "4.5"])
def test_what_is_no_key(text: str) -> None:
    assert parse_key(text) is None


keys = st.integers(0, 127)
zones = st.lists(st.tuples(keys, keys, keys, st.integers(0, 127)), min_size=1, max_size=20)


@given(zones)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_written_zones_are_read_back(
    tmp_path: Path, wanted: list[tuple[int, int, int, int]]
) -> None:
    lines = [
        f"<region> sample=n {i}.wav lokey={low} hikey={high} pitch_keycenter={centre} hivel={loud}"
        for i, (low, high, centre, loud) in enumerate(wanted)
    ]
    read = parse(tmp_path, "\n".join(lines)).regions
    assert [(r.lokey, r.hikey, r.pitch_keycenter, r.hivel) for r in read] == wanted
    assert [r.sample.name for r in read] == [f"n {i}.wav" for i in range(len(wanted))]


pieces = st.sampled_from(
    ["<region>", "<group>", "<control>", "sample=a.wav", "key=60", "key=", "=", "$A", "#define $A",
     '#include "', "/*", "*/", "//", "\n", " ", "<", ">", "lokey=c4", "loop_end=9999999999999"]
)  # fmt: skip


@given(st.lists(pieces, max_size=40).map(" ".join) | st.text(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_parses_or_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "test.sfz").write_text(text, "utf-8", newline="")
    refusal = None
    try:
        instrument = parse_sfz(tmp_path / "test.sfz")
        assert instrument.regions or "*" in text
    except InputError as error:
        refusal = str(error)
    assert refusal is None or "\n" not in refusal
