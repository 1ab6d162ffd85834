"""Any text model of `transformers` or `sentence-transformers`, and CLAP's text half."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.errors import MissingProgramError
from trichord.space.base import Encoder
from trichord.space.encoders.hub import (
    load_config,
    load_model,
    load_part,
    load_tokenizer,
    text_limit,
)
from trichord.space.text import mean_pool

_AT_ONCE = 32


class TextModelEncoder(Encoder[str]):
    """Unit vectors of sentences.

    A folder of `sentence-transformers` (it has modules.json) is read by that package, since only it
    knows the model's pooling and further layers; CLAP gives its projected text features; any other
    model the mean of its last hidden states.
    """

    def __init__(self, name: str, max_tokens: int | None = None) -> None:
        if (Path(name) / "modules.json").is_file():
            self._embed, self.dim = _sentence_transformer(name)
            return
        config = load_config(name)
        tokenizer = load_tokenizer(name)
        if config.model_type == "clap":
            self._embed, self.dim = _clap(name, tokenizer), int(config.projection_dim)
            return
        model, limit = load_model(name), text_limit(tokenizer, config, max_tokens)
        self._embed, self.dim = _mean_pooled(model, tokenizer, limit), int(config.hidden_size)

    @torch.inference_mode()
    def embed(self, items: Sequence[str]) -> Tensor:
        """Unit vectors [N, dim]; what is longer than the model reads is cut."""
        parts = [
            F.normalize(self._embed(list(items[i : i + _AT_ONCE])).float(), dim=-1)
            for i in range(0, len(items), _AT_ONCE)
        ]
        return torch.cat(parts) if parts else torch.empty(0, self.dim)


def _sentence_transformer(name: str) -> tuple[Any, int]:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingProgramError(
            f"{name}: needs sentence-transformers: install it with `pip install trichord[encoders]`"
        ) from error
    model = load_part("model", name, lambda: SentenceTransformer(name, device="cpu"))

    def embed(texts: list[str]) -> Tensor:
        found = model.encode(texts, convert_to_tensor=True, show_progress_bar=False)
        return torch.as_tensor(found).reshape(len(texts), -1)

    return embed, int(embed(["a"]).shape[1])


def _clap(name: str, tokenizer: Any) -> Any:
    from transformers import ClapModel

    model: Any = load_part("weights", name, lambda: ClapModel.from_pretrained(name))
    model.eval().requires_grad_(False)

    def embed(texts: list[str]) -> Tensor:
        batch = tokenizer(texts, padding=True, truncation=True, max_length=77, return_tensors="pt")
        return projected(model.get_text_features(**batch))

    return embed


def projected(features: Any) -> Tensor:
    """CLAP's features: a tensor up to version 4 of transformers, an output with it since."""
    return features if isinstance(features, Tensor) else features.pooler_output


def _mean_pooled(model: Any, tokenizer: Any, limit: int) -> Any:
    def embed(texts: list[str]) -> Tensor:
        batch = tokenizer(
            texts, padding=True, truncation=True, max_length=limit, return_tensors="pt"
        )
        batch.pop("token_type_ids", None)
        return mean_pool(model(**batch).last_hidden_state, batch["attention_mask"].bool())

    return embed
