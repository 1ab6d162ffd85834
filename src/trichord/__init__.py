"""Trichord: a sentence or a one-shot recording in, a playable instrument out."""
