"""Programs composed by a probabilistic grammar of the language as people use it.

`compose(random.Random(7))` is one; `compose_many(10_000, seed=1)` is a corpus in which none is
nearly like another. See docs/programs.md for how the grammar is laid out and how to add to it.
"""

from __future__ import annotations

from trichord.livecode.compose.many import compose_many
from trichord.livecode.compose.program import Program, Traits, compose
from trichord.livecode.compose.shape import shape

__all__ = ["Program", "Traits", "compose", "compose_many", "shape"]
