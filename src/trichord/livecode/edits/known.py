"""What is known of a tree, found once: mutations ask for the same things again and again."""

from __future__ import annotations

from functools import lru_cache

from trichord.livecode.templates import places as reading
from trichord.livecode.templates.places import Place
from trichord.livecode.tree import Tree

_TREES = 4
"""Trees that are remembered: a program is edited many times before the next one comes."""


@lru_cache(_TREES)
def places(tree: Tree) -> tuple[Place, ...]:
    """As `templates.places.places`."""
    return reading.places(tree)
