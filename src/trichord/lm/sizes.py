"""Sizes of a codec language model by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trichord.errors import InputError

SizeName = Literal["nano", "small", "medium", "60m", "large"]


@dataclass(frozen=True)
class Size:
    """What a size decides; everything else of a model follows from codec and conditions."""

    dim: int
    """Width of the residual stream."""
    layers: int
    """Transformer blocks."""
    heads: int
    """Attention heads."""


SIZES: dict[SizeName, Size] = {
    "nano": Size(128, 4, 4),
    "small": Size(256, 8, 4),
    "medium": Size(384, 8, 6),
    "60m": Size(512, 12, 16),
    "large": Size(1024, 24, 16),
}
"""The blocks hold 0.8, 6.3, 14, 38 and 302 million numbers.

`small` is the shape of the shipped model of notes, `60m` that of Nercessian et al. 2024 (60 million
with cross-attention and nine codebooks), `large` MusicGen's smallest (Copet et al. 2023).
"""


def resolved(name: str, given: Size) -> Size:
    """The numbers of a size; refuses numbers given beside it that say otherwise.

    Numbers that are together those of any named size stand for that size, not for a wish of their
    own: so the name overrides a recipe that spells a size out.

    Args:
        name: of the size.
        given: the numbers that stand beside the name.

    Raises:
        InputError: no such size, or a number of its own; both are named.
    """
    sizes = {str(each): size for each, size in SIZES.items()}
    if name not in sizes:
        raise InputError(f"size is {name!r}; choose one of {', '.join(SIZES)}")
    wanted, usual = sizes[name], SIZES["medium"]
    if given in sizes.values():
        return wanted
    for field in ("dim", "layers", "heads"):
        value = getattr(given, field)
        if value not in (getattr(wanted, field), getattr(usual, field)):
            raise InputError(
                f"size is {name!r}, whose {field} is {getattr(wanted, field)}, and {field} is "
                f"{value}; leave one of the two out"
            )
    return wanted
