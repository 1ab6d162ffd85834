"""What a codec's network is trained on: levels per band as the ear adds them up, and the features.

Partials and noise of a frame are added to the power in bands of equal ERB width, so an error in
what another component masks costs little. It stands for the log-mel distance of the rendered waves
(which decides, but costs a synthesis) and is a matrix product.
"""

from __future__ import annotations

import numpy as np
import torch

from trichord.audio.notes import midi_to_hz
from trichord.audio.tables import kept_table
from trichord.codec.note import layout as lay

BANDS = 64
_FLOOR = 10.0 ** (lay.FLOOR_DB / 10)


@kept_table
def band_power_table() -> torch.Tensor:
    """Power in each band per unit of a feature's power: `[128 pitches, FEATURES - 1, BANDS]`."""
    tables = [_table_of(pitch) for pitch in range(128)]
    return torch.from_numpy(np.stack(tables).astype(np.float32))


def _table_of(pitch: int) -> np.ndarray:
    fundamental = midi_to_hz(pitch)
    table = np.zeros((lay.FEATURES - 1, BANDS))
    for half in range(lay.HALVES):
        table[half] = _spread(np.asarray([fundamental * (half + 0.5)]), 0.5)
    for slot in range(lay.HARMONICS):
        orders = np.arange(lay.EDGES[slot], lay.EDGES[slot + 1])
        table[lay.HALVES + slot] = _spread(fundamental * orders, 0.5)
    bins = np.linspace(0, lay.SAMPLE_RATE / 2, 4097)
    place = lay.position_on_erb(bins, lay.NOISE_BANDS)
    share = 0.01 / len(bins)  # of the variance that density one (20 dB in the features) has per bin
    for band in range(lay.NOISE_BANDS):
        weight = np.maximum(0, 1 - np.abs(place - band))
        table[lay.HALVES + lay.HARMONICS + band] = _spread(bins, share * weight)
    return table


def _spread(hz: np.ndarray, power: np.ndarray | float) -> np.ndarray:
    """Shares power at frequencies out over the two nearest bands."""
    inside = hz < lay.TOP_HZ
    place = lay.position_on_erb(hz[inside], BANDS)
    weight = (np.broadcast_to(power, hz.shape))[inside]
    low = np.minimum(place.astype(int), BANDS - 2)
    bands = np.zeros(BANDS)
    np.add.at(bands, low, weight * (1 - (place - low)))
    np.add.at(bands, low + 1, weight * (place - low))
    return bands


def band_levels(features: torch.Tensor, pitch: torch.Tensor) -> torch.Tensor:
    """Features `[B, F, FEATURES]` in dB, MIDI `[B]` -> levels per band in dB `[B, F, BANDS]`."""
    table = band_power_table().to(features.device)
    power = torch.exp(features[..., 1:] * (np.log(10.0) / 10)) @ table[pitch]
    return 10 * torch.log10(power + _FLOOR)


def block_weights(blocks: int) -> torch.Tensor:
    """Square root of each block's length, mean one: between the ear's clock and the attack's."""
    edges = torch.tensor(lay.block_edges(lay.frames_of_blocks(blocks)))
    weight = torch.diff(edges).float().sqrt()
    return weight / weight.mean()


def reconstruction_loss(
    estimate: torch.Tensor, target: torch.Tensor, pitch: torch.Tensor
) -> dict[str, torch.Tensor]:
    """Mean absolute errors of features in dB and cents.

    Args:
        estimate: `[B, F, FEATURES]` in dB and cents.
        target: same.
        pitch: `[B]` MIDI.

    Returns:
        `bands` (dB in ERB bands), `features` (dB), `cents`.
    """
    weight = block_weights(target.shape[1])[:, None].to(target.device)
    bands = (band_levels(estimate, pitch) - band_levels(target, pitch)).abs()
    levels = (estimate[..., 1:] - target[..., 1:]).abs()
    cents = (estimate[..., :1] - target[..., :1]).abs()
    return {
        "bands": (weight * bands).mean(),
        "features": (weight * levels).mean(),
        "cents": (weight * cents).mean(),
    }
