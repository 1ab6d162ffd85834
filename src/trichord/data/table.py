"""The readable table that says what each preset is: family, source and nouns."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import resources

from trichord.data.schema import FAMILIES, SOURCES
from trichord.errors import InputError

SKIP = "skip"


@dataclass(frozen=True)
class Kind:
    """What a preset is, as one row of `presets.csv` says it."""

    name: str
    programs: range
    family: str
    source: str
    keep_in_train: bool
    nouns: tuple[str, ...]

    @property
    def skipped(self) -> bool:
        """True for drums, noises and repeated presets; `nouns` then holds the reason."""
        return self.family == SKIP

    def fits(self, name: str, program: int) -> bool:
        """Whether this row speaks of the preset."""
        return program in self.programs and fnmatchcase(name.lower(), self.name.lower())


def read_table(text: str | None = None) -> tuple[Kind, ...]:
    """Read the table, by default the one in the package.

    Raises:
        InputError: a row names an unknown family or source, or lacks a noun.
    """
    if text is None:
        text = resources.files("trichord.data").joinpath("presets.csv").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(_kind(row) for row in csv.DictReader(lines))


def find_kind(table: tuple[Kind, ...], name: str, program: int) -> Kind:
    """The first row that fits; the table's last rows cover every program.

    Raises:
        InputError: no row fits.
    """
    for kind in table:
        if kind.fits(name, program):
            return kind
    raise InputError(f"preset {name!r} (program {program}): no row of presets.csv fits; add one")


def _kind(row: dict[str, str]) -> Kind:
    nouns = tuple(noun.strip() for noun in row["nouns"].split(";") if noun.strip())
    programs, keep = _programs(row["program"]), row["keep"] == "train"
    kind = Kind(row["name"], programs, row["family"], row["source"], keep, nouns)
    if not nouns:
        raise InputError(f"presets.csv, row {row['name']!r}: no nouns; add at least one")
    if not kind.skipped and (kind.family not in FAMILIES or kind.source not in SOURCES):
        raise InputError(
            f"presets.csv, row {row['name']!r}: family {kind.family!r} or source {kind.source!r} "
            "is unknown; see trichord.data.schema"
        )
    return kind


def _programs(text: str) -> range:
    if not text:
        return range(128)
    low, _, high = text.partition("-")
    return range(int(low), int(high or low) + 1)


@dataclass(frozen=True)
class Provenance:
    """Where a font comes from and under which licence."""

    origin: str
    licence: str


def font_provenance(title: str, copyright_line: str) -> Provenance:
    """Look a font's title up in `fonts.csv`; an unknown font keeps its own copyright line."""
    text = resources.files("trichord.data").joinpath("fonts.csv").read_text("utf-8")
    for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        if fnmatchcase(title.lower(), row["title"].lower()):
            return Provenance(row["origin"], row["licence"])
    return Provenance(title, " ".join(copyright_line.split()) or "unknown")
