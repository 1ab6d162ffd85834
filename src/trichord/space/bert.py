"""The forward pass of a BERT encoder, for sentence models that are stored as safetensors.

`transformers` holds the same network, yet importing its BERT takes two to four seconds on two
cores, a large part of what `trichord make` may spend before its first sound. These hundred lines
load the same file in a tenth of a second; a test compares them with `transformers`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class BertConfig:
    """The fields of a BERT `config.json` that shape the network."""

    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    max_position_embeddings: int
    layer_norm_eps: float

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> BertConfig:
        """Picks the known fields out of a `config.json`, whatever else stands in it."""
        return cls(**{name: fields[name] for name in cls.__dataclass_fields__})


class BertBlock(nn.Module):
    """Self-attention and a feed-forward layer, each followed by its layer norm (post-norm)."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        width, eps = config.hidden_size, config.layer_norm_eps
        self.heads = config.num_attention_heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.mix = nn.Linear(width, width)
        self.mix_norm = nn.LayerNorm(width, eps)
        self.up = nn.Linear(width, config.intermediate_size)
        self.down = nn.Linear(config.intermediate_size, width)
        self.down_norm = nn.LayerNorm(width, eps)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Maps x [B, S, W], mask bool [B, 1, 1, S] (True = a real token) -> [B, S, W]."""
        batch, length, width = x.shape

        def split(y: Tensor) -> Tensor:
            return y.view(batch, length, self.heads, width // self.heads).transpose(1, 2)

        heads = F.scaled_dot_product_attention(
            split(self.query(x)), split(self.key(x)), split(self.value(x)), attn_mask=mask
        )
        x = self.mix_norm(x + self.mix(heads.transpose(1, 2).reshape(batch, length, width)))
        return self.down_norm(x + self.down(F.gelu(self.up(x))))


def _table(rows: int, width: int) -> nn.Embedding:
    """An embedding whose values are yet to be loaded.

    Drawing normal values on the meta device makes torch import its compiler, which costs a second.
    """
    return nn.Embedding.from_pretrained(torch.empty(rows, width), freeze=True)


class Bert(nn.Module):
    """Token ids [B, S] and their mask -> the last hidden states [B, S, W]."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        width = config.hidden_size
        self.words = _table(config.vocab_size, width)
        self.positions = _table(config.max_position_embeddings, width)
        self.types = _table(2, width)
        self.norm = nn.LayerNorm(width, config.layer_norm_eps)
        self.blocks = nn.ModuleList(BertBlock(config) for _ in range(config.num_hidden_layers))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Maps ids int64 [B, S], mask bool [B, S] (True = a real token) -> [B, S, W]."""
        positions = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.positions(positions) + self.types.weight[0])
        for block in self.blocks:
            x = block(x, mask[:, None, None, :])
        return x


# Where one name is the end of another, the longer comes first.
_RENAMED = (
    ("embeddings.word_embeddings", "words"),
    ("embeddings.position_embeddings", "positions"),
    ("embeddings.token_type_embeddings", "types"),
    ("embeddings.LayerNorm", "norm"),
    ("encoder.layer.", "blocks."),
    ("attention.self.query", "query"),
    ("attention.self.key", "key"),
    ("attention.self.value", "value"),
    ("attention.output.dense", "mix"),
    ("attention.output.LayerNorm", "mix_norm"),
    ("intermediate.dense", "up"),
    ("output.dense", "down"),
    ("output.LayerNorm", "down_norm"),
)


def rename(name: str) -> str | None:
    """The name in `Bert` of a tensor of the published files; None for what is not needed here."""
    name = name.removeprefix("bert.")
    if name.startswith("pooler.") or name.endswith("position_ids"):
        return None
    for published, ours in _RENAMED:
        name = name.replace(published, ours)
    return name


def load_bert(config: dict[str, Any], tensors: dict[str, Tensor]) -> Bert:
    """Builds the network around tensors as published, without allocating its weights twice."""
    with torch.device("meta"):
        model = Bert(BertConfig.from_json(config))
    renamed = {ours: tensor for name, tensor in tensors.items() if (ours := rename(name))}
    model.load_state_dict(renamed, strict=True, assign=True)
    return model.eval().requires_grad_(False)
