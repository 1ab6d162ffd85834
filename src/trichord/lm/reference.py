"""A note to sound like: the codes of another note of the instrument, shown before the first step.

A vector says where a sound lies among the sounds that were learnt; a note that was played says
what this very sound is like, heard before or not. The model reads its codes as a prefix, as speech
models read a voice that they are to take up (VALL-E, Wang et al. 2023). Pitch and velocity of that
note stand beside its codes, for they explain what the wanted note need not share.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trichord.lm.config import LMConfig
from trichord.lm.providers import PitchProvider, Provider, VelocityProvider


class ReferenceEncoder(nn.Module):
    """What is added to the summed token embeddings of a reference note."""

    def __init__(self, config: LMConfig) -> None:
        super().__init__()
        self.frames = config.like_frames
        self.positions = nn.Embedding(config.like_frames, config.dim)
        self.pitch = PitchProvider(config)
        self.velocity = VelocityProvider(config)
        self.null = nn.Parameter(torch.zeros(2, config.dim))

    def forward(self, frames: Tensor, pitch: Tensor, velocity: Tensor) -> Tensor:
        """The prefix of N notes.

        Args:
            frames: summed embeddings of the codes, [N, R, dim].
            pitch: MIDI keys [N], negative where not known.
            velocity: MIDI velocities [N], below 1 where not known.

        Returns:
            [N, R, dim].
        """
        known = self._known(self.pitch, pitch, 0) + self._known(self.velocity, velocity, 1)
        return frames + self.positions.weight + known[:, None]

    def _known(self, provider: Provider, values: Tensor, place: int) -> Tensor:
        absent = provider.absent(values)[:, None]
        return torch.where(absent, self.null[place], provider(values))


def fitted_codes(codes: Tensor | None, shape: tuple[int, int, int], special: int) -> Tensor:
    """Codes of reference notes as the model reads them, on any device.

    Args:
        codes: integers [N, K' >= K, F], negative where there is nothing; None where there is no
            note. A model of a codec's first codebooks reads those alone.
        shape: (N, K, R) of the result: a longer note is cut, a shorter one filled up.
        special: the token that stands where there is nothing.

    Returns:
        int64 [N, K, R].
    """
    if codes is None:
        return torch.full(shape, special)
    kept = codes[:, : shape[1], : shape[2]].long()
    filled = nn.functional.pad(kept, (0, shape[2] - kept.shape[2]), value=-1)
    return torch.where(filled < 0, special, filled)
