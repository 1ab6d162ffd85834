"""`trichord study regularisation`: the options, and what every table needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trichord.errors import InputError
from trichord.instrument.models import WEIGHTS
from trichord.studies.base import StudyInProgress

if TYPE_CHECKING:
    from trichord.studies.conditioning.study import ConditioningStudy
    from trichord.studies.regularisation.runs import Runs


@dataclass(frozen=True)
class RegularisationOptions:
    """Measures what docs/results/regularisation.md shows: the regulariser, setting by setting.

    Every setting and seed is trained and heard once and kept; tables are made of those that stand.
    """

    out: Path
    """Folder for tables, runs and what is heard of them."""
    only: str = ""
    """Names of tables, separated by commas; all of them where empty."""
    corpus: Path = Path("build/notes")
    """Folder of notes; those of its test split are what made notes are held against."""
    captioned: Path = Path("build/varied")
    """The corpus that the tokens were made of: its captions are the texts."""
    tokens: Path = Path("build/tokens")
    """Pre-tokenised notes of the shipped codec."""
    base: Path | None = None
    """A model folder that every run begins with (one that was never shown a text, say), and whose
    shape it has; at random where not given."""
    judge: Path = WEIGHTS / "judge"
    """The judge of captions, as `trichord train judge` wrote it."""
    tagger: Path = WEIGHTS / "tagger"
    """The tagger, as `trichord train tagger` wrote it."""
    weights: Path = WEIGHTS
    """Folder of the shipped models: the codec and the space."""
    seeds: int = 3
    """Runs of every setting."""
    notes: int = 6400
    """Notes that every run sees: the budget that all share."""
    keys: int = 2
    """Keys of every held-out instrument that are asked for, each at three velocities."""
    guidance: float = 3.0
    """Scale under which notes are drawn."""
    scales: tuple[float, ...] = (1.0, 2.0, 5.0)
    """Further scales of the grid of guidance."""
    most_runs: int = 0
    """Runs that are trained or heard in this call at most, the others left to the next; 0 = all."""
    tables_only: bool = False
    """Train and hear nothing: make the tables of what stands."""
    listen: bool = True
    """Draw and hear notes too, for which the judge and the tagger must stand."""
    seed: int = 0
    """Draws what the models make, and resamples."""
    page: Path | None = None
    """Also write the page of all tables here, its pictures into a folder of the same name."""

    def __post_init__(self) -> None:
        for name, least in (("seeds", 2), ("notes", 64), ("keys", 2), ("most_runs", 0)):
            if getattr(self, name) < least:
                raise InputError(f"{name} = {getattr(self, name)}: must be at least {least}")
        if min((self.guidance, *self.scales)) < 0:
            raise InputError("guidance and scales: must be 0 or more")


class RegularisationStudy(StudyInProgress[RegularisationOptions]):
    """One run of the study."""

    @property
    def flags(self) -> str:
        """The words of the command line that decide every table."""
        options = self.options
        base = "" if options.base is None else f" --base {options.base}"
        usual = options.tokens == RegularisationOptions.tokens
        tokens = "" if usual else f" --tokens {options.tokens}"
        counts = f"--notes {options.notes} --seeds {options.seeds} --seed {options.seed}"
        return f"{counts}{tokens}{base}"

    def inputs(self, rooms: Sequence[str], options: Sequence[str] = ()) -> dict[str, Any]:
        """What decides a table, the runs that stand among it: it is made again when more do."""
        names = ("tokens", "base", "notes", "seeds", "keys", "guidance", "seed", *options)
        told = {"runs": self.runs.standing(), "key": [self.runs.key, self.listening.heard_key]}
        return self.asked(names) | told

    @cached_property
    def runs(self) -> Runs:
        """Settings trained and heard."""
        from trichord.studies.regularisation.runs import Runs

        return Runs(self)

    @cached_property
    def listening(self) -> ConditioningStudy:
        """Held-out notes, asked keys and listeners: those of the study of conditioning."""
        from trichord.studies.conditioning.study import ConditioningOptions, ConditioningStudy

        options = self.options
        asked = ConditioningOptions(
            out=options.out,
            corpus=options.corpus,
            judge=options.judge,
            tagger=options.tagger,
            weights=options.weights,
            keys=options.keys,
            seed=options.seed,
        )
        return ConditioningStudy(asked, self.progress)
