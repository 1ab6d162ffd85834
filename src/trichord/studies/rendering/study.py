"""`trichord study sonicpi`: the options, and what every table needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from trichord.errors import InputError
from trichord.livecode.sonicpi import install
from trichord.progress import Progress
from trichord.studies.base import StudyInProgress
from trichord.studies.book import Book, Entry


@dataclass(frozen=True)
class SonicPiOptions:
    """Measures what docs/results/sonicpi.md shows of the offline renderer and its corpus.

    Tables that are in the folder already, made with the same Sonic Pi and options, are kept.
    """

    out: Path
    """Folder for tables and pictures."""
    only: str = ""
    """Names of tables, separated by commas; all of them where empty."""
    seconds: float = 18.0
    """Rendered of each program."""
    seed: int = 1
    """Of the noise and of everything that is drawn."""
    peer: str = ""
    """Another renderer to time in the same run, called as `PEER FOLDER SECONDS PROGRAM...`."""
    corpus: tuple[Path, ...] = (Path("build/programs"),)
    """Folders of clips that `trichord data programs` wrote, each source in one of them."""
    generate: int = 10_000
    """Programs that the generator composes and that are run to their events."""
    clips: int = 2000
    """Clips of each kind whose sounds are compared for diversity."""
    page: Path | None = None
    """Also write the page of all tables here, its pictures into a folder of the same name."""


@dataclass(frozen=True)
class Example:
    """A program that comes with Sonic Pi."""

    name: str
    code: str


class SonicPiStudy(StudyInProgress[SonicPiOptions]):
    """One run of the study."""

    @property
    def flags(self) -> str:
        """The words of the command line that decide every table."""
        return f"--seconds {self.options.seconds:g} --seed {self.options.seed}"

    def inputs(self, rooms: Sequence[str], options: Sequence[str] = ()) -> dict[str, Any]:
        """The Sonic Pi that is installed, and the options."""
        return {
            "version": install.find().version,
            "seconds": self.options.seconds,
            "seed": self.options.seed,
            **{name: str(value) for name, value in self.asked(options).items()},
        }

    @cached_property
    def examples(self) -> list[Example]:
        """The installed examples, read where they are."""
        paths = install.find().examples()
        return [Example(path.stem, path.read_text(encoding="utf-8")) for path in paths]


TABLES = {
    "examples": Entry("rendering.examples", "examples_table"),
    "speed": Entry("rendering.speed", "speed_table", options=("peer",)),
    "shell": Entry("rendering.shell", "shell_table"),
    "generator": Entry("rendering.generator", "generator_table", options=("generate",)),
    "corpus": Entry("rendering.corpus", "corpus_table", options=("corpus",)),
    "diversity": Entry("rendering.corpus", "diversity_table", options=("corpus", "clips")),
}
"""By the names of `--only`, in the order of the page."""

_INTRODUCTION = """\
Sonic Pi's own installed runtime on a virtual clock, its messages played by scsynth without a sound
card. What is compared with the real server, message by message, stands in
[sonicpi_exactness.md](sonicpi_exactness.md), what is attacked in [safety.md](../safety.md).
Every table is written by the command above it;"""


def study_sonicpi(options: SonicPiOptions, progress: Progress) -> dict[str, Any]:
    """Makes the tables that are missing, and the page where one is asked for.

    Returns:
        For each table its targets.

    Raises:
        InputError: a name or an option is wrong, or the corpus is missing.
        MissingProgramError: Sonic Pi, scsynth or the sandbox is not installed.
    """
    if options.seconds <= 0:
        raise InputError(f"--seconds {options.seconds:g}: give more than 0")
    book = Book("trichord study sonicpi", "Sonic Pi, offline", _INTRODUCTION, TABLES)
    return book.write(SonicPiStudy(options, progress))
