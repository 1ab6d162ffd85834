"""The peer: MusicGen's decoder as `transformers` has it, in the size of one of our models."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from trichord.lm import LMConfig

if TYPE_CHECKING:
    from transformers import MusicgenForCausalLM


def musicgen(config: LMConfig, seed: int = 0) -> MusicgenForCausalLM:
    """A decoder of the same width, depth, heads, feed-forward part and codebooks.

    Without conditions of its own it leaves its cross-attention out, in drawing and in training.
    """
    from transformers import MusicgenForCausalLM
    from transformers.models.musicgen.configuration_musicgen import MusicgenDecoderConfig

    torch.manual_seed(seed)
    size = MusicgenDecoderConfig(
        vocab_size=config.cardinality,
        hidden_size=config.dim,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        ffn_dim=config.hidden * config.dim,
        num_codebooks=config.num_codebooks,
        max_position_embeddings=2 * config.max_frames,
        audio_channels=1,
        bos_token_id=config.cardinality,
        pad_token_id=config.cardinality,
        dropout=config.dropout,
        attention_dropout=0.0,
        activation_dropout=0.0,
    )
    model = MusicgenForCausalLM(size).eval()
    drawing = model.generation_config
    assert drawing is not None
    drawing.decoder_start_token_id = config.cardinality
    drawing.num_return_sequences = 1
    drawing.use_cache = True
    return model


def draw(model: MusicgenForCausalLM, rows: int, steps: int, guided: bool) -> Tensor:
    """Draws so many steps among the 50 likeliest tokens, under guidance of 3 or none.

    Guidance takes twice the rows, as ours does.
    """
    config = model.config
    prompt = torch.full((rows * config.num_codebooks, 1), config.vocab_size)
    drawing = copy.deepcopy(model.generation_config)
    assert drawing is not None
    drawing.do_sample, drawing.top_k, drawing.max_new_tokens = True, 50, steps
    drawing.guidance_scale = 3.0 if guided else None
    drawn = model.generate(prompt, generation_config=drawing)
    assert isinstance(drawn, Tensor)
    return drawn


def loss(model: MusicgenForCausalLM, codes: Tensor) -> Tensor:
    """Its cross-entropy of codes [B, K, S], laid out already."""
    return model(labels=codes.transpose(1, 2)).loss
