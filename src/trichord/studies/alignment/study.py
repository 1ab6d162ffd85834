"""`trichord study alignment`: the options, and what every table needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trichord.data.executor import LocalExecutor
from trichord.errors import InputError
from trichord.files import file_sha256
from trichord.instrument.models import WEIGHTS
from trichord.studies.base import StudyInProgress

if TYPE_CHECKING:
    from trichord.studies.alignment.material import Material

WEIGHTS_FILE = "model.safetensors"


@dataclass(frozen=True)
class AlignmentOptions:
    """Measures what docs/results/alignment.md shows, on templates held out from all training.

    Tables that are in the folder already, made with the same models and options, are kept.
    """

    out: Path
    """Folder for tables, pictures, rendered sets and what is measured of them."""
    only: str = ""
    """Names of tables, separated by commas; all of them where empty."""
    corpus: Path = Path("build/programs")
    """Folder of clips that `trichord data programs` wrote; its test split is measured."""
    sets: int = 100
    """Sets of ten candidates that are rendered for each of the six scenarios."""
    siblings: int = 15
    """Sets of ten variations from each held-out template of the corpus, at most."""
    unseen: int = 500
    """Clips of unseen programs among which a program looks for its own sound."""
    seconds: float = 9.0
    """Rendered of each candidate."""
    weights: Path = WEIGHTS
    """Folder of the models."""
    workers: int = 1
    """Processes that render and measure at the same time."""
    curve: tuple[Path, ...] = ()
    """Runs of `trichord train code --structures N`, for the learning curve."""
    targets: tuple[Path, ...] = ()
    """Runs of `trichord train code --space S`, which differ in what their vectors were taught."""
    files: int = 10_000
    """Files of the folder that is searched."""
    letter_code: str = ""
    """Name or folder of the paper's code encoder; the shipped sentence encoder where empty."""
    letter_audio: str = "space"
    """The paper's audio side: space, bands, yardstick, ears, or a name or folder of a model."""
    letter_clips: int = 40
    """Variations of each installed example on the paper's own terms."""
    letter_runs: int = 5
    """Runs of each of its settings."""
    letter_epochs: int = 100
    """Epochs of each run."""
    seed: int = 0
    """Of the edits and of everything that is drawn."""
    page: Path | None = None
    """Also write the page of all tables here, its pictures into a folder of the same name."""

    def __post_init__(self) -> None:
        for name, least in (
            ("sets", 1),
            ("siblings", 1),
            ("unseen", 20),
            ("workers", 1),
            ("files", 10),
        ):
            value = getattr(self, name)
            if value < least:
                raise InputError(f"{name} = {value}: must be at least {least}")
        if not 2.0 <= self.seconds <= 60.0:
            raise InputError(f"seconds = {self.seconds:g}: from 2 to 60")


class AlignmentStudy(StudyInProgress[AlignmentOptions]):
    """One run of the study; models, sets and what is measured of them come when first needed."""

    @property
    def flags(self) -> str:
        """The words of the command line that decide every table."""
        options = self.options
        return f"--corpus {options.corpus} --seed {options.seed}"

    def inputs(self, rooms: Sequence[str], options: Sequence[str] = ()) -> dict[str, Any]:
        """The options and the models that decide a table, and the plan of the corpus."""
        plan = self.options.corpus / "plan.json"
        if not plan.is_file():
            raise InputError(
                f"{plan}: no such file; build the corpus with `trichord data programs`, "
                "or give --corpus"
            )
        return {
            "corpus": file_sha256(plan),
            "seed": self.options.seed,
            **self.asked(options),
            "models": {room: self.digest(room) if self.stands(room) else None for room in rooms},
        }

    def stands(self, *rooms: str) -> bool:
        """Whether the weights of all these models are there."""
        return all((self.options.weights / room / WEIGHTS_FILE).is_file() for room in rooms)

    def digest(self, room: str) -> str:
        """Checksum of the weights of one model.

        Raises:
            InputError: they are missing.
        """
        file = self.options.weights / room / WEIGHTS_FILE
        if not file.is_file():
            raise InputError(f"{file}: missing weights: give --weights, or train the model")
        return file_sha256(file)

    @property
    def executor(self) -> LocalExecutor:
        """Where rendering and measuring run."""
        return LocalExecutor(self.options.workers)

    @cached_property
    def material(self) -> Material:
        """Sets of clips, and what towers and listeners make of them."""
        from trichord.studies.alignment.material import Material

        return Material(self)
