"""The words of the language by name: functions, methods, and which of them depend on no moment."""

from __future__ import annotations

from trichord.livecode.reader.methods import METHODS, PURE_METHODS
from trichord.livecode.reader.music import DRAWN, FIXED
from trichord.livecode.reader.playing import PLAYING
from trichord.livecode.reader.settings import SETTINGS
from trichord.livecode.reader.threads import THREADS
from trichord.livecode.reader.values import UNKNOWN, Value
from trichord.livecode.reader.voice import Function, Voice

FUNCTIONS: dict[str, Function] = {**FIXED, **DRAWN, **THREADS, **SETTINGS, **PLAYING}
"""Every function that the reader knows."""

PURE = frozenset(FIXED)
"""Functions whose value depends on their arguments alone."""

__all__ = ["FUNCTIONS", "METHODS", "PURE", "PURE_METHODS", "truth"]


def truth(value: Value, voice: Voice) -> bool:
    """Whether a condition holds; what is unknown holds every other time."""
    if value is UNKNOWN:
        return voice.chance.draw() < 0.5
    return value is not None and value is not False
