"""The contract of an instrument format: a finished instrument in, files out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trichord.instrument.finish import FinishedZone


@dataclass(frozen=True)
class ExportedInstrument:
    """What a format is given: the zones, and the WAV that each of them stands in."""

    name: str
    """Safe as a file name."""
    title: str
    """For people."""
    zones: tuple[FinishedZone, ...]
    files: Mapping[str, str]
    """Zone name -> path of its WAV, relative to the instrument's folder, with forward slashes."""
    sustained: bool
    sample_rate: int


class Format(ABC):
    """Writes an instrument for one kind of sampler."""

    name: str
    """What `--format` calls it."""

    @abstractmethod
    def write(self, instrument: ExportedInstrument, folder: Path) -> Path:
        """Writes the files of this format beside the samples; returns the one to open.

        The same instrument gives the same bytes. Raises InputError where it cannot be written.
        """
