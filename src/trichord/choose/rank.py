"""Order: which of some sounds is most like what is wanted, which few differ most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trichord.choose.differences import common_axes, differences
from trichord.choose.items import Item
from trichord.choose.reading import Heard, Result, heard_programs
from trichord.choose.wish import Wish, score, wish_of_words
from trichord.errors import InputError

if TYPE_CHECKING:
    from trichord.livecode.towers import Tower
    from trichord.space.clips import ClipSpace


@dataclass(frozen=True)
class Ranked:
    """One item in its place.

    Attributes:
        score: higher is better; see `wish.score`, and for a diverse choice `diverse`.
        parts: by what was asked.
        differs: up to three words on how it differs from the rest.
        values: its measured axes, by name.
    """

    heard: Heard
    score: float
    parts: Mapping[str, float]
    differs: tuple[str, ...]
    values: Mapping[str, float]


def rank(heard: Sequence[Heard], wish: Wish) -> list[Ranked]:
    """Items in the order in which they meet a wish, the best first; ties keep their order."""
    values = common_axes([each.shown for each in heard], [each.played for each in heard])
    columns = {axis: np.array([each[axis] for each in values]) for axis in values[0]}
    scored = score(wish, np.stack([each.vector for each in heard]), columns)
    words = differences(values)
    order = np.argsort(-scored.total, kind="stable")
    return [
        Ranked(
            heard[i],
            float(scored.total[i]),
            {name: float(part[i]) for name, part in scored.parts.items()},
            words[i],
            values[i],
        )
        for i in order
    ]


def diverse(heard: Sequence[Heard], count: int) -> list[Ranked]:
    """The `count` items that sound most different from each other, in the order of their choice.

    The score of each is its cosine distance to the nearest of the others that are chosen; the
    words tell how it differs from those.

    Raises:
        InputError: there are fewer items.
    """
    from trichord.metrics.diverse import most_diverse

    if not 1 <= count <= len(heard):
        raise InputError(f"--diverse {count}: {len(heard)} can be ranked: use 1 to {len(heard)}")
    distances = cosine_distances(np.stack([each.vector for each in heard]))
    chosen = most_diverse(distances, count, spread="nearest")
    few = [heard[i] for i in chosen]
    values = common_axes([each.shown for each in few], [each.played for each in few])
    words = differences(values)
    among = distances[np.ix_(chosen, chosen)] + 2.0 * np.eye(count)
    nearest = among.min(axis=1) if count > 1 else np.zeros(1)
    return [
        Ranked(each, float(nearest[place]), {}, words[place], values[place])
        for place, each in enumerate(few)
    ]


def rank_programs(
    programs: Sequence[str], like: str, tower: Tower, space: ClipSpace | None = None
) -> tuple[list[int], list[float]]:
    """Programs in the order in which they meet a sentence; what `trichord rank` does, for texts.

    Args:
        programs: their text.
        like: such as "darker, slower" or "underwater bells".
        tower: that reads them.
        space: of the sentence; that of the tower by default.

    Returns:
        Places in `programs`, best first, and their scores in the same order. Programs that cannot
        be read are left out.
    """
    items = [Item(Path(f"{i}.rb"), "program", Path(f"{i}.rb")) for i in range(len(programs))]
    results: list[Result] = heard_programs(items, tower.embed(programs))
    heard = [result for result in results if isinstance(result, Heard)]
    if not heard:
        return [], []
    ranked = rank(heard, wish_of_words(like, space or tower.space))
    return [int(each.heard.item.path.stem) for each in ranked], [each.score for each in ranked]


def cosine_distances(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """1 − cosine of unit vectors `[N, D]`, `[N, N]`, exactly symmetric with zeros for itself."""
    cosine = np.clip((vectors @ vectors.T).astype(np.float64), -1.0, 1.0)
    distances = 1.0 - 0.5 * (cosine + cosine.T)
    np.fill_diagonal(distances, 0.0)
    return distances
