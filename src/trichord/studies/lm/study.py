"""`trichord study lm`: the options, and what every table needs."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trichord.errors import InputError
from trichord.lm.sizes import SizeName
from trichord.studies.base import StudyInProgress

if TYPE_CHECKING:
    from trichord.lm import LMConfig


@dataclass(frozen=True)
class LMOptions:
    """Measures what docs/results/lm.md shows: speeds, on random weights of a named size.

    Tables that are in the folder already, made with the same options, are kept.
    """

    out: Path
    """Folder for the tables."""
    only: str = ""
    """Names of tables, separated by commas; all of them where empty."""
    size: SizeName = "60m"
    """Of all models."""
    rows: int = 32
    """Notes that are drawn together."""
    frames: int = 48
    """Of every note."""
    threads: int = 2
    """Cores."""
    rounds: int = 3
    """Turns of each piece of work; the best one counts."""
    seed: int = 0
    """Of weights and draws."""
    page: Path | None = None
    """Also write the page of all tables here."""

    def __post_init__(self) -> None:
        for name, least in (("rows", 1), ("frames", 2), ("threads", 1), ("rounds", 1)):
            if getattr(self, name) < least:
                raise InputError(f"{name} = {getattr(self, name)}: must be at least {least}")


class LMStudy(StudyInProgress[LMOptions]):
    """One run of the study."""

    @property
    def flags(self) -> str:
        """The words of the command line that decide every table."""
        given = self.options
        return (
            f"--size {given.size} --rows {given.rows} --frames {given.frames} "
            f"--threads {given.threads} --rounds {given.rounds} --seed {given.seed}"
        )

    def inputs(self, rooms: Sequence[str], options: Sequence[str] = ()) -> dict[str, Any]:
        """What decides a table: the flags, and the options beside them."""
        return {"flags": self.flags, **self.asked(options)}

    def config(self, **changes: Any) -> LMConfig:
        """The size that is measured, over a codec of eight codebooks of 1024 entries."""
        from trichord.lm import make_config

        shape = {
            "num_codebooks": 8,
            "cardinality": 1024,
            "max_frames": max(128, self.options.frames),
        }
        return make_config(self.options.size, **(shape | changes))

    @contextmanager
    def cores(self) -> Generator[None]:
        """As many threads as were asked for, while it lasts."""
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(self.options.threads)
        try:
            yield
        finally:
            torch.set_num_threads(before)
