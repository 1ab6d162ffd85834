from __future__ import annotations

import dataclasses
import sys
import types
from pathlib import Path

import pytest

from trichord.errors import InputError
from trichord.progress import Progress
from trichord.studies import spine
from trichord.studies.spine import Entry, study_spine
from trichord.studies.study import SpineOptions
from trichord.studies.tables import Table, Target


@pytest.fixture
def counted(monkeypatch):
    """Two tables that count how often they were made; the second one cannot be made at first."""
    made: dict[str, int] = {"one": 0, "two": 0}
    broken = {"two"}

    def table(name):
        def make(study):
            if name in broken:
                raise InputError(f"{name}: cannot be made yet")
            made[name] += 1
            (study.folder / f"{name}.png").write_bytes(b"picture")
            target = Target(f"{name} asked", "≥ 1", "0", name == "one")
            columns, rows = ("a", "b"), ((name, 1.0),)
            return Table(name.title(), columns, rows, "About.", (target,), (f"{name}.png",))

        return make

    module = types.ModuleType("trichord.studies.counted")
    module.one, module.two = table("one"), table("two")
    monkeypatch.setitem(sys.modules, "trichord.studies.counted", module)
    entries = {"one": Entry("counted", "one", ()), "two": Entry("counted", "two", ())}
    monkeypatch.setattr(spine, "TABLES", entries)
    return made, broken


def test_a_study_goes_on_where_it_was_stopped(counted, tmp_path):
    made, broken = counted
    options = SpineOptions(out=tmp_path)
    with pytest.raises(InputError, match="two"):
        study_spine(options, Progress("quiet"))
    broken.clear()
    study_spine(options, Progress("quiet"))
    study_spine(options, Progress("quiet"))
    assert made == {"one": 1, "two": 1}
    study_spine(dataclasses.replace(options, seed=1), Progress("quiet"))
    assert made == {"one": 2, "two": 2}


def test_the_page_holds_targets_commands_and_pictures(counted, tmp_path):
    counted[1].clear()
    page = tmp_path / "docs" / "spine.md"
    options = SpineOptions(out=tmp_path / "out", page=page)
    report = study_spine(options, Progress("quiet"))
    text = page.read_text(encoding="utf-8")
    assert "| one asked | ≥ 1 | 0 | yes | [one](#one) |" in text
    assert "| two asked | ≥ 1 | 0 | **no** | [two](#two) |" in text
    assert "`trichord study spine --out DIR --only two --seed 0`" in text
    assert (page.parent / "spine" / "one.png").read_bytes() == b"picture"
    assert "(spine/one.png)" in text
    assert report["one"][0]["met"] is True


def test_the_command_of_the_page_says_once_what_is_not_usual(counted, tmp_path, monkeypatch):
    counted[1].clear()
    entries = {
        "one": Entry("counted", "one", (), ("cpu_seconds", "corpus")),
        "two": Entry("counted", "two", (), ("corpus", "space_run")),
    }
    monkeypatch.setattr(spine, "TABLES", entries)
    options = SpineOptions(out=tmp_path, cpu_seconds=630.0, corpus=Path("notes"))
    study_spine(options, Progress("quiet"))
    text = (tmp_path / "spine.md").read_text(encoding="utf-8")
    whole = "`trichord study spine --out DIR --seed 0 --cpu-seconds 630 --corpus notes` makes all."
    assert whole in text
    two = "--only two --seed 0 --corpus notes --space-run build/space`"
    assert f"`trichord study spine --out DIR {two}" in text


def test_what_other_weights_measured_stands_beside(counted, tmp_path):
    counted[1].clear()
    study_spine(SpineOptions(out=tmp_path / "old", only="one"), Progress("quiet"))
    told = (tmp_path / "old" / "one.json").read_text().replace('"measured": "0"', '"measured": "7"')
    (tmp_path / "old" / "one.json").write_text(told.replace('"seed": 0', '"seed": 9'))
    options = SpineOptions(out=tmp_path / "new", before=tmp_path / "old")
    study_spine(options, Progress("quiet"))
    text = (tmp_path / "new" / "spine.md").read_text(encoding="utf-8")
    assert "| what | asked | before | measured | met | table |" in text
    assert "| one asked | ≥ 1 | 7 | 0 | yes | [one](#one) |" in text
    assert "| two asked | ≥ 1 | – | 0 | **no** | [two](#two) |" in text
    with pytest.raises(InputError, match="no tables there"):
        study_spine(dataclasses.replace(options, before=tmp_path), Progress("quiet"))


def test_only_some_tables_can_be_asked_for(counted, tmp_path):
    made, broken = counted
    broken.clear()
    study_spine(SpineOptions(out=tmp_path, only="two"), Progress("quiet"))
    assert made == {"one": 0, "two": 1}


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"only": "nine"}, "--only nine"), ({"share": 0.0}, "--share"), ({"share": 2.0}, "--share")],
)
def test_wrong_options_are_named(changes, said, counted, tmp_path):
    with pytest.raises(InputError, match=said):
        study_spine(SpineOptions(out=tmp_path, **changes), Progress("quiet"))


def test_every_table_of_the_study_exists():
    import importlib

    for entry in spine.TABLES.values():
        module = importlib.import_module(f"trichord.studies.{entry.module}")
        assert callable(getattr(module, entry.function))
