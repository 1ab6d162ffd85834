"""Centred kernel alignment with a linear kernel: biased, debiased, and within groups.

CKA = HSIC(K, L) / √(HSIC(K, K) HSIC(L, L)) with K = X Xᵀ, L = Y Yᵀ (Kornblith et al., 2019). The
usual estimate of HSIC is biased upwards: for unrelated vectors of D dimensions it nears one as D
outgrows N. The unbiased one (Song et al., 2012; for CKA: Nguyen et al., 2021) is zero on average
for unrelated pairs, and may be a little below. Both are computed from the vectors, N × D, without
an N × N matrix.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from trichord.errors import InputError
from trichord.metrics.arrays import Matrix, centred, paired

SMALLEST = 4
"""Rows below which the unbiased estimate divides by zero."""


def cka(x: ArrayLike, y: ArrayLike, *, debiased: bool = False) -> float:
    """How alike the similarities are that two embeddings give to the same items.

    Args:
        x: vectors `[N, D1]`.
        y: vectors of the same items `[N, D2]`.
        debiased: with the unbiased estimate; N of four or more.

    Returns:
        Biased: in 0..1. Debiased: at most 1 in expectation's limit, around 0 for unrelated pairs.
        NaN where one side does not vary.

    Raises:
        InputError: shapes that do not pair, too few rows, values that are not finite.
    """
    first, second = paired(x, y, SMALLEST if debiased else 2)
    return _ratio(*_three(first, second, debiased))


def cka_within(
    x: ArrayLike, y: ArrayLike, groups: Sequence[object], *, debiased: bool = True
) -> float:
    """CKA of what varies inside groups (templates), blind to differences between them.

    HSIC is taken within each group, averaged over groups with the number of its pairs as weight,
    and only then divided, as Nguyen et al. (2021) do over batches: a ratio per group would be
    ruled by its noisiest ones. Groups with fewer than four rows say nothing and are left out.

    Args:
        x: vectors `[N, D1]`.
        y: vectors `[N, D2]`.
        groups: the group of each row.
        debiased: as in `cka`.

    Raises:
        InputError: as in `cka`, as many groups as rows are not given, or none has four rows.
    """
    first, second = paired(x, y)
    members = rows_by_group(groups, len(first))
    sums = np.zeros(3)
    for rows in members.values():
        if len(rows) >= SMALLEST:
            weight = len(rows) * (len(rows) - 1)
            sums += weight * np.array(_three(first[rows], second[rows], debiased))
    if not sums.any() and max(map(len, members.values())) < SMALLEST:
        raise InputError(f"no group has {SMALLEST} rows: give larger groups")
    return _ratio(float(sums[0]), float(sums[1]), float(sums[2]))


def rows_by_group(groups: Sequence[object], count: int) -> dict[object, list[int]]:
    """The indices of each group's rows, groups in order of appearance.

    Raises:
        InputError: there are not `count` of them.
    """
    if len(groups) != count:
        raise InputError(f"{len(groups)} groups for {count} rows: give one for each")
    members: dict[object, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    return members


def _three(x: Matrix, y: Matrix, debiased: bool) -> tuple[float, float, float]:
    """HSIC of (x, y), (x, x), (y, y)."""
    x, y = centred(x), centred(y)  # the unbiased estimate does not change, its rounding shrinks
    hsic = _unbiased if debiased else _biased
    return hsic(x, y), hsic(x, x), hsic(y, y)


def _biased(x: Matrix, y: Matrix) -> float:
    """‖Xᵀ Y‖² / (N − 1)² of centred vectors: tr(K H L H) / (N − 1)²."""
    return float(_inner(x, y)) / (len(x) - 1) ** 2


def _unbiased(x: Matrix, y: Matrix) -> float:
    """HSIC₁ of Song et al. (2012), equation 5, with K and L without their diagonals."""
    n = len(x)
    k_diagonal, l_diagonal = (x * x).sum(1), (y * y).sum(1)
    k_sums = x @ x.sum(0) - k_diagonal  # K̃ 1
    l_sums = y @ y.sum(0) - l_diagonal
    trace = _inner(x, y) - float(k_diagonal @ l_diagonal)
    both = float(k_sums.sum() * l_sums.sum()) / ((n - 1) * (n - 2))
    crossed = 2.0 / (n - 2) * float(k_sums @ l_sums)
    return (trace + both - crossed) / (n * (n - 3))


def _inner(x: Matrix, y: Matrix) -> float:
    """Σ K ∘ L = ‖Xᵀ Y‖², by whichever of the two is smaller."""
    if len(x) < max(x.shape[1], y.shape[1]):
        return float(((x @ x.T) * (y @ y.T)).sum())
    return float(np.square(x.T @ y).sum())


def _ratio(cross: float, own_x: float, own_y: float) -> float:
    if own_x <= 0.0 or own_y <= 0.0:
        return float("nan")
    return cross / float(np.sqrt(own_x * own_y))
