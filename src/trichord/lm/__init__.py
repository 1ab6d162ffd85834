"""Language models over codec tokens: patterns, conditions, the transformer, drawing."""

from __future__ import annotations

from trichord.lm.conditions import ATTRIBUTES, Conditions
from trichord.lm.config import DropRates, LMConfig, make_config
from trichord.lm.loss import LMLoss
from trichord.lm.model import CodecLM
from trichord.lm.patterns import DelayPattern, FlatPattern, ParallelPattern, Pattern, make_pattern
from trichord.lm.sampling import Sampling, Term
from trichord.lm.sizes import SIZES

__all__ = [
    "ATTRIBUTES",
    "SIZES",
    "CodecLM",
    "Conditions",
    "DelayPattern",
    "DropRates",
    "FlatPattern",
    "LMConfig",
    "LMLoss",
    "ParallelPattern",
    "Pattern",
    "Sampling",
    "Term",
    "make_config",
    "make_pattern",
]
