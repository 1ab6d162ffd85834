"""Towers: how a program sounds, by reading it, by sketching its score, or by rendering it."""

from trichord.livecode.towers.base import Picture, Readings, Strokes, Tower, is_audible
from trichord.livecode.towers.load import TOWERS, load_tower

__all__ = ["TOWERS", "Picture", "Readings", "Strokes", "Tower", "is_audible", "load_tower"]
