"""Captions from marks that a data set already carries, where nothing was measured."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from trichord.data.words import CONTEXTS, FAMILY_NOUNS, SOURCE_WORDS

QUALITY_WORDS = {
    "bright": ("bright", "brilliant", "crisp"),
    "dark": ("dark", "warm", "mellow"),
    "distortion": ("distorted", "gritty", "crunchy"),
    "fast_decay": ("short", "tight", "plucky"),
    "long_release": ("lingering", "spacious", "ringing"),
    "multiphonic": ("multiphonic", "layered"),
    "nonlinear_env": ("evolving", "swelling"),
    "percussive": ("percussive", "punchy"),
    "reverb": ("reverberant", "roomy"),
    "tempo-synced": ("pulsing", "rhythmic"),
}
"""NSynth's ten note qualities as adjectives."""

CAPTIONS = 8
"""Most captions per instrument; one of few qualities gets fewer."""


def write_quality_captions(
    instrument_id: str, family: str, source: str, qualities: Sequence[str], seed: int
) -> tuple[str, ...]:
    """Different captions; the same instrument and seed get the same ones.

    Args:
        instrument_id: decides, with the seed, what is drawn.
        family: one of `schema.FAMILIES`.
        source: one of `schema.SOURCES`.
        qualities: marks of the data set; unknown ones are passed over.
        seed: of the draw.
    """
    digest = hashlib.sha256(f"{seed}:{instrument_id}".encode()).digest()
    generator = np.random.default_rng(int.from_bytes(digest[:8], "little"))

    def pick(options: Sequence[str]) -> str:
        return options[int(generator.integers(len(options)))]

    known = [QUALITY_WORDS[quality] for quality in qualities if quality in QUALITY_WORDS]
    nouns, sources = FAMILY_NOUNS[family], SOURCE_WORDS[source]
    captions = dict.fromkeys([f"{sources[0]} {nouns[0]}", *(f"{w[0]} {nouns[0]}" for w in known)])
    for _ in range(100):
        if len(captions) >= CAPTIONS:
            break
        order = generator.permutation(len(known))[: 1 + int(generator.integers(2))]
        words = [pick(known[i]) for i in order]
        if not words or generator.random() < 0.4:
            words.append(pick(sources))
        caption = f"{' '.join(words)} {pick(nouns)}"
        if generator.random() < 0.3:
            caption += f" for {pick(CONTEXTS[family])}"
        captions.setdefault(caption)
    return tuple(captions)[:CAPTIONS]
