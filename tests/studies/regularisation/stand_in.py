"""Tokens with captions, small enough that a run takes a second."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.train import lm_run
from trichord.progress import Progress
from trichord.studies.regularisation.study import RegularisationOptions, RegularisationStudy


def open_study(folder: Path, **changes: Any) -> RegularisationStudy:
    """A study on the tokens of the trainer's test, which listens to nothing."""
    tokens, out = folder / "tokens", folder / "out"
    if not tokens.is_dir():
        lm_run.write_tokens(tokens)
        lm_run.write_captions(tokens)
    options = RegularisationOptions(
        **{"out": out, "tokens": tokens, "notes": 64, "seeds": 2, "listen": False, **changes}
    )
    return RegularisationStudy(options, Progress())
