"""`trichord study spine`: every table that shows what the shipped models reach, and their page."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trichord.errors import InputError
from trichord.progress import Progress
from trichord.studies.study import SpineOptions, Study
from trichord.studies.tables import Table, load_table, markdown_table


@dataclass(frozen=True)
class Entry:
    """Where a table is made, and the models that decide it."""

    module: str
    function: str
    rooms: tuple[str, ...]
    options: tuple[str, ...] = ()
    """Fields of the options that decide it too, beside seed and share."""


_ALL = ("codec", "space", "lm")

TABLES: Mapping[str, Entry] = {
    "default": Entry("default_instrument", "default_instrument_table", _ALL),
    "instruments": Entry("instruments", "instruments_table", _ALL),
    "consistency": Entry("consistency", "consistency_table", _ALL),
    "family": Entry("family", "family_table", _ALL),
    "words": Entry("words", "words_table", _ALL),
    "shots": Entry("shots", "shots_table", _ALL),
    "bridge": Entry("bridge", "bridge_table", ("space",)),
    "codec": Entry("codec", "codec_table", ("codec",)),
    "speed": Entry("speed", "codec_speed_table", ("codec",)),
    "generic": Entry("codec", "generic_table", ("codec",), ("cpu_seconds",)),
    "corpus": Entry("corpus", "corpus_table", ()),
}
"""By the names of `--only`, in the order of the page."""


_INTRODUCTION = """\
Held-out instruments and prompts only. Every table is written by the command above it, and a study
that was stopped goes on where it was; `trichord study spine --out DIR --seed {seed}` makes all."""


def study_spine(options: SpineOptions, progress: Progress) -> dict[str, Any]:
    """Makes the tables that are missing, and the page where one is asked for.

    Returns:
        For each table its targets.

    Raises:
        InputError: a name or an option is wrong, or a model or the corpus is missing.
    """
    names = chosen_names(options.only)
    if not 0.0 < options.share <= 1.0:
        raise InputError(f"--share {options.share:g}: give a share above 0 and not above 1")
    options.out.mkdir(parents=True, exist_ok=True)
    study = Study(options, progress)
    for name in names:
        made = table_of(study, name)
        progress.note(f"{name}: {'; '.join(f'{t.what} {t.measured}' for t in made.targets)}")
    tables = dict(finished(study))
    page = page_of(tables, options, pictures="")
    (options.out / "spine.md").write_text(page, encoding="utf-8")
    if options.page is not None:
        publish(tables, options, options.page)
    return {name: [vars(target) for target in tables[name].targets] for name in names}


def chosen_names(only: str) -> list[str]:
    """The tables that `--only` names, in the page's order."""
    asked = [name.strip() for name in only.split(",") if name.strip()]
    for name in asked:
        if name not in TABLES:
            raise InputError(f"--only {name}: no such table; known are {', '.join(TABLES)}")
    return [name for name in TABLES if not asked or name in asked]


def table_of(study: Study, name: str) -> Table:
    """The table out of the study's folder, or made now."""
    entry = TABLES[name]
    path = study.folder / f"{name}.json"
    inputs = study.inputs(entry.rooms, entry.options)
    table = load_table(path, inputs)
    if table is None:
        module = importlib.import_module(f"trichord.studies.{entry.module}")
        table = getattr(module, entry.function)(study)
        assert isinstance(table, Table)
        table.save(path, inputs)
    return table


def finished(study: Study) -> Iterator[tuple[str, Table]]:
    """All tables of the folder that belong to these models, seed and share."""
    for name, entry in TABLES.items():
        path = study.folder / f"{name}.json"
        if path.is_file():
            table = load_table(path, study.inputs(entry.rooms, entry.options))
            if table is not None:
                yield name, table


def page_of(tables: Mapping[str, Table], options: SpineOptions, pictures: str) -> str:
    """The page: what was asked and what came out, then every table with its command.

    Args:
        tables: by name.
        options: that they were made with.
        pictures: what stands before the names of the pictures, such as "spine/".
    """
    targets = [
        (
            target.what,
            target.bound,
            target.measured,
            "yes" if target.met else "**no**",
            f"[{n}](#{n})",
        )
        for n, table in tables.items()
        for target in table.targets
    ]
    parts = [
        "# What the shipped models reach",
        _INTRODUCTION.format(seed=options.seed),
        markdown_table(("what", "asked", "measured", "met", "table"), targets),
        *(_section(name, table, options, pictures) for name, table in tables.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _section(name: str, table: Table, options: SpineOptions, folder: str) -> str:
    command = f"trichord study spine --out DIR --only {name} --seed {options.seed}"
    if options.share != 1.0:
        command += f" --share {options.share:g}"
    for option in TABLES[name].options:
        command += f" --{option.replace('_', '-')} {getattr(options, option):g}"
    pictures = [f"![{table.title}]({folder}{figure})" for figure in table.figures]
    parts = [
        f'<a id="{name}"></a>\n## {table.title}',
        f"`{command}`",
        table.about,
        markdown_table(table.columns, table.rows),
        *pictures,
    ]
    return "\n\n".join(parts)


def publish(tables: Mapping[str, Table], options: SpineOptions, target: Path) -> None:
    """The page and its pictures where the documentation wants them."""
    names = [figure for table in tables.values() for figure in table.figures]
    folder = target.with_suffix("")
    target.parent.mkdir(parents=True, exist_ok=True)
    if names:
        folder.mkdir(exist_ok=True)
    for name in names:
        shutil.copyfile(options.out / name, folder / name)
    page = page_of(tables, options, pictures=f"{folder.name}/")
    target.write_text(page, encoding="utf-8")
