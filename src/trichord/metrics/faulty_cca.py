"""A canonical correlation with an error in it, kept so that published figures can be set right.

The squared canonical correlations are the eigenvalues of M = Sxx⁻¹ Sxy Syy⁻¹ Syx. M is not
symmetric. A solver for symmetric matrices (`eigvalsh`) reads one triangle of it and takes the other
for its mirror image: what it returns are the eigenvalues of another matrix. They have the right sum
(the diagonal is read) and the wrong spread, may be negative and may be above 1, which no
squared correlation is. `metrics.cca` has the correct one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from trichord.metrics.arrays import Matrix, centred, paired

RIDGE = 1e-6
"""Added to the diagonal of both covariances, without which they may have no inverse."""


def faulty_correlations(x: ArrayLike, y: ArrayLike, ridge: float = RIDGE) -> Matrix:
    """Roots of what a symmetric solver takes for the squared correlations, falling, `[D1]`.

    Args:
        x: vectors `[N, D1]`.
        y: vectors of the same items `[N, D2]`.
        ridge: see `RIDGE`.

    Returns:
        Values of 0 and more; above 1 where the error shows. Negative eigenvalues count as 0.
    """
    values = np.linalg.eigvalsh(product(x, y, ridge))
    return np.sqrt(np.maximum(values, 0.0))[::-1]


def faulty_cca(x: ArrayLike, y: ArrayLike, ridge: float = RIDGE) -> float:
    """The largest of `faulty_correlations`: no correlation is above 1, this one may be."""
    return float(faulty_correlations(x, y, ridge)[0])


def faulty_mean_cca(x: ArrayLike, y: ArrayLike, ridge: float = RIDGE) -> float:
    """The mean of the min(D1, D2) largest `faulty_correlations`."""
    values = faulty_correlations(x, y, ridge)
    return float(values[: min(np.shape(x)[1], np.shape(y)[1])].mean())


def product(x: ArrayLike, y: ArrayLike, ridge: float = RIDGE) -> Matrix:
    """M = (Sxx + εI)⁻¹ Sxy (Syy + εI)⁻¹ Syx, `[D1, D1]`; similar to a symmetric matrix, not one."""
    first, second = paired(x, y)
    first, second = centred(first), centred(second)
    count = len(first) - 1
    xx = first.T @ first / count + ridge * np.eye(first.shape[1])
    yy = second.T @ second / count + ridge * np.eye(second.shape[1])
    xy = first.T @ second / count
    return np.linalg.solve(xx, xy) @ np.linalg.solve(yy, xy.T)
