"""How much two choices of k items have in common, and what chance gives.

For two choices A and B of k of n items: overlap@k = |A ∩ B| / k, Jaccard = |A ∩ B| / |A ∪ B|. A
choice drawn at random shares a hypergeometric number of items with the other one.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable

from trichord.errors import InputError


def overlap(chosen: Collection[Hashable], gold: Collection[Hashable]) -> float:
    """Share of the k items that both choices hold.

    Raises:
        InputError: the choices differ in size, are empty, or name an item twice.
    """
    first, second = _checked(chosen, gold)
    return len(first & second) / len(first)


def jaccard(chosen: Collection[Hashable], gold: Collection[Hashable]) -> float:
    """Items in both choices over items in one or the other.

    Raises:
        InputError: as `overlap`.
    """
    first, second = _checked(chosen, gold)
    return len(first & second) / len(first | second)


def chance_overlap(n: int, k: int) -> float:
    """Expected overlap of a random choice of k of n items: k / n.

    Raises:
        InputError: k is not in 1..n.
    """
    _check_counts(n, k)
    return k / n


def chance_jaccard(n: int, k: int) -> float:
    """Expected Jaccard index of a random choice: Σ P(i shared) · i / (2k − i), hypergeometric P.

    Raises:
        InputError: k is not in 1..n.
    """
    from scipy.stats import hypergeom

    _check_counts(n, k)
    return float(sum(hypergeom.pmf(i, n, k, k) * i / (2 * k - i) for i in range(k + 1)))


def _checked(
    chosen: Collection[Hashable], gold: Collection[Hashable]
) -> tuple[set[Hashable], set[Hashable]]:
    first, second = set(chosen), set(gold)
    if not first or len(first) != len(chosen) or len(second) != len(gold):
        raise InputError("a choice is empty or names an item twice: give k different items")
    if len(first) != len(second):
        raise InputError(f"choices of {len(first)} and {len(second)}: overlap needs equal k")
    return first, second


def _check_counts(n: int, k: int) -> None:
    if not 1 <= k <= n:
        raise InputError(f"k = {k} of {n}: give 1..{n}")
