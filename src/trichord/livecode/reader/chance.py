"""Random draws of a program as it is read: a stream that depends on its seeds alone.

Sonic Pi draws from one table of uniform numbers, which is part of the language: a thread's seed and
the number of its draws so far say where, and a new thread's seed is a draw of its parent. Where
Sonic Pi is installed its table is looked up, so that a program draws what it will draw. Elsewhere
the numbers are the reader's own: other draws, yet two programs that draw alike draw alike.
"""

from __future__ import annotations

from array import array
from collections.abc import MutableSequence, Sequence
from functools import cache
from typing import Any

from trichord.errors import MissingProgramError

SIZE = 441_000
"""Length of the table; draws beyond it go round."""


@cache
def installed() -> Sequence[float]:
    """The table of the installed Sonic Pi; empty where there is none."""
    import soundfile

    from trichord.livecode.sonicpi import install

    try:
        path = install.find().shared / "buffers" / "rand-stream.wav"
    except MissingProgramError:
        return ()
    wave, _ = soundfile.read(str(path), dtype="float32", frames=SIZE, always_2d=True)
    return array("f", wave[:, 0].tolist())


def own(place: int) -> float:
    """The reader's own number at a place, in [0, 1).

    SplitMix64's finaliser (Steele, Lea & Flood, "Fast splittable pseudorandom number generators",
    2014), so that no table needs to be kept.
    """
    state = (place % SIZE + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    state = (state ^ state >> 27) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
    return ((state ^ state >> 31) >> 11) / (1 << 53)


class Chance:
    """One thread's stream.

    Attributes:
        seed: where in the table it begins.
        table: uniform numbers; the reader's own where it is empty.
        drawn: numbers drawn since.
    """

    __slots__ = ("_children", "_table", "drawn", "seed")

    def __init__(self, seed: float = 0.0, table: Sequence[float] = ()) -> None:
        self.seed = seed
        self.drawn = 0
        self._children = 0
        self._table = table

    def child(self) -> Chance:
        """The stream of a thread that this one starts."""
        seed = SIZE * self._uniform(int(self.seed + self._children)) + self.seed
        self._children += 1
        return Chance(seed, self._table)

    def _uniform(self, place: int) -> float:
        # The runtime skips the first number of its table.
        table = self._table
        return table[(place + 1) % len(table)] if table else own(place)

    def draw(self, below: float = 1.0) -> float:
        """The next number in [0, below)."""
        self.drawn += 1
        return below * self._uniform(int(self.seed + self.drawn - 1))

    def between(self, low: float, high: float) -> float:
        """The next number in [low, high)."""
        return low if low == high else min(low, high) + self.draw(abs(high - low))

    def whole(self, low: float, high: float) -> int:
        """A whole number from `low` to `high`, both included."""
        return int(
            low if low == high else min(low, high) + int(self.draw(int(abs(high - low)) + 1))
        )

    def choose(self, items: list[Any]) -> Any:
        """One of the items; None of none."""
        return items[int(self.draw(len(items)))] if items else None

    def shuffle(self, items: MutableSequence[Any]) -> None:
        """Puts the items in another order (Fisher and Yates)."""
        for at in range(len(items) - 1, 0, -1):
            other = int(self.draw(at + 1))
            items[at], items[other] = items[other], items[at]
