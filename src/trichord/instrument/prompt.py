"""What a prompt may be."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from trichord.errors import InputError

LONGEST = 500
_AUDIO_SUFFIXES = (
    ".wav",
    ".flac",
    ".aif",
    ".aiff",
    ".ogg",
    ".mp3",
    ".m4a",
    ".opus",
    ".caf",
    ".w64",
)


def check_prompt(prompt: str) -> str:
    """The prompt without spaces around it.

    Raises:
        InputError: it is empty, too long, holds control characters, or is a file and no sentence.
    """
    text = prompt.strip()
    if not text:
        raise InputError('the prompt is empty: describe a sound, such as "warm felt piano"')
    if len(text) > LONGEST:
        raise InputError(f"the prompt has {len(text)} characters: use at most {LONGEST}")
    odd = next((c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Cn", "Co")), None)
    if odd is not None:
        raise InputError(f"the prompt holds the control character U+{ord(odd):04X}: leave it out")
    if not any(unicodedata.category(c)[0] in "LN" for c in text):
        raise InputError(f"the prompt {text!r} holds no word: describe a sound in words")
    if _looks_like_a_path(text):
        raise InputError(f"the prompt {text!r} is a file: write --from {text} to start from it")
    return text


def unknown_script(prompt: str) -> str | None:
    """A warning where most letters are of a script that the text model has hardly seen."""
    letters = [c for c in prompt if c.isalpha()]
    foreign = [c for c in letters if not unicodedata.name(c, "").startswith("LATIN")]
    if len(foreign) * 2 <= len(letters):
        return None
    return "the text model knows English words best: say it in English if the sound is not right"


def _looks_like_a_path(text: str) -> bool:
    if text.lower().endswith(_AUDIO_SUFFIXES) and " " not in text.strip():
        return True
    if text.lower().endswith(_AUDIO_SUFFIXES) and ("/" in text or "\\" in text):
        return True
    try:
        return ("/" in text or "\\" in text or "." in text) and Path(text).exists()
    except OSError:
        return False
