"""Vectors laid out on a plane: by UMAP where it is installed, else by t-SNE."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]

NEIGHBOURS = 15


def flatten(vectors: Rows, seed: int, cosine: bool = True) -> tuple[NDArray[np.float64], str]:
    """Places on a plane, and the method that found them.

    Args:
        vectors: `[N, D]`, N of five or more.
        seed: of the method.
        cosine: whether the angle compares two vectors, rather than their distance.

    Returns:
        `[N, 2]` within 0..1, and "UMAP" (McInnes et al., 2018) or "t-SNE" (van der Maaten and
        Hinton, 2008).
    """
    metric = "cosine" if cosine else "euclidean"
    umap = _umap()
    if umap is not None:
        method = umap.UMAP(
            n_neighbors=min(NEIGHBOURS, len(vectors) - 1), metric=metric, random_state=seed,
            init="pca", n_jobs=1,
        )  # fmt: skip
        name = "UMAP"
    else:
        from sklearn.manifold import TSNE

        perplexity = min(float(NEIGHBOURS), (len(vectors) - 1) / 3)
        method = TSNE(perplexity=perplexity, metric=metric, random_state=seed, init="random")
        name = "t-SNE"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what either says of its own defaults
        places = np.asarray(method.fit_transform(vectors), np.float64)
    low, high = places.min(axis=0), places.max(axis=0)
    return (places - low) / np.maximum(high - low, 1e-12), name


def _umap() -> Any:
    try:
        import umap
    except ImportError:
        return None
    return umap
