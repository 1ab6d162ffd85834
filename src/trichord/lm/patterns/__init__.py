"""Patterns: how the K codebooks of F frames are laid out over the steps of a language model.

A pattern is a table [K, S] that says, for every codebook and step, which frame is predicted there
(or none). Everything else (laying codes out, reading them back, the targets of the loss) follows
from the table, so a new pattern is a new table and the transformer never learns of it.
The idea is MusicGen's (Copet et al. 2023, section 2.1).
"""

from __future__ import annotations

from trichord.errors import InputError
from trichord.lm.patterns.base import Pattern
from trichord.lm.patterns.delay import DelayPattern, ParallelPattern
from trichord.lm.patterns.flat import FlatPattern

PATTERNS: dict[str, type[Pattern]] = {
    "delay": DelayPattern,
    "parallel": ParallelPattern,
    "flat": FlatPattern,
}


def make_pattern(name: str, num_codebooks: int) -> Pattern:
    """The pattern of that name."""
    if name not in PATTERNS:
        raise InputError(f"pattern is {name!r}; choose one of {', '.join(PATTERNS)}")
    return PATTERNS[name](num_codebooks)


__all__ = [
    "PATTERNS",
    "DelayPattern",
    "FlatPattern",
    "ParallelPattern",
    "Pattern",
    "make_pattern",
]
