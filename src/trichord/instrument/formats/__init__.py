"""Instrument -> files: one class per format."""

from __future__ import annotations

from trichord.errors import InputError
from trichord.instrument.formats.base import ExportedInstrument, Format
from trichord.instrument.formats.sfz import SfzFormat

__all__ = ["FORMATS", "ExportedInstrument", "Format", "SfzFormat", "formats_of"]

FORMATS: dict[str, Format] = {each.name: each for each in (SfzFormat(),)}


def formats_of(names: str) -> list[Format]:
    """The formats of a list such as "sfz", in its order; InputError for an unknown one."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown or not wanted:
        raise InputError(f"--format {names!r}: unknown format: known are {', '.join(FORMATS)}")
    return [FORMATS[name] for name in dict.fromkeys(wanted)]
