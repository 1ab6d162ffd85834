"""How long a clip takes from the sentence to its first sound and to its last."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np

from trichord.clip.make import make_clip
from trichord.clip.options import ClipOptions
from trichord.progress import Progress
from trichord.studies.clip.study import ClipStudy
from trichord.studies.lm.timing import circumstances
from trichord.studies.tables import Cell, Table, Target

PROMPT = "slow dark dub with a deep bass"
ROUNDS = 5
MOST_FIRST, MOST_WHOLE = 1.0, 10.0


def speed_table(study: ClipStudy) -> Table:
    """Warm: the models are loaded and have made a clip; from the words on."""
    models = study.models
    rows: list[tuple[Cell, ...]] = []
    found: dict[float, tuple[float, float]] = {}
    for guidance in (3.0, 1.0):
        options = ClipOptions(
            out="-", prompt=PROMPT, guidance=guidance, weights=study.options.weights
        )
        took = _timed(lambda options=options: _made(study, options))
        found[guidance] = took
        rows.append((f"guidance {guidance:g}", options.seconds, *took, options.seconds / took[1]))
    first, whole = found[3.0]
    size = sum(p.numel() for p in models.lm.parameters()) / 1e6
    return Table(
        title="From a sentence to sound",
        columns=("", "seconds of sound", "first sound, s", "whole clip, s", "× real time"),
        rows=tuple(rows),
        about=(
            f"`trichord clip {PROMPT!r} --out -`, models loaded: the median of {ROUNDS} "
            f"after one that does not count. {size:.1f} M parameters draw "
            f"{models.lm.config.num_codebooks} codebooks of {models.codec.frame_rate:g} frames a "
            f"second. On {circumstances(1)}"
        ),
        targets=(
            Target("first sound of a 10 s clip, warm", f"≤ {MOST_FIRST:g} s", f"{first:.2f} s",
                   first <= MOST_FIRST),
            Target("whole 10 s clip", f"≤ {MOST_WHOLE:g} s", f"{whole:.1f} s",
                   whole <= MOST_WHOLE),
        ),
    )  # fmt: skip


def _made(study: ClipStudy, options: ClipOptions) -> tuple[float, float]:
    with Progress("quiet") as progress:
        made = make_clip(options, lambda: study.models, progress, io.BytesIO())
    return made.first_audio, made.whole


def _timed(work: Callable[[], tuple[float, float]]) -> tuple[float, float]:
    work()
    first, whole = np.median([work() for _ in range(ROUNDS)], axis=0).tolist()
    return first, whole
