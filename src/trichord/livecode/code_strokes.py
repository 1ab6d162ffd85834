"""How power goes on in time after each stroke of a sound: envelopes, decays, echoes, gates."""

from __future__ import annotations

import torch
from torch import Tensor

from trichord.livecode.reader.batch import ReadingBatch

COLUMN = 4 * 512 / 22050
"""Seconds of a column of a picture; see `trichord.audio.bands`."""

COLUMNS = 194
"""Columns of 18 s."""

LATENCY = 0.02
"""Seconds by which everything sounds later than it is written."""

DECAYS = (0.06, 0.3, 1.2)
"""Seconds in which a struck sound loses 8.7 dB, on top of its envelope."""

TAILS = (0.4, 1.6)
"""Seconds in which what a room gives back loses 8.7 dB, after the sound's end."""

COURSES = 1 + len(DECAYS) + len(TAILS) + 1
"""Ways in which a sound's power may go on: its envelope, decays, tails, echoes."""

_FINE = 4
"""Points in time for each column."""

_LENGTH = 400
"""Of the Fourier transforms: twice a picture's columns fit, so that nothing comes round."""


def courses(batch: ReadingBatch) -> Tensor:
    """Power over time of each sound in each of its courses: [S, COURSES, COLUMNS]."""
    if not len(batch.names):
        return torch.zeros(0, COURSES, COLUMNS)
    struck = torch.fft.rfft(onsets(batch), n=_LENGTH)
    envelope = adsr(batch.envelopes)
    times = torch.arange(COLUMNS) * COLUMN
    decays = torch.exp(-times[None] / torch.tensor(DECAYS)[:, None])
    shaped = torch.cat([envelope[:, None], envelope[:, None] * decays], dim=1)
    kernels = torch.fft.rfft(shaped, n=_LENGTH)
    tails = torch.exp(-times[None] / torch.tensor(TAILS)[:, None])
    tails = torch.fft.rfft(tails * COLUMN / torch.tensor(TAILS)[:, None], n=_LENGTH)
    echoes = torch.fft.rfft(_comb(batch.echoes), n=_LENGTH)
    after = torch.cat([tails.expand(len(envelope), -1, -1), echoes[:, None]], dim=1)
    kernels = torch.cat([kernels, kernels[:, :1] * after], dim=1)
    power = torch.fft.irfft(struck[:, None] * kernels, n=_LENGTH)[..., :COLUMNS].clamp(min=0)
    return power * gate(batch.gates)[:, None]


def onsets(batch: ReadingBatch) -> Tensor:
    """Power struck in each column: [S, COLUMNS], a stroke shared by the two next to it."""
    place = (batch.times + LATENCY) / COLUMN
    first = place.floor()
    part = place - first
    rows = len(batch.names)
    grid = torch.zeros(rows * (COLUMNS + 1))
    at = batch.strokes * (COLUMNS + 1) + first.long().clamp(0, COLUMNS - 1)
    grid.index_add_(0, at, batch.powers * (1 - part))
    grid.index_add_(0, at + 1, batch.powers * part)
    return grid.view(rows, COLUMNS + 1)[:, :COLUMNS]


def adsr(envelopes: Tensor) -> Tensor:
    """Power of linear envelopes: [S, 6] (see `Reading`) to [S, COLUMNS], means of columns."""
    attack, decay, sustain, release, total, level = (each[:, None] for each in envelopes.unbind(1))
    times = (torch.arange(COLUMNS * _FINE) + 0.5)[None] * (COLUMN / _FINE)
    rising = times / attack.clamp(min=1e-4)
    sinking = 1 + (level - 1) * ((times - attack) / decay.clamp(min=1e-4)).clamp(0, 1)
    falling = level * (1 - (times - attack - decay - sustain) / release.clamp(min=1e-4))
    shape = torch.minimum(torch.minimum(rising, sinking), falling).clamp(min=0)
    # The last column that a short sound touches has its part of it, however short.
    edge = ((total - times) / (COLUMN / _FINE) + 0.5).clamp(0, 1)
    shape = shape.square() * edge
    power = shape.view(len(envelopes), COLUMNS, _FINE).mean(-1)
    brief = (total[:, 0] / COLUMN).clamp(max=1.0)
    power[:, 0] = torch.maximum(power[:, 0], 0.3 * brief)
    return power


def _comb(echoes: Tensor) -> Tensor:
    """Echoes of an impulse after itself: [S, 3] (see `Reading`) to [S, COLUMNS]."""
    phase, kept, mix = (each[:, None] for each in echoes.unbind(1))
    times = torch.arange(COLUMNS)[None] * COLUMN
    spacing = phase.clamp(min=COLUMN)
    number = torch.round(times / spacing)
    near = (1 - (times - number * spacing).abs() / COLUMN).clamp(min=0)
    heard = (number >= 1) & (phase > 0)
    return torch.where(heard, near * mix.square() * kept.clamp(1e-6, 0.99) ** number, 0.0)


def gate(gates: Tensor) -> Tensor:
    """What effects that gate in time let through: [S, 6] (see `Reading`) to [S, COLUMNS]."""
    opened = torch.ones(len(gates), COLUMNS)
    rows = torch.nonzero(gates[:, 0] > 0).flatten()
    if not len(rows):
        return opened
    phase, wave, width, low, mix, start = (each[:, None] for each in gates[rows].unbind(1))
    times = (torch.arange(COLUMNS * _FINE) + 0.5)[None] * (COLUMN / _FINE) - LATENCY - start
    turn = (times / phase).remainder(1.0)
    saw, pulse = 1 - turn, (turn < width).float()
    triangle, sine = 1 - (2 * turn - 1).abs(), 0.5 + 0.5 * torch.cos(2 * torch.pi * turn)
    shape = torch.where(wave < 0.5, saw, torch.where(wave < 1.5, pulse, triangle))
    shape = torch.where(wave > 2.5, sine, shape)
    through = (1 - mix) + mix * (low + (1 - low) * shape).square()
    opened[rows] = through.view(len(rows), COLUMNS, _FINE).mean(-1)
    return opened
