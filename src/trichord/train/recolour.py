"""Sounds that no corpus holds: notes of an instrument, all recoloured alike, encoded anew.

A corpus has a few hundred instruments, and a language model learns them by heart: shown one note of
an instrument that it knows, it recalls the others instead of listening. So some notes are
recoloured while it trains: another body (a curve over frequency), another excitation (a curve over
the partials' numbers), more or less breath, another decay. What note and shown note have in common
can then be learnt from the shown note alone.

Works on the codec's features, which are levels in decibels, so that a step costs one run of its
small encoder.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from trichord.audio.notes import midi_to_hz
from trichord.codec.note import NoteCodec
from trichord.codec.note import layout as lay

_WAVES = 4
"""Cosines that a curve is the sum of."""


@dataclass(frozen=True)
class RecolourConfig:
    """How far a sound may be taken from itself."""

    chance: float = 0.0
    """How often a note is recoloured, and the note that it is to sound like with it."""
    body_db: float = 6.0
    """Size of each wave of the curve over frequency."""
    tilt_db: float = 2.0
    """Deviation of its slope, per octave."""
    excitation_db: float = 4.0
    """Size of each wave of the curve over the partials' numbers."""
    even_db: float = 4.0
    """Deviation of the even partials' level."""
    breath_db: float = 6.0
    """Deviation of the noise's level."""
    decay_db: float = 20.0
    """Fastest added decay, per second; half of the sounds get none."""


@dataclass(frozen=True)
class Colours:
    """What is done to N instruments; all in dB.

    Attributes:
        body: amplitudes and phases of the curve over frequency, [N, 2, waves].
        excitation: the same of the curve over the partials' numbers.
        tilt: per octave from 1 kHz, [N].
        even: of even partials, [N].
        breath: of noise, [N].
        decay: per second, [N], 0 or more.
    """

    body: Tensor
    excitation: Tensor
    tilt: Tensor
    even: Tensor
    breath: Tensor
    decay: Tensor


def draw_colours(count: int, config: RecolourConfig, generator: torch.Generator) -> Colours:
    """Colours of `count` instruments."""

    def curve(size: float) -> Tensor:
        drawn = torch.rand(count, 2, _WAVES, generator=generator) * 2 - 1
        falling = size / torch.arange(1, _WAVES + 1) ** 0.5  # smooth curves are likelier
        return torch.stack([drawn[:, 0] * falling, drawn[:, 1] * torch.pi], dim=1)

    def normal(deviation: float) -> Tensor:
        return deviation * torch.randn(count, generator=generator)

    decay = config.decay_db * torch.rand(count, generator=generator).mul(2).sub(1).clamp(min=0)
    return Colours(
        curve(config.body_db),
        curve(config.excitation_db),
        normal(config.tilt_db),
        normal(config.even_db),
        normal(config.breath_db),
        decay,
    )


def recolour(blocks: Tensor, pitch: Tensor, colours: Colours) -> Tensor:
    """Other levels of the same notes; what is below the codec's floor stays there.

    Args:
        blocks: features of notes, float [N, F, FEATURES].
        pitch: MIDI [N].
        colours: of N instruments.

    Returns:
        [N, F, FEATURES], as loud at its loudest as before.
    """
    gain = _gains(pitch, colours)[:, None] - _decays(blocks.shape[1], colours)[:, :, None]
    levels = blocks[..., 1:]
    silent = levels <= lay.FLOOR_DB
    changed = torch.where(silent, levels, levels + gain)
    changed = changed + (_loudest(levels) - _loudest(changed))[:, None, None]
    changed = torch.where(silent, levels, changed).clamp(lay.FLOOR_DB, 20.0)
    return torch.cat([blocks[..., :1], changed], -1)


def encode_recoloured(
    codec: NoteCodec, blocks: Tensor, pitch: Tensor, codes: Tensor, colours: Colours
) -> Tensor:
    """Codes of recoloured notes.

    Args:
        codec: of the codes.
        blocks: features [N, F', FEATURES], F' of at least F - 1 blocks.
        pitch: MIDI [N].
        codes: integers [N, K, F] of the notes as they were; the first frame is kept.
        colours: of N instruments.

    Returns:
        Integers [N, K, F].
    """
    frames = codes.shape[2] - 1
    features = recolour(blocks[:, :frames].float(), pitch, colours)
    fresh = codec.encode_blocks(features, pitch)[:, : codes.shape[1]]
    return torch.cat([codes[:, :, :1], fresh.to(codes.dtype)], dim=2)


def _gains(pitch: Tensor, colours: Colours) -> Tensor:
    """Gain of every level [N, FEATURES - 1] in dB."""
    number, tonal = _orders()
    fundamental = torch.tensor([midi_to_hz(float(p)) for p in pitch])  # [N]
    hz = torch.where(tonal, number * fundamental[:, None], _noise_hz())
    octave = torch.log2(hz.clamp(20, lay.TOP_HZ) / 1000)
    body = _curve(colours.body, (octave + 5.64) / 9.97)  # 20 Hz .. 20 kHz -> 0 .. 1
    excitation = _curve(colours.excitation, torch.log2(number.clamp(min=1)) / 9)
    even = (number % 2 == 0) & (number <= lay.SINGLES)
    partials = excitation + colours.even[:, None] * even
    tilt = colours.tilt[:, None] * octave
    return body + tilt + torch.where(tonal, partials, colours.breath[:, None])


def _curve(curve: Tensor, place: Tensor) -> Tensor:
    """A sum of cosines at places 0..1: [N, 2, waves] and [N or 1, D] -> [N, D]."""
    turns = torch.arange(1, _WAVES + 1)[:, None] * torch.pi  # [waves, 1]
    place = place.expand(len(curve), -1)[:, None]
    return (curve[:, 0, :, None] * torch.cos(turns * place + curve[:, 1, :, None])).sum(1)


def _decays(blocks: int, colours: Colours) -> Tensor:
    """What each block has lost since the start, [N, F] in dB."""
    edges = np.asarray(lay.block_edges(lay.frames_of_blocks(blocks)), dtype=np.float64)
    seconds = torch.from_numpy((edges[:-1] + edges[1:]) / 2 * lay.HOP / lay.SAMPLE_RATE).float()
    return colours.decay[:, None] * seconds


def _orders() -> tuple[Tensor, Tensor]:
    """Number of the partial of each level (0 for noise) and which are partials, [FEATURES - 1]."""
    halves = torch.arange(lay.HALVES) + 0.5
    edges = torch.tensor(lay.EDGES, dtype=torch.float32)
    harmonics = (edges[:-1] * (edges[1:] - 1)).sqrt()
    harmonics[: lay.SINGLES] = torch.arange(1, lay.SINGLES + 1)
    number = torch.cat([halves, harmonics, torch.zeros(lay.NOISE_BANDS)])
    return number, number > 0


def _noise_hz() -> Tensor:
    """Frequency of each noise band, 0 for the other levels, [FEATURES - 1]."""
    top = lay.erb(lay.SAMPLE_RATE / 2)
    place = np.linspace(0, float(top), lay.NOISE_BANDS)
    hz = (10 ** (place / 21.4) - 1) / 0.00437
    partials = lay.FEATURES - 1 - lay.NOISE_BANDS
    return torch.cat([torch.zeros(partials), torch.from_numpy(hz).float()])


def _loudest(levels: Tensor) -> Tensor:
    """The loudest block of each note, [N, F, D] -> [N] in dB."""
    power = torch.logsumexp(levels * (np.log(10) / 10), dim=2)
    return power.amax(1) * (10 / np.log(10))
