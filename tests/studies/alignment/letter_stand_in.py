"""A corpus of tones in the place of examples, and a reader of code that counts letters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.data.clips.stand_in import PARTS
from trichord.data.clips.programs import ProgramsOptions, build
from trichord.progress import Progress
from trichord.studies.alignment.study import AlignmentOptions, AlignmentStudy

CUT = 8
"""Letters that the stand-in reads with the cut: "play 50 ", and not the step behind it."""


class LetterReader:
    """A program's letters as numbers; with the cut the first eight."""

    label = "letters"

    def __init__(self, name: str = "") -> None:
        pass

    def cut(self, codes: Sequence[str]) -> np.ndarray:
        return self.whole([code[:CUT] for code in codes])

    def whole(self, codes: Sequence[str]) -> np.ndarray:
        rows = [[ord(letter) for letter in code[:16].ljust(16)] for code in codes]
        return np.array(rows, np.float32)

    def seen(self, code: str) -> float:
        return min(1.0, CUT / len(code))


def build_corpus(out: Path) -> Path:
    options = ProgramsOptions(
        out=out, variations=4, seconds=2.0, shard_clips=8, audio="22050:mono", workers=1
    )
    build(options, parts=PARTS)
    return out


def open_study(corpus: Path, out: Path, **changes: object) -> AlignmentStudy:
    fields = {"letter_audio": "bands", "letter_clips": 4, "letter_runs": 2, "letter_epochs": 2}
    options = AlignmentOptions(out=out, corpus=corpus, **(fields | changes))
    return AlignmentStudy(options, Progress("quiet"))
