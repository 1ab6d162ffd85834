"""A clip decoded as its frames arrive is the clip decoded whole."""

from __future__ import annotations

import pytest
import torch

from trichord.codec.general import GeneralCodec, GeneralCodecConfig
from trichord.codec.stream import decode_stream


@pytest.fixture(scope="module")
def codec() -> GeneralCodec:
    """A tiny codec whose codebooks hold something."""
    torch.manual_seed(0)
    made = GeneralCodec(GeneralCodecConfig.debug())
    for name, entries in made.named_buffers():
        if name.endswith("entries"):
            entries.normal_()
    return made.eval()


@pytest.mark.parametrize("frames", [1, 5, 40])
@pytest.mark.parametrize("at_once", [1, 3, 50])
def test_joined_it_is_the_whole(codec: GeneralCodec, frames: int, at_once: int) -> None:
    codes = torch.randint(16, (1, 3, frames), generator=torch.Generator().manual_seed(1))
    parts = list(decode_stream(codec, codes.split(at_once, -1), frames))
    whole = codec.decode(codes)[0, 0]
    torch.testing.assert_close(torch.cat(parts), whole, atol=1e-5, rtol=1e-4)


def test_a_stretch_is_there_as_soon_as_its_context_is(codec: GeneralCodec) -> None:
    codes = torch.randint(16, (1, 3, 40), generator=torch.Generator().manual_seed(1))
    arrived = 0

    def arriving() -> object:
        nonlocal arrived
        for piece in codes.split(4, -1):
            arrived += piece.shape[-1]
            yield piece

    heard = 0
    for wave in decode_stream(codec, arriving(), 40):  # type: ignore[arg-type]
        heard += len(wave) // codec.hop
        assert heard == (40 if arrived == 40 else arrived - codec.context)
    assert heard == 40
