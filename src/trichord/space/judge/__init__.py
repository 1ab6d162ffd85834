"""Judges of generated sound that share nothing with the generator but the corpus.

They hear hand-made descriptors and read words of their own: no weight, no embedding and no sentence
encoder of the joint space has a part in them, so that a generator cannot please them by pleasing
what it was conditioned on. They score; nothing is ever trained against them.
"""

from __future__ import annotations

from trichord.space.judge.captions import CaptionJudge, CaptionJudgeConfig
from trichord.space.judge.descriptor import SIZES, WIDTH, describe
from trichord.space.judge.tagger import Tagger, TaggerConfig, Tags
from trichord.space.judge.words import WordsConfig, word_features

__all__ = [
    "SIZES",
    "WIDTH",
    "CaptionJudge",
    "CaptionJudgeConfig",
    "Tagger",
    "TaggerConfig",
    "Tags",
    "WordsConfig",
    "describe",
    "word_features",
]
