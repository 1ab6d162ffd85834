"""Language models of code (CodeBERT, distilroberta on CodeSearchNet…) on whole programs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from trichord.errors import InputError
from trichord.space.base import Encoder
from trichord.space.encoders.hub import load_config, load_model, load_tokenizer, text_limit

MAX_TOKENS = 128
"""Where the paper's encoder stops reading; here the length of one window."""

_AT_ONCE = 32


class CodeModelEncoder(Encoder[str]):
    """The mean over all tokens of a program, read window by window.

    Sentence models read 128 tokens and drop the rest without a word: in Sonic Pi that is the first
    300 to 400 characters. Here a program is cut into windows of that length which overlap by half;
    every token counts once, in the window that shows most of what surrounds it.
    """

    def __init__(
        self, name: str, *, windows: int | None = None, max_tokens: int = MAX_TOKENS
    ) -> None:
        if windows is not None and windows < 1:
            raise InputError(
                f"windows: {windows}; give 1 or more, or nothing for the whole program"
            )
        config = load_config(name)
        self._tokenizer = load_tokenizer(name)
        self._model = load_model(name)
        self._limit = text_limit(self._tokenizer, config, max_tokens)
        self._windows = windows
        self.dim = int(config.hidden_size)

    @torch.inference_mode()
    def embed(self, items: Sequence[str]) -> Tensor:
        """Vectors [N, dim], not normalised, as the paper's heads take them."""
        cut = [self._cut(text) for text in items]
        rows = [(i, *window) for i, windows in enumerate(cut) for window in windows]
        rows.sort(key=lambda row: len(row[1]))  # little work is then spent on padding
        sums, counts = torch.zeros(len(items), self.dim), torch.zeros(len(items), 1)
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            states, kept = self._read([(ids, keep) for _, ids, keep in some])
            owner = torch.tensor([i for i, _, _ in some])
            sums.index_add_(0, owner, (states * kept[:, :, None]).sum(1))
            counts.index_add_(0, owner, kept.sum(1, keepdim=True))
        return sums / counts.clamp(min=1)

    def _cut(self, text: str) -> list[tuple[list[int], slice]]:
        """Windows of token ids, special ones included, and which of their tokens count."""
        ids: list[int] = self._tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
        head, tail = self._special()
        room = self._limit - len(head) - len(tail)
        if len(ids) <= room or self._windows == 1:
            # As a sentence model counts: special tokens are part of the mean.
            whole = [*head, *ids[:room], *tail]
            return [(whole, slice(0, len(whole)))]
        return [
            ([*head, *ids[at : at + room], *tail], slice(len(head) + first, len(head) + last))
            for at, first, last in spans(len(ids), room)[: self._windows]
        ]

    def _special(self) -> tuple[list[int], list[int]]:
        """What the tokenizer puts before and after a text."""
        one: int = self._tokenizer("a", add_special_tokens=False)["input_ids"][0]
        framed: list[int] = self._tokenizer("a")["input_ids"]
        at = framed.index(one)
        return framed[:at], framed[at + 1 :]

    def _read(self, some: Sequence[tuple[list[int], slice]]) -> tuple[Tensor, Tensor]:
        """States [B, S, W] and 1 where a token counts, float [B, S]."""
        longest = max(len(ids) for ids, _ in some)
        padding = self._tokenizer.pad_token_id or 0
        ids = torch.full((len(some), longest), padding)
        mask, kept = torch.zeros(len(some), longest, dtype=torch.long), torch.zeros_like(ids)
        for i, (row, keep) in enumerate(some):
            ids[i, : len(row)] = torch.tensor(row)
            mask[i, : len(row)] = 1
            kept[i, keep] = 1
        states: Any = self._model(input_ids=ids, attention_mask=mask).last_hidden_state
        return states.float(), kept.float()


def spans(length: int, room: int) -> list[tuple[int, int, int]]:
    """Windows over `length` tokens, half overlapping: (start, first, last) with every token once.

    `first` and `last` are places within the window between which its tokens count; in an overlap
    the border lies in the middle.
    """
    step = max(1, room // 2)
    starts = [*range(0, max(1, length - room), step), max(0, length - room)]
    starts = sorted(set(starts))
    borders = [0, *((b + a + room) // 2 for a, b in itertools.pairwise(starts)), length]
    return [(at, borders[i] - at, borders[i + 1] - at) for i, at in enumerate(starts)]
