"""One number of a program is changed: does its code vector move, and does its sound?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trichord.errors import InputError
from trichord.livecode.literals import text
from trichord.livecode.sonicpi.render import SAMPLE_RATE, Renderer
from trichord.livecode.templates.places import places
from trichord.livecode.tree import parse
from trichord.studies.alignment.agreement import Vectors
from trichord.studies.alignment.letter_examples import Examples
from trichord.studies.alignment.letter_hearing import label
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.tables import Cell, Table

PROGRAMS = 5
FACTORS = {"sleep": 1.5, "amp": 1.5, "bpm": 1.25}
"""What the number is multiplied with, by its meaning."""

SECONDS = 18.0


@dataclass(frozen=True)
class Changed:
    """A program with one number changed.

    Attributes:
        where: its place as a share of the program's characters.
    """

    meaning: str
    code: str
    where: float


def change_one(code: str, meaning: str) -> Changed | None:
    """The program with the middle number of a meaning changed; None where it has none."""
    tree = parse(code)
    found = [
        place for place in places(tree)
        if place.meaning == meaning and isinstance(place.value, (int, float)) and place.value
    ]  # fmt: skip
    if not found:
        return None
    node = found[len(found) // 2].node
    try:
        number = float(text(node))
    except ValueError:
        return None
    mended = tree.replace([((node.start_byte, node.end_byte), f"{number * FACTORS[meaning]:g}")])
    return Changed(meaning, mended, node.start_byte / max(1, len(tree.source)))


def perturbation_table(study: AlignmentStudy) -> Table:
    """Cosines between five examples and three changes of each."""
    examples = Examples(study)
    chosen = _choose(examples)
    codes = [code for _, code, changes in chosen for code in (code, *(c.code for c in changes))]
    cut, whole = examples.reader.cut(codes), examples.reader.whole(codes)
    sounds = _sounds(study, examples, codes)
    rows: list[tuple[Cell, ...]] = []
    at = 0
    for name, _, changes in chosen:
        for step, change in enumerate(changes, start=1):
            cosines = (_cosine(vectors, at, at + step) for vectors in (cut, whole, sounds))
            rows.append((name, change.meaning, f"{100 * change.where:.0f} %", *map(_show, cosines)))
        at += 1 + len(changes)
    same = sum(row[3] == "1 exactly" for row in rows)
    return Table(
        title="To the letter: perturbation",
        columns=(
            "program", "changed", "at", "code cosine, first 128 tokens", "code cosine, whole",
            "audio cosine",
        ),
        rows=tuple(rows),
        about=(
            f"The {len(chosen)} examples that have all three: the middle sleep × 1.5, the middle "
            "amp × 1.5, the bpm × 1.25 (the paper: code 0.9925 to 1.0, audio 0.9727 to 0.9968). "
            f"Code: {examples.reader.label}; audio: {label(study.options.letter_audio)}, "
            f"{SECONDS:g} s rendered offline. In {same} of {len(rows)} the change lies past token "
            "128, and the vector that is said to stand for the program does not move at all."
        ),
        raw={"identical": same},
    )  # fmt: skip


def _choose(examples: Examples) -> list[tuple[str, str, list[Changed]]]:
    """The first five examples that have a number of each meaning, with their changes."""
    chosen: list[tuple[str, str, list[Changed]]] = []
    for at in examples.bases:
        code = examples.codes[at]
        changes = [change_one(code, meaning) for meaning in FACTORS]
        if all(changes):
            chosen.append((examples.templates[at], code, [c for c in changes if c is not None]))
    if not chosen:
        raise InputError("no example in the corpus has a sleep, an amp and a bpm; use more of them")
    return chosen[:PROGRAMS]


def _sounds(study: AlignmentStudy, examples: Examples, codes: list[str]) -> Vectors:
    """Audio vectors `[N, A]` of programs rendered now."""
    vectors: list[Vectors] = []
    task = study.progress.task("rendering changes", len(codes))
    with Renderer(study.options.workers) as renderer:
        for render in renderer.render_many(codes, seconds=SECONDS):
            if render.audio is None:
                raise InputError(f"a changed example does not sound: {render.errors}")
            vectors.append(examples.hear(render.audio.mean(axis=0), SAMPLE_RATE))
            task.advance()
    return np.array(vectors)


def _cosine(vectors: Vectors, first: int, second: int) -> float:
    a, b = vectors[first].astype(np.float64), vectors[second].astype(np.float64)
    if (a == b).all():
        return 1.0
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def _show(cosine: float) -> str:
    return "1 exactly" if cosine == 1.0 else f"{cosine:.4f}"
