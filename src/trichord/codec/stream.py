"""Decoding as frames arrive: each stretch as soon as the frames that it depends on are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

from trichord.codec.general.codec import GeneralCodec


def decode_stream(codec: GeneralCodec, arriving: Iterable[Tensor], frames: int) -> Iterator[Tensor]:
    """Waves of a clip whose frames arrive in pieces; joined they are the clip decoded whole.

    Args:
        codec: that made the frames.
        arriving: codes `[1, K, f]`, in order.
        frames: of the whole clip.

    Yields:
        `[T]`, whole frames, as soon as `codec.context` frames more than they span have arrived.
    """
    codes: list[Tensor] = []
    known = given = 0
    for piece in arriving:
        codes.append(piece)
        known += piece.shape[-1]
        ready = frames if known >= frames else known - codec.context
        if ready > given:
            first = max(0, given - codec.context)
            joined = torch.cat(codes, -1)[..., first:]
            codes = [torch.cat(codes, -1)]
            yield codec.decode_stretch(joined, first, given, ready)[0, 0]
            given = ready
