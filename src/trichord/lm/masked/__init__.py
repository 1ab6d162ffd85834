"""Masked parallel decoding in the way of MAGNeT (Ziv et al. 2024), codebook after codebook.

A masked model is shown a whole sequence with holes in it and says what belongs there. It is the
same transformer as the autoregressive one, with attention in both directions.
"""

from __future__ import annotations

from trichord.lm.masked.decoding import decode_masked, passes_of
from trichord.lm.masked.predict import masked_logits, shown_tokens
from trichord.lm.masked.training import masked_loss

__all__ = ["decode_masked", "masked_logits", "masked_loss", "passes_of", "shown_tokens"]
