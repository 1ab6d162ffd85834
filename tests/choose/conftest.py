"""The workers of the tests of programs serve this room, too."""

from __future__ import annotations

from tests.livecode.conftest import pool, renderer

__all__ = ["pool", "renderer"]
