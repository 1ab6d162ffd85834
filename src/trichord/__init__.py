"""Trichord: a sentence or a one-shot recording in, a playable instrument out."""

from __future__ import annotations

__version__ = "0.1.0"
