"""Readings of several programs as the tensors that a network takes at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from trichord.livecode.reader.sounds import Reading


@dataclass(frozen=True)
class ReadingBatch:
    """Readings behind each other; sounds S, effects E and strokes N are those of all programs.

    Attributes:
        names, numbers, options, envelopes, echoes, gates: as in `Reading`, [S, …].
        chains: [S, CHAIN] rows of the effects plus one; 0 is none.
        effects, turns, moves: as in `Reading`, [E, …].
        strokes, times, powers: as in `Reading`, [N]; strokes are rows of the sounds.
        counts: [B] sounds of each program.
    """

    names: Tensor
    numbers: Tensor
    options: Tensor
    chains: Tensor
    effects: Tensor
    turns: Tensor
    moves: Tensor
    envelopes: Tensor
    echoes: Tensor
    gates: Tensor
    strokes: Tensor
    times: Tensor
    powers: Tensor
    counts: Tensor


def collate(readings: Sequence[Reading]) -> ReadingBatch:
    """The batch of some readings, at least one."""
    counts = np.array([len(reading.names) for reading in readings], np.int64)
    sounds = np.concatenate([[0], np.cumsum(counts)])
    effects = np.concatenate([[0], np.cumsum([len(r.effects) for r in readings])])
    joined = {
        field.name: np.concatenate([getattr(reading, field.name) for reading in readings])
        for field in fields(Reading)
    }
    joined["strokes"] = np.concatenate([r.strokes + sounds[at] for at, r in enumerate(readings)])
    joined["chains"] = np.concatenate(
        [np.where(r.chains > 0, r.chains + effects[at], 0) for at, r in enumerate(readings)]
    )
    tensors = {name: torch.from_numpy(value) for name, value in joined.items()}
    return ReadingBatch(**tensors, counts=torch.from_numpy(counts))
