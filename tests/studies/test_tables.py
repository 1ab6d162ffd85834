from __future__ import annotations

import math

import pytest

from trichord.errors import InputError
from trichord.studies.tables import (
    Table,
    Target,
    load_table,
    markdown_table,
    percent,
    read_table,
    show,
)

TABLE = Table(
    title="A table",
    columns=("what", "how much"),
    rows=(("one", 1.0), ("two", None)),
    about="Made by hand.",
    targets=(Target("one", "≥ 1", "1.0", True),),
    figures=("a.png",),
    raw={"values": [1.0]},
)


def test_a_table_comes_back_as_it_was_saved(tmp_path):
    TABLE.save(tmp_path / "a.json", {"seed": 1})
    assert load_table(tmp_path / "a.json", {"seed": 1}) == TABLE


def test_a_table_of_other_inputs_or_none_is_not_taken(tmp_path):
    assert load_table(tmp_path / "a.json", {"seed": 1}) is None
    TABLE.save(tmp_path / "a.json", {"seed": 1})
    assert load_table(tmp_path / "a.json", {"seed": 2}) is None


@pytest.mark.parametrize(
    "text", ["{", "[]", "null", "7", '{"inputs": {}}', '{"inputs": {}, "table": 3}']
)
def test_a_broken_table_is_made_anew_and_named_where_it_stands_for_another_run(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text)
    assert load_table(path, {}) is None
    with pytest.raises(InputError, match=r"a\.json: holds no table.*run that study again"):
        read_table(path)
    path.write_bytes(b"\xff")
    assert load_table(path, {}) is None


def test_markdown_has_a_line_per_row_and_no_stray_bars():
    lines = markdown_table(("a|b", "c"), [("x", 2.0), ("y", None)]).splitlines()
    assert lines == ["| a/b | c |", "| --- | --- |", "| x | 2.00 |", "| y | – |"]


def test_numbers_show_the_digits_that_matter():
    cells = [0.1234, 12.34, 1234.5, 47166, None, math.nan, "text"]
    assert [show(cell) for cell in cells] == ["0.12", "12.3", "1234", "47,166", "–", "–", "text"]
    assert [percent(share) for share in (0.0, 0.034, 0.5, 1.0)] == ["0 %", "3.4 %", "50 %", "100 %"]


def test_a_table_is_kept_whether_its_inputs_hold_tuples_or_lists(tmp_path):
    table = Table("Title", ("a",), ((1.0,),), "About.")
    inputs = {"sampling": {"steps": (12, 4), "terms": ()}}
    table.save(tmp_path / "t.json", inputs)
    assert load_table(tmp_path / "t.json", inputs) == table
    assert load_table(tmp_path / "t.json", {"sampling": {"steps": (12, 5), "terms": ()}}) is None
