"""Corpora of notes: SoundFonts, SFZ sets and NSynth in one schema, split so that nothing leaks.

Importers write (`soundfont`, `sfz`, `nsynth`: each has options and a `build`); `open_corpus` reads.
"""

from __future__ import annotations

from trichord.data.notes import Corpus, decode_flac, open_corpus
from trichord.data.schema import FAMILIES, SOURCES, SPLITS, Instrument, Note

__all__ = [
    "FAMILIES",
    "SOURCES",
    "SPLITS",
    "Corpus",
    "Instrument",
    "Note",
    "decode_flac",
    "open_corpus",
]
