"""A matrix that is multiplied by a few rows again and again, as drawing does step after step.

oneDNN brings a bfloat16 matrix into a layout of its own before each product, which for a few dozen
rows takes as long as the product. While notes are drawn the matrices are kept in that layout: the
same numbers come out, to the last bit, in half to nine tenths of the time.
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
    """A matrix without bias, weight [out, in], whose layout may be kept for a while."""

    def __init__(self, width: int, out: int) -> None:
        super().__init__(width, out, bias=False)
        self._kept: Tensor | None = None

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002, the name that torch gives it
        """[..., in] → [..., out]."""
        if self._kept is None:
            return F.linear(input, self.weight)
        return _ONEDNN._linear_pointwise(input, self._kept, None, "none", [], "")

    def keep_layout(self, rows: int) -> None:
        """Lays the weight out for products of so many rows, where that is of use.

        It is not followed by later changes of the weight, and no gradient flows through it.
        """
        if self.weight.dtype is torch.bfloat16 and self.weight.device.type == "cpu" and _usable():
            self._kept = _ONEDNN._reorder_linear_weight(self.weight.detach(), rows)

    def forget_layout(self) -> None:
        """Multiplies by the weight itself again."""
        self._kept = None


@contextmanager
def layouts_kept(model: nn.Module, rows: int) -> Generator[None]:
    """Within this block all matrices of a model keep their layout for products of `rows` rows."""
    own = [part for part in model.modules() if isinstance(part, Linear)]
    for part in own:
        part.keep_layout(rows)
    try:
        yield
    finally:
        for part in own:
            part.forget_layout()


def _usable() -> bool:
    if not torch.backends.mkldnn.is_available():
        return False
    if not hasattr(_ONEDNN, "_linear_pointwise") or not hasattr(_ONEDNN, "_reorder_linear_weight"):
        return False
    return bool(_ONEDNN._is_mkldnn_bf16_supported())
