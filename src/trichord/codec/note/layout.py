"""What one frame of a note is made of, and when the frames lie.

A frame holds, in this order: the deviation from the nominal pitch in cents; levels in dB of the
half-harmonics 0.5, 1.5 ... 5.5 (organ pedals, bells); levels of the harmonics, the first 24 each on
its own, the higher ones in groups of equal ratio; levels of noise in bands of equal ERB width.

Analysis frames are 5.8 ms apart. Tokens are dearer: a *block* of analysis frames becomes one token
frame. Blocks are short over the attack and long over the tail, and short again after the release.
"""

from __future__ import annotations

import functools
from itertools import chain, repeat

import numpy as np
import torch

from trichord.audio.notes import midi_to_hz

SAMPLE_RATE = 44100
HOP = 256
HELD_SECONDS = 4.0
NOTE_SECONDS = 5.0

HALVES = 6
SINGLES = 24
GROUPS = 20
TOP_HARMONIC = 600
NOISE_BANDS = 40
#: Highest frequency of a partial in Hz.
TOP_HZ = 20000.0
#: Levels below this many dB under the note's peak are silence.
FLOOR_DB = -100.0

_ATTACK = (1,) * 8 + (2,) * 4 + (4,) * 4 + (8,) * 4
_TAIL = 16
_RELEASE = (4, 4, 8, 8, 8)


def harmonic_edges() -> tuple[int, ...]:
    """Slot i of the harmonics holds the partials `edges[i] .. edges[i + 1] - 1`."""
    groups = np.unique(np.round(np.geomspace(SINGLES + 1, TOP_HARMONIC + 1, GROUPS + 1)))
    return (*range(1, SINGLES + 1), *(int(edge) for edge in groups))


EDGES = harmonic_edges()
HARMONICS = len(EDGES) - 1
FEATURES = 1 + HALVES + HARMONICS + NOISE_BANDS

HALF_SLICE = slice(1, 1 + HALVES)
HARMONIC_SLICE = slice(1 + HALVES, 1 + HALVES + HARMONICS)
NOISE_SLICE = slice(1 + HALVES + HARMONICS, FEATURES)


@functools.cache
def block_edges(analysis_frames: int) -> tuple[int, ...]:
    """Block i covers the analysis frames `edges[i] .. edges[i + 1] - 1`."""
    release = held_frames()
    edges = [0]
    for size in chain(_ATTACK, repeat(_TAIL)):
        if edges[-1] + size > release:
            break
        edges.append(edges[-1] + size)
    edges[-1] = release
    for size in chain(_RELEASE, repeat(_TAIL)):
        if edges[-1] >= analysis_frames:
            break
        edges.append(edges[-1] + size)
    inside = [edge for edge in edges if edge < analysis_frames]
    return (*inside, analysis_frames)


def analysis_frames(samples: int) -> int:
    """Analysis frames of a wave of this length."""
    return samples // HOP + 1


def held_frames() -> int:
    """Analysis frames before the key is released."""
    return int(HELD_SECONDS * SAMPLE_RATE) // HOP


def blocks_for(seconds: float) -> int:
    """The least number of blocks that reaches `seconds` after the start of the note."""
    needed = int(np.ceil(seconds * SAMPLE_RATE / HOP))
    edges = block_edges(max(needed, analysis_frames(int(NOTE_SECONDS * SAMPLE_RATE))))
    return int(np.searchsorted(edges, needed))


def frames_of_blocks(blocks: int) -> int:
    """Analysis frames that this many blocks cover."""
    return block_edges(100 * _TAIL + blocks * _TAIL)[blocks]


def erb(hz: np.ndarray | float) -> np.ndarray:
    """Equivalent rectangular bandwidth number (Glasberg and Moore 1990)."""
    return 21.4 * np.log10(1.0 + 0.00437 * np.asarray(hz, dtype=np.float64))


def position_on_erb(hz: np.ndarray, bands: int) -> np.ndarray:
    """Place of each frequency among `bands` centres of equal ERB distance from 0 Hz to Nyquist."""
    return np.clip(erb(hz) / erb(SAMPLE_RATE / 2) * (bands - 1), 0, bands - 1)


@functools.cache
def band_weights(window: int, bands: int) -> torch.Tensor:
    """Triangles on the ERB scale `[bands, window // 2 + 1]`, each summing to one over its bins."""
    bins = np.linspace(0, SAMPLE_RATE / 2, window // 2 + 1)
    place = position_on_erb(bins, bands)
    weights = np.maximum(0.0, 1.0 - np.abs(place[None] - np.arange(bands)[:, None]))
    for band in np.flatnonzero(weights.sum(1) == 0):
        weights[band, np.argmin(np.abs(place - band))] = 1.0
    return torch.tensor(weights / weights.sum(1, keepdims=True), dtype=torch.float32)


def interpolate_rows(table: torch.Tensor, place: np.ndarray) -> torch.Tensor:
    """Rows of `[R, ...]` at fractional places `[N]` -> `[N, ...]`, linear."""
    low = np.minimum(place.astype(np.int64), max(len(table) - 2, 0))
    high = np.minimum(low + 1, len(table) - 1)
    share = torch.from_numpy((place - low).astype(np.float32)).reshape(-1, *[1] * (table.ndim - 1))
    return torch.lerp(table[torch.from_numpy(low)], table[torch.from_numpy(high)], share)


def partial_hz(
    orders: torch.Tensor, midi: float, detune_cents: float, inharmonicity: float
) -> torch.Tensor:
    """Frequencies k f0 sqrt(1 + B k^2) of a stiff string (Fletcher 1964), in Hz."""
    fundamental = midi_to_hz(midi) * 2.0 ** (detune_cents / 1200.0)
    return fundamental * orders * torch.sqrt(1.0 + inharmonicity * orders.square())


def to_blocks(features: torch.Tensor) -> torch.Tensor:
    """Mean over each block: `[frames, D]` -> `[blocks, D]`."""
    edges = block_edges(len(features))
    sizes = torch.diff(torch.tensor(edges))
    index = torch.repeat_interleave(torch.arange(len(sizes)), sizes)
    sums = torch.zeros(len(sizes), features.shape[1]).index_add_(0, index, features)
    return sums / sizes[:, None]


def from_blocks(blocks: torch.Tensor) -> torch.Tensor:
    """Linear between the centres of the blocks: `[blocks, D]` -> `[frames, D]`."""
    frames = frames_of_blocks(len(blocks))
    edges = np.asarray(block_edges(frames), dtype=np.float64)
    centres = (edges[:-1] + edges[1:] - 1) / 2
    place = np.interp(np.arange(frames), centres, np.arange(len(centres)))
    return interpolate_rows(blocks, place)
