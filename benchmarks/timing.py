"""How every figure is taken: in turns with its peer, the best of several rounds."""

from __future__ import annotations

from dataclasses import dataclass

from trichord.studies.lm.timing import best_seconds

__all__ = ["Figure", "best_seconds"]


@dataclass(frozen=True)
class Figure:
    """One speed beside another one; `ratio` above 1 means faster than the peer."""

    name: str
    value: float
    peer: str
    peer_value: float
    unit: str

    @property
    def ratio(self) -> float:
        return self.value / self.peer_value
