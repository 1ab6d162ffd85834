"""How different the clips of a corpus sound: distances between neighbours in a descriptor space.

The space is made of what music information retrieval describes a recording with: mel-frequency
cepstral coefficients (Davis & Mermelstein 1980) and their spread, a chroma (Fujishima 1999), and
how strokes are spread over time (spectral flux, its rhythm). Each descriptor is scaled by its
spread over all sets that are compared, so that no set is judged by its own measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trichord.data.clips.reading import Clips
from trichord.data.clips.sound import HOP, WINDOW, Wave, power_frames
from trichord.data.clips.store import decode, to_float

MELS, CEPSTRA = 40, 20
RHYTHMS = 12
"""Bands of the spectrum of the flux, from 0.5 to 12 Hz."""

Vectors = NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """How far apart the clips of one set are.

    Attributes:
        count: clips compared.
        median, low, high: distance to the nearest other clip, its median and quartiles.
        templates: different templates among them.
    """

    count: int
    median: float
    low: float
    high: float
    templates: int


def compare(
    sets: Mapping[str, tuple[Vectors, Sequence[str]]], count: int, generator: np.random.Generator
) -> dict[str, Spread]:
    """Distance to the nearest neighbour in sets of equal size; more clips lie closer together.

    Args:
        sets: descriptors [N, D] and template names [N] by the name of the set.
        count: clips drawn from each set; as many as the smallest has, at most.
        generator: draws them.
    """
    size = min(count, *(len(vectors) for vectors, _ in sets.values()))
    drawn = {
        name: np.sort(generator.choice(len(vectors), size, replace=False))
        for name, (vectors, _) in sets.items()
    }
    chosen = {name: sets[name][0][rows] for name, rows in drawn.items()}
    pooled = np.concatenate(list(chosen.values()))
    scale = pooled.std(axis=0) + 1e-9
    spreads: dict[str, Spread] = {}
    for name, vectors in chosen.items():
        nearest = nearest_distances(vectors / scale)
        low, median, high = np.percentile(nearest, [25, 50, 75])
        templates = len({sets[name][1][row] for row in drawn[name]})
        spreads[name] = Spread(size, float(median), float(low), float(high), templates)
    return spreads


def nearest_distances(vectors: Vectors) -> NDArray[np.float64]:
    """Distance of each row [N, D] to the nearest other one, per root of D: [N]."""
    from scipy.spatial import KDTree

    distances, _ = KDTree(vectors).query(vectors, k=2)
    return np.asarray(distances)[:, 1] / np.sqrt(vectors.shape[1])


def describe_clips(
    clips: Clips, kind: str, count: int, generator: np.random.Generator
) -> tuple[Vectors, list[str]]:
    """Descriptors and templates of `count` clips of a kind, drawn at random, or of all it has.

    Args:
        clips: the corpus.
        kind: "example", "own" or "generated".
        count: how many.
        generator: draws them.
    """
    known = [row["clip_id"] for row in clips.rows(["clip_id", "kind"], kind=kind)]
    chosen = set(
        known
        if len(known) <= count
        else (known[i] for i in generator.choice(len(known), count, replace=False))
    )
    vectors: list[Vectors] = []
    templates: list[str] = []
    for row in clips.rows(["clip_id", "template_id", "audio"], kind=kind):
        if row["clip_id"] in chosen and row["audio"]["bytes"]:
            samples, rate = decode(row["audio"]["bytes"])
            vectors.append(describe(to_float(samples), rate))
            templates.append(row["template_id"])
    return np.array(vectors), templates


def describe(audio: Wave, sample_rate: int) -> Vectors:
    """The descriptors of one clip, [D].

    Args:
        audio: [T, 1 or 2].
        sample_rate: Hz.
    """
    power = power_frames(np.repeat(audio, 2, axis=1) if audio.shape[1] == 1 else audio)
    level = 10.0 * np.log10(power.sum(axis=1) + 1e-10)
    loud = power[level > level.max() - 60.0]
    return np.concatenate(
        [_timbre(loud, sample_rate), _chroma(loud, sample_rate), _rhythm(power, sample_rate)]
    )


def _timbre(power: NDArray[np.float32], sample_rate: int) -> Vectors:
    """Mean and standard deviation of the cepstra over the frames."""
    from scipy.fft import dct

    mel = 10.0 * np.log10(power @ _mel(sample_rate).T + 1e-10)
    cepstra = np.asarray(dct(mel, axis=1, norm="ortho"))[:, :CEPSTRA]
    return np.concatenate([cepstra.mean(axis=0), cepstra.std(axis=0)])


def _chroma(power: NDArray[np.float32], sample_rate: int) -> Vectors:
    """Mean share of each pitch class, and how peaked they are over time."""
    classes = np.sqrt(power) @ _classes(sample_rate).T
    shares = classes / (classes.sum(axis=1, keepdims=True) + 1e-9)
    return np.concatenate([shares.mean(axis=0), [float(shares.max(axis=1).mean())]])


def _rhythm(power: NDArray[np.float32], sample_rate: int) -> Vectors:
    """Mean, spread and peaks of the flux, and the spectrum of its course."""
    magnitude = np.log1p(100.0 * np.sqrt(power))
    flux = np.maximum(0.0, np.diff(magnitude, axis=0)).mean(axis=1)
    if len(flux) < 8:
        return np.zeros(3 + RHYTHMS)
    centred = (flux - flux.mean()) * np.hanning(len(flux))
    spectrum = np.abs(np.fft.rfft(centred, 2048))
    hz = np.fft.rfftfreq(2048, HOP / sample_rate)
    edges = np.geomspace(0.5, 12.0, RHYTHMS + 1)
    bands = [
        float(spectrum[(hz >= low) & (hz < high)].max(initial=0.0)) for low, high in pairwise(edges)
    ]
    top = float(spectrum.max()) + 1e-9
    peaks = float((flux > flux.mean() + flux.std()).mean())
    return np.array([float(flux.mean()), float(flux.std()), peaks, *(band / top for band in bands)])


@lru_cache(maxsize=4)
def _mel(sample_rate: int) -> NDArray[np.float32]:
    from trichord.audio.mel import mel_filterbank

    return mel_filterbank(sample_rate, WINDOW, MELS, 30.0, min(16000.0, 0.49 * sample_rate)).numpy()


@lru_cache(maxsize=4)
def _classes(sample_rate: int) -> NDArray[np.float32]:
    """Weights [12, bins]: each bin from 60 Hz to 4 kHz to the pitch class it is nearest to."""
    hz = np.arange(WINDOW // 2 + 1) * (sample_rate / WINDOW)
    weights = np.zeros((12, len(hz)), np.float32)
    inside = np.flatnonzero((hz > 60.0) & (hz < 4000.0))
    nearest = np.rint(69.0 + 12.0 * np.log2(hz[inside] / 440.0)).astype(int) % 12
    weights[nearest, inside] = 1.0
    return weights
