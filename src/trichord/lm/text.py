"""Text as a condition: states of a sentence encoder -> vectors of the transformer.

One vector (the mean of the states) where text is summed, a vector per state where it enters as a
prefix or by cross-attention (MusicGen, Copet et al. 2023, section 2.3, does either). The encoder
itself is not part of the model: whoever asks for sound brings its states along.
"""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trichord.errors import InputError
from trichord.lm.config import LMConfig
from trichord.lm.fusers import Fused, make_fuser


class TextProvider(nn.Module):
    """A linear map of normalised states; a learned null vector where there is no state.

    States are brought to entries of mean 0 and size one before, so that encoders of any scale are
    taken alike. The number of vectors does not depend on the longest text of a batch: a row comes
    out the same alone or beside others.
    """

    def __init__(self, config: LMConfig) -> None:
        super().__init__()
        self.pooled = config.text_fuser == "sum"
        self.count = 1 if self.pooled else config.text_tokens
        self.linear = nn.Linear(config.text_dim, config.dim, bias=False)
        self.null = nn.Parameter(torch.zeros(config.dim))
        self._fuse = make_fuser(config.text_fuser)

    def forward(self, text: Tensor | None, length: Tensor | None, rows: int) -> Fused:
        """Where the text of some rows goes.

        Args:
            text: states, float [N, L, D]; None where no row has a text.
            length: states that count, integers [N]; below 1 where a row has no text. All when
                not given.
            rows: N.
        """
        if text is None:
            vectors = self.null.expand(rows, self.count, -1)
            held = torch.zeros(rows, self.count, dtype=torch.bool, device=vectors.device)
        else:
            vectors, held = self._vectors(text, length)
        fused = self._fuse(vectors)
        if fused.memory is None:
            return fused
        # Attention needs something to look at: the first row of an absent text is the null vector.
        first = torch.arange(self.count, device=held.device) == 0
        return replace(fused, memory_mask=held | first)

    def _vectors(self, text: Tensor, length: Tensor | None) -> tuple[Tensor, Tensor]:
        """Vectors [N, P, dim], and which of them hold a state, bool [N, P]."""
        if text.shape[2] != self.linear.in_features:
            raise InputError(
                f"conditions hold text of {text.shape[2]} numbers a state; this model's text_dim "
                f"is {self.linear.in_features}; take the encoder that it was trained with"
            )
        place = torch.arange(text.shape[1], device=text.device)
        ends = torch.full_like(text[:, 0, 0], text.shape[1]) if length is None else length
        held = place < ends[:, None]
        states = text.float() * held[:, :, None]
        if self.pooled:
            states = states.sum(dim=1, keepdim=True) / held.sum(dim=1).clamp(min=1)[:, None, None]
            held = held[:, :1]
        else:
            room = self.count - text.shape[1]  # negative where the text is cut
            states, held = F.pad(states, (0, 0, 0, room)), F.pad(held, (0, room))
        states = F.layer_norm(states, states.shape[2:])
        vectors = self.linear(states.to(self.linear.weight.dtype))
        return torch.where(held[:, :, None], vectors, self.null), held
