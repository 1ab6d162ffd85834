"""What the metrics ask of their arrays, and the distances that they start from."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trichord.errors import InputError

Matrix = NDArray[np.float64]


def rows_of(values: ArrayLike, least: int = 2) -> Matrix:
    """Finite vectors `[N, D]` as float64.

    Raises:
        InputError: another shape, fewer than `least` rows, or a value that is not finite.
    """
    rows = np.asarray(values, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[0] < least or rows.shape[1] < 1:
        raise InputError(f"vectors of shape {rows.shape}: give [N, D] with N of {least} or more")
    if not np.isfinite(rows).all():
        raise InputError("vectors hold NaN or infinity: leave those rows out")
    return rows


def paired(x: ArrayLike, y: ArrayLike, least: int = 2) -> tuple[Matrix, Matrix]:
    """Two sets of vectors `[N, D1]`, `[N, D2]` of which rows with one index belong together.

    Raises:
        InputError: as `rows_of`, or the numbers of rows differ.
    """
    first, second = rows_of(x, least), rows_of(y, least)
    if len(first) != len(second):
        raise InputError(f"{len(first)} and {len(second)} vectors: pairs need equally many")
    return first, second


def centred(rows: Matrix) -> Matrix:
    """The rows less their mean."""
    return rows - rows.mean(axis=0)


def cosine_distances(vectors: ArrayLike) -> Matrix:
    """1 − cosine of every pair of rows, `[N, N]` with an exact zero diagonal.

    Raises:
        InputError: as `rows_of`, or a vector of length zero, which has no direction.
    """
    rows = rows_of(vectors, least=1)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if float(lengths.min()) <= 0.0:
        raise InputError("a vector of length zero has no cosine: leave it out")
    units = rows / lengths
    # Rounding leaves 1e-16 where two vectors are equal; ties must be ties.
    distances = np.maximum(0.0, 1.0 - units @ units.T)
    distances[distances < 1e-12] = 0.0
    return 0.5 * (distances + distances.T)


def euclidean_distances(vectors: ArrayLike) -> Matrix:
    """Length of the difference of every pair of rows, `[N, N]`."""
    from scipy.spatial.distance import pdist, squareform

    return np.asarray(squareform(pdist(rows_of(vectors, least=2))), dtype=np.float64)


def square(distances: ArrayLike, least: int = 2) -> Matrix:
    """A symmetric distance matrix `[N, N]` as float64.

    Raises:
        InputError: it is not square, too small, not finite or not symmetric.
    """
    matrix = rows_of(distances, least)
    if matrix.shape[0] != matrix.shape[1]:
        raise InputError(f"distances of shape {matrix.shape}: give [N, N]")
    if not np.allclose(matrix, matrix.T, atol=1e-9 * max(1.0, float(np.abs(matrix).max()))):
        raise InputError("distances are not symmetric: d(i, j) must be d(j, i)")
    return matrix


def upper(distances: ArrayLike) -> Matrix:
    """The N (N − 1) / 2 distances above the diagonal, row by row."""
    matrix = square(distances)
    return matrix[np.triu_indices(len(matrix), k=1)]
