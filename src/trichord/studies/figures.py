"""Pictures of a study."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float32]


def plots() -> Any:
    """Matplotlib's pyplot, drawing to files."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    return plt


def draw_spectrograms(
    columns: Sequence[tuple[str, Sequence[tuple[str, Wave]]]], sample_rate: int, path: Path
) -> None:
    """One column per note, one row per version of it, all under the gain of the first version.

    Args:
        columns: (title, [(name, wave `[T]`), …]), as many versions in each.
        sample_rate: Hz.
        path: of the PNG.
    """
    plt = plots()
    count = len(columns[0][1])
    size = (3.2 * len(columns), 1.9 * count)
    figure, axes = plt.subplots(count, len(columns), figsize=size, squeeze=False, sharex=True)
    for column, (title, versions) in enumerate(columns):
        gain = 1.0 / max(1e-9, float(np.abs(versions[0][1]).max()))
        for row, (name, wave) in enumerate(versions):
            axis = axes[row, column]
            _spectrogram(axis, wave * gain, sample_rate)
            if row == 0:
                axis.set_title(title, fontsize=9)
            if column == 0:
                axis.set_ylabel(name.replace(", ", "\n"), fontsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    plt.close(figure)


def _spectrogram(axis: Any, wave: Wave, sample_rate: int) -> None:
    faint = np.float32(1e-7) * np.random.default_rng(0).standard_normal(len(wave))
    # Levels of matplotlib's power density: a full-scale sine stands near -15 dB.
    axis.specgram(wave + faint, NFFT=2048, noverlap=1536, Fs=sample_rate, vmin=-125, vmax=-25)
    axis.set_ylim(30, 16000)
    axis.set_yscale("symlog", linthresh=500)
    axis.set_yticks([100, 500, 2000, 8000], ["100", "500", "2k", "8k"], fontsize=6)


def draw_matrix(
    counts: NDArray[np.int64], names: Sequence[str], labels: tuple[str, str], path: Path
) -> None:
    """A confusion matrix: `counts[i, j]` of what is `names[i]` and was taken for `names[j]`."""
    plt = plots()
    figure, axis = plt.subplots(figsize=(5.6, 5))
    axis.imshow(counts / np.maximum(1, counts.sum(axis=1, keepdims=True)), cmap="Blues", vmin=0)
    places = range(len(names))
    axis.set_xticks(places, names, rotation=60, ha="right", fontsize=8)
    axis.set_yticks(places, names, fontsize=8)
    axis.set_ylabel(labels[0])
    axis.set_xlabel(labels[1])
    for row in places:
        for column in places:
            if counts[row, column]:
                axis.text(column, row, str(counts[row, column]), ha="center", va="center")
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    plt.close(figure)


def draw_histograms(panels: Sequence[tuple[str, NDArray[np.float64], float]], path: Path) -> None:
    """Histograms side by side, each with a line at what was asked: (label, values, bound)."""
    plt = plots()
    figure, axes = plt.subplots(1, len(panels), figsize=(4 * len(panels), 3), squeeze=False)
    for axis, (label, values, bound) in zip(axes[0], panels, strict=True):
        axis.hist(values, bins=50)
        axis.axvline(bound, color="black", linestyle=":")
        axis.set_xlabel(label)
        axis.set_yticks([])
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    plt.close(figure)
