"""Names of instruments and files: short, ASCII, safe on every system, from any prompt."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 24
FALLBACK = "instrument"
_RESERVED = {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(10))}
_FOLLOWERS = {
    "with",
    "like",
    "that",
    "which",
    "in",
    "of",
    "from",
    "and",
    "for",
    "on",
    "played",
    "by",
}
"""What comes after one of these describes the instrument but is not its name."""


def slug(prompt: str) -> str:
    """A name for the instrument: the last word of the prompt's first phrase.

    "warm felt piano" gives "piano", "bright guitar with long decay" gives "guitar"; a prompt in
    another script gives "instrument".
    """
    plain = unicodedata.normalize("NFKD", prompt).encode("ascii", "ignore").decode().lower()
    phrase = re.split(r"[,;:.!?()\n]", plain.strip(" ,;:.!?()"), maxsplit=1)[0]
    words = re.findall(r"[a-z0-9]+", phrase)
    cut = next((i for i, word in enumerate(words) if i and word in _FOLLOWERS), len(words))
    name = words[cut - 1][:LONGEST] if words else ""
    return FALLBACK if not name or name.isdigit() or name in _RESERVED else name
