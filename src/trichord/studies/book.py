"""A study is a book of tables: made one by one, kept as JSON, shown on one page with commands."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from trichord.errors import InputError
from trichord.files import write_atomically
from trichord.studies.base import BookOptions, StudyInProgress
from trichord.studies.tables import Table, load_table, markdown_table, read_table


@dataclass(frozen=True)
class Entry:
    """Where a table is made, and what decides it."""

    module: str
    """Below `trichord.studies`."""
    function: str
    """Takes the study, returns the `Table`."""
    rooms: tuple[str, ...] = ()
    """Models that decide the table."""
    options: tuple[str, ...] = ()
    """Fields of the options that decide it too, beside those of `StudyInProgress.flags`."""


@dataclass(frozen=True)
class Book:
    """The tables of a study, in the order of its page."""

    verb: str
    """The words of the command, such as "trichord study spine"; the last one names the page."""
    title: str
    introduction: str
    tables: Mapping[str, Entry]

    @property
    def name(self) -> str:
        """Of the page in the study's folder."""
        return self.verb.split()[-1]

    def write(self, study: StudyInProgress[Any], before: Path | None = None) -> dict[str, Any]:
        """Makes the tables that are missing, and the page.

        Args:
            study: what is measured.
            before: the folder of a run with other models, whose targets stand beside; None: none.

        Returns:
            For each table its targets.

        Raises:
            InputError: `only` names no table, `before` holds none, or a table cannot be made.
        """
        earlier = None if before is None else _measured(before, self.tables)
        names = self.chosen(study.options.only)
        study.options.out.mkdir(parents=True, exist_ok=True)
        for name in names:
            made = self._table(study, name)
            told = "; ".join(f"{target.what} {target.measured}" for target in made.targets)
            study.progress.note(f"{name}: {told}")
        tables = dict(self._finished(study))
        page = self._page(tables, study, "", earlier)
        write_atomically(study.options.out / f"{self.name}.md", page.encode())
        if study.options.page is not None:
            self._publish(tables, study, study.options.page, earlier)
        return {name: [vars(target) for target in tables[name].targets] for name in names}

    def chosen(self, only: str) -> list[str]:
        """The tables that `--only` names, in the page's order."""
        asked = [name.strip() for name in only.split(",") if name.strip()]
        for name in asked:
            if name not in self.tables:
                known = ", ".join(self.tables)
                raise InputError(f"--only {name}: no such table; known are {known}")
        return [name for name in self.tables if not asked or name in asked]

    def _table(self, study: StudyInProgress[Any], name: str) -> Table:
        """The table out of the study's folder, or made now."""
        entry = self.tables[name]
        path = study.options.out / f"{name}.json"
        inputs = study.inputs(entry.rooms, entry.options)
        table = load_table(path, inputs)
        if table is None:
            module = importlib.import_module(f"trichord.studies.{entry.module}")
            table = getattr(module, entry.function)(study)
            assert isinstance(table, Table)
            table.save(path, inputs)
        return table

    def _finished(self, study: StudyInProgress[Any]) -> Iterator[tuple[str, Table]]:
        """All tables of the folder that belong to these inputs."""
        for name, entry in self.tables.items():
            path = study.options.out / f"{name}.json"
            if path.is_file():
                table = load_table(path, study.inputs(entry.rooms, entry.options))
                if table is not None:
                    yield name, table

    def _page(
        self,
        tables: Mapping[str, Table],
        study: StudyInProgress[Any],
        pictures: str,
        earlier: Mapping[str, str] | None,
    ) -> str:
        """What was asked and what came out, then every table with its command.

        Args:
            tables: by name.
            study: that they were made in.
            pictures: what stands before the names of the pictures, such as "spine/".
            earlier: what was measured before, by target; no column where None.
        """
        beside = () if earlier is None else ("before",)
        targets = [
            (
                target.what,
                target.bound,
                *(() if earlier is None else (earlier.get(target.what),)),
                target.measured,
                "yes" if target.met else "**no**",
                f"[{name}](#{name})",
            )
            for name, table in tables.items()
            for target in table.targets
        ]
        parts = [
            f"# {self.title}",
            f"{self.introduction}\n`{self._whole(study)}` makes all.",
            markdown_table(("what", "asked", *beside, "measured", "met", "table"), targets),
            *([_BEFORE] * len(beside)),
            *self._missing(tables),
            *(self._section(name, table, study, pictures) for name, table in tables.items()),
        ]
        return "\n\n".join(parts) + "\n"

    def _missing(self, tables: Mapping[str, Table]) -> Iterator[str]:
        """A line that names the tables that this page lacks."""
        names = [f"`{name}`" for name in self.tables if name not in tables]
        if names:
            yield f"Not made yet, each with `--only NAME`: {', '.join(names)}."

    def _whole(self, study: StudyInProgress[Any]) -> str:
        """The command that makes every table as it stands: what is not usual is said once."""
        options = study.options
        shown = dict.fromkeys(name for entry in self.tables.values() for name in entry.options)
        unusual = [n for n in shown if getattr(options, n) != getattr(type(options), n, None)]
        return f"{self.verb} --out DIR {study.flags}{_said(options, unusual)}"

    def _section(self, name: str, table: Table, study: StudyInProgress[Any], folder: str) -> str:
        command = f"{self.verb} --out DIR --only {name} {study.flags}"
        command += _said(study.options, self.tables[name].options)
        parts = [
            f'<a id="{name}"></a>\n## {table.title}',
            f"`{command}`",
            table.about,
            markdown_table(table.columns, table.rows),
            *(f"![{table.title}]({folder}{figure})" for figure in table.figures),
            *([", ".join(f"[{page}]({folder}{page})" for page in table.pages)] * bool(table.pages)),
        ]
        return "\n\n".join(parts)

    def _publish(
        self,
        tables: Mapping[str, Table],
        study: StudyInProgress[Any],
        target: Path,
        earlier: Mapping[str, str] | None,
    ) -> None:
        """The page and its pictures where the documentation wants them."""
        names = [name for table in tables.values() for name in (*table.figures, *table.pages)]
        folder = target.with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        if names:
            folder.mkdir(exist_ok=True)
        for name in names:
            write_atomically(folder / name, (study.options.out / name).read_bytes())
        page = self._page(tables, study, f"{folder.name}/", earlier)
        write_atomically(target, page.encode())


_BEFORE = "*Before*: by the same commands with the models that were shipped until then."


def _said(options: BookOptions, names: Iterable[str]) -> str:
    """Options as words of a command, a space before each; those that hold nothing are left out."""
    told = ""
    for name in names:
        value: object = getattr(options, name)
        if value in ("", ()):
            continue
        words = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
        said = " ".join(f"{word:g}" if isinstance(word, float) else str(word) for word in words)
        told += f" --{name.replace('_', '-')} {said}"
    return told


def _measured(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """What the tables of a folder measured, whatever models they were made with, by target."""
    tables = [table for name in names if (table := read_table(folder / f"{name}.json"))]
    if not tables:
        raise InputError(f"--before {folder}: no tables there; give the folder of another run")
    return {target.what: target.measured for table in tables for target in table.targets}
