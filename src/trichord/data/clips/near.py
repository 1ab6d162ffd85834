"""Programs that are nearly the same, found by their tokens: they belong on one side of a split.

A program is the set of its runs of `WIDTH` tokens, numbers written alike, so that two programs
that differ only in numbers are the same. Candidates are found by MinHash with banding (Broder
1997; Leskovec et al., Mining of Massive Datasets, chapter 3) and checked by their true Jaccard
similarity.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

NEAR = 0.7
"""Jaccard similarity from which two programs are called nearly the same."""

WIDTH = 4
_BANDS, _ROWS = 16, 4
_TOKEN = re.compile(r"#.*|:?[A-Za-z_]\w*|\d[\d_.]*|[^\sA-Za-z_0-9]")
_PRIME = np.uint64((1 << 31) - 1)


def near_groups(codes: Sequence[str], near: float = NEAR) -> list[int]:
    """A group number per program; programs linked by a chain of near pairs share one.

    Args:
        codes: the programs.
        near: Jaccard similarity that links two.

    Returns:
        Numbers from 0, in the order in which the groups first appear.
    """
    sets = [shingles(code) for code in codes]
    parent = list(range(len(codes)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for members in _buckets(sets):
        for one, other in pairwise(members):
            a, b = root(one), root(other)
            if a != b and similarity(sets[one], sets[other]) >= near:
                parent[max(a, b)] = min(a, b)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(root(index), len(numbers)) for index in range(len(codes))]


def shingles(code: str) -> frozenset[int]:
    """Hashes (31 bits) of the runs of `WIDTH` tokens; comments and the values of numbers gone."""
    tokens = [t if not t[0].isdigit() else "0" for t in _TOKEN.findall(code) if t[0] != "#"]
    runs = {" ".join(tokens[i : i + WIDTH]) for i in range(max(1, len(tokens) - WIDTH + 1))}
    digests = (hashlib.blake2b(run.encode(), digest_size=4).digest() for run in runs)
    return frozenset(int.from_bytes(digest, "little") >> 1 for digest in digests)


def similarity(one: frozenset[int], other: frozenset[int]) -> float:
    """Jaccard: what both have, as a share of what either has."""
    return len(one & other) / max(1, len(one | other))


def _buckets(sets: Sequence[frozenset[int]]) -> list[list[int]]:
    """Programs that agree in one band of their signatures."""
    generator = np.random.default_rng(0)
    factors = generator.integers(1, int(_PRIME), _BANDS * _ROWS, dtype=np.uint64)
    offsets = generator.integers(0, int(_PRIME), _BANDS * _ROWS, dtype=np.uint64)
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for index, one in enumerate(sets):
        signature = _signature(one, factors, offsets)
        for band in range(_BANDS):
            key = signature[band * _ROWS : (band + 1) * _ROWS].tobytes()
            buckets[band, key].append(index)
    return [members for members in buckets.values() if len(members) > 1]


def _signature(
    one: frozenset[int], factors: NDArray[np.uint64], offsets: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    values = np.fromiter(one, np.uint64, len(one))
    hashed = (values[None, :] * factors[:, None] + offsets[:, None]) % _PRIME
    return hashed.min(axis=1)
