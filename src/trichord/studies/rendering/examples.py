"""Do the installed examples render, and always to the same bytes?"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from trichord.livecode.sonicpi.render import Render, Renderer
from trichord.studies.rendering.study import SonicPiStudy
from trichord.studies.tables import Table, Target


def examples_table(study: SonicPiStudy) -> Table:
    """Every example three times: twice on one worker, once on two."""
    once, again = (_renders(study, workers=1) for _ in range(2))
    both = _renders(study, workers=2)
    rows = [
        (
            example.name,
            sum(event.kind in ("synth", "sample") for event in first.score.events),
            None if first.level is None else first.level.rms_db,
            None if first.level is None else first.level.peak_db,
            "yes" if _digest(first) == _digest(second) == _digest(third) else "**no**",
            "; ".join(error.message for error in first.errors) or "–",
        )
        for example, first, second, third in zip(study.examples, once, again, both, strict=True)
    ]
    total = len(rows)
    well = sum(not render.errors and render.wave is not None for render in once)
    same = sum(row[4] == "yes" for row in rows)
    return Table(
        title="The installed examples",
        columns=("program", "synths, samples", "RMS, dBFS", "peak, dBFS", "same bytes", "errors"),
        rows=tuple(rows),
        about=(
            f"The {total} programs that come with the installed Sonic Pi, {study.options.seconds:g}"
            " s each. The whole WAV files of three runs are compared: twice on one worker, once on "
            "two."
        ),
        targets=(
            Target("installed examples that render without error", "all", f"{well} of {total}",
                   well == total),
            Target("byte-identical WAV on a second run, on one and on two workers", "all",
                   f"{same} of {total}", same == total),
        ),
    )  # fmt: skip


def _renders(study: SonicPiStudy, workers: int) -> Sequence[Render]:
    codes = [example.code for example in study.examples]
    task = study.progress.task(f"examples on {workers} worker(s)", len(codes))
    renders: list[Render] = []
    with Renderer(workers) as renderer:
        options = study.options
        for render in renderer.render_many(codes, seconds=options.seconds, seed=options.seed):
            renders.append(render)
            task.advance()
    return renders


def _digest(render: Render) -> str:
    return hashlib.sha256(render.wave or b"").hexdigest()
