"""Musically meant changes of any program: transposed, thinned out, brighter, without its drums.

Each is a small class in `MUTATIONS`, made on the parse tree: it changes what it says, keeps
comments and layout elsewhere, and gives a program that still parses. `propose` draws several.
"""

from __future__ import annotations

from trichord.livecode.edits.base import Edit, Mutation
from trichord.livecode.edits.registry import MUTATIONS, propose

__all__ = ["MUTATIONS", "Edit", "Mutation", "propose"]
