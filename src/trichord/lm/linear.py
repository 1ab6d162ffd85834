"""A matrix that is multiplied by a few rows again and again, as drawing does step after step.

oneDNN brings a bfloat16 matrix into a layout of its own before each product, which for a few dozen
rows takes as long as the product. While notes are drawn the matrices stand in that layout beside
the weights: the same numbers come out, to the last bit, in half to nine tenths of the time.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_ONEDNN: Any = torch.ops.mkldnn  # pyright: ignore[reportUnknownMemberType]
"""What Inductor compiles matrices with constant weights to; not every build of PyTorch has it."""


class Linear(nn.Linear):
    """A matrix without bias, weight [out, in], that may be multiplied in another layout."""

    def __init__(self, width: int, out: int) -> None:
        super().__init__(width, out, bias=False)
        self._laid: Tensor | None = None  # None: multiply by the weight itself
        self._copy: tuple[tuple[int, int], Tensor] | None = None

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002, the name that torch gives it
        """[..., in] → [..., out]; in another layout no gradient flows to the weight."""
        if self._laid is None:
            return F.linear(input, self.weight)
        return _ONEDNN._linear_pointwise(input, self._laid, None, "none", [], "")

    def lay_out(self, rows: int) -> None:
        """Multiplies in the layout for products of so many rows from now on, if that is of use.

        The copy is made anew when the weight has changed since.
        """
        if self.weight.dtype is not torch.bfloat16 or not has_bfloat16(self.weight.device):
            return
        weight = self.weight
        state = (weight.data_ptr(), 0 if weight.is_inference() else weight._version)
        if self._copy is None or self._copy[0] != state:
            self._copy = (state, _ONEDNN._reorder_linear_weight(weight.detach(), rows))
        self._laid = self._copy[1]

    def stop(self) -> None:
        """Multiplies by the weight itself again."""
        self._laid = None


@contextmanager
def laid_out(model: nn.Module, rows: int) -> Generator[None]:
    """Within this block all matrices of a model are multiplied in the layout for `rows` rows."""
    own = [part for part in model.modules() if isinstance(part, Linear)]
    for part in own:
        part.lay_out(rows)
    try:
        yield
    finally:
        for part in own:
            part.stop()


def has_bfloat16(device: torch.device) -> bool:
    """Whether products of bfloat16 are done by oneDNN, on a processor with AVX-512 or better."""
    if device.type != "cpu" or not torch.backends.mkldnn.is_available():
        return False
    needed = ("_linear_pointwise", "_reorder_linear_weight", "_is_mkldnn_bf16_supported")
    return all(hasattr(_ONEDNN, name) for name in needed) and bool(
        _ONEDNN._is_mkldnn_bf16_supported()
    )


def quick_dtype() -> torch.dtype:
    """What a model draws fastest in on this processor.

    bfloat16 takes half of the time of float32 where there are instructions for it, and three times
    as long where there are none, as on most laptops (AVX2).
    """
    return torch.bfloat16 if has_bfloat16(torch.device("cpu")) else torch.float32
