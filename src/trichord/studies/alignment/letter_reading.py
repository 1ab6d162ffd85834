"""A code encoder as the paper used it (the first 128 tokens) and over the whole program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trichord.studies.alignment.agreement import Vectors

CUT = 128
"""Tokens that the paper's encoder reads, two of them marks of beginning and end."""

OURS = "all-MiniLM-L6-v2 (ours, in the place of distilroberta-CodeSearchNet)"


class CodeReader:
    """Programs to vectors, with and without the cut.

    Args:
        name: a model of the hub or a folder; empty for the shipped sentence encoder.
    """

    def __init__(self, name: str = "") -> None:
        from trichord.space.encoders import load_encoder

        self.label = name or OURS
        model = name or "default"
        self._cut, self._whole = (load_encoder("code", model, windows=most) for most in (1, None))
        self._tokenizer = _tokenizer(name)

    def cut(self, codes: Sequence[str]) -> Vectors:
        """Vectors `[N, D]` of the first 128 tokens, as in the paper."""
        return self._cut.embed(codes).numpy()

    def whole(self, codes: Sequence[str]) -> Vectors:
        """Vectors `[N, D]` of all tokens, read in windows."""
        return self._whole.embed(codes).numpy()

    def seen(self, code: str) -> float:
        """The share of a program's tokens that lie before the cut."""
        count = len(self._tokenizer(code, add_special_tokens=False, verbose=False)["input_ids"])
        return min(1.0, (CUT - 2) / max(1, count))


def _tokenizer(name: str) -> Any:
    from transformers import AutoTokenizer

    from trichord.space.text import packaged_minilm

    return AutoTokenizer.from_pretrained(name or str(packaged_minilm()))
