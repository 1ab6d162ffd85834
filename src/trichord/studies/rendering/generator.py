"""Do composed programs run, and how different are they in structure?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from trichord.livecode.compose import compose_many, shape
from trichord.livecode.sonicpi.render import Renderer
from trichord.studies.rendering.study import SonicPiStudy
from trichord.studies.tables import Table, Target, percent

GENERATED = 10_000
LEAST_WITHOUT_ERROR = 0.98


def generator_table(study: SonicPiStudy) -> Table:
    """Composes programs and runs each to its events; no sound is made."""
    wanted, seconds = study.options.generate, study.options.seconds
    shapes: set[str] = set()
    genres: Counter[str] = Counter()

    def codes() -> Iterator[str]:
        for program in compose_many(wanted, study.options.seed):
            shapes.add(shape(program.code))
            genres[program.traits.genre] += 1
            yield program.code

    failed: Counter[str] = Counter()
    notes: list[int] = []
    task = study.progress.task("composed programs", wanted)
    with Renderer(2, score_only=True) as renderer:
        for render in renderer.render_many(codes(), seconds=seconds, seed=study.options.seed):
            failed.update({error.message for error in render.errors})
            if not render.errors:
                kinds = [event.kind for event in render.score.events]
                notes.append(kinds.count("synth") + kinds.count("sample"))
            task.advance()
    well = len(notes) / wanted
    rows = (
        ("run without error", percent(well)),
        (
            "of these, play at least one synth or sample",
            percent(sum(map(bool, notes)) / len(notes)),
        ),
        ("different shapes (the parse tree without its literals)", f"{len(shapes):,}"),
        ("genres", f"{len(genres)}"),
        ("synths and samples in a program, median", f"{sorted(notes)[len(notes) // 2]}"),
    )
    said = "; ".join(f"{message} ({count})" for message, count in failed.most_common(5))
    return Table(
        title="The generator",
        columns=("composed programs", f"{wanted:,}"),
        rows=rows,
        about=(
            f"`compose_many({wanted}, {study.options.seed})`, {seconds:g} s of each run to its "
            f"events, without sound. Errors: {said or 'none'}."
        ),
        targets=(
            Target("composed programs", f"{GENERATED:,}", f"{wanted:,}", wanted >= GENERATED),
            Target("composed programs that run without error", f"≥ {percent(LEAST_WITHOUT_ERROR)}",
                   f"{100 * well:.2f} %", well >= LEAST_WITHOUT_ERROR),
        ),
    )  # fmt: skip
