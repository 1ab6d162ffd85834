"""Corpora of clips: programs, how they sound, what they play, and words for it.

`programs` writes (options and a `build`), `open_clips` reads, `diversity` measures.
"""

from __future__ import annotations

from trichord.data.clips.reading import Clips, open_clips
from trichord.data.clips.schema import KINDS, Clip, Program, Template

__all__ = ["KINDS", "Clip", "Clips", "Program", "Template", "open_clips"]
