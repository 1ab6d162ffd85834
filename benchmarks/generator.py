"""`python -m benchmarks.generator`: how different composed programs are, and whether they sound.

The figures of docs/programs.md. Rendering and edits take minutes; ask for them by number.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import tyro

from trichord.livecode import templates
from trichord.livecode.compose import Program, compose_many, shape
from trichord.livecode.compose.many import Seen, candidate
from trichord.livecode.edits import MUTATIONS
from trichord.livecode.edits.parts import parts
from trichord.livecode.sonicpi.guard import findings
from trichord.livecode.sonicpi.install import find
from trichord.livecode.sonicpi.pool import RuntimePool
from trichord.livecode.sonicpi.render import Renderer
from trichord.livecode.tree import parse

AUDIBLE_DB = -45.0
FULL_SCALE, MOST_FULL = 0.999, 1e-3
PARTS_OF = 2000
"""Programs whose loops are compared one by one."""


@dataclass(frozen=True)
class GeneratorOptions:
    """Measures the grammar of programs and the edits."""

    programs: int = 10_000
    """Programs whose shapes are counted."""
    render: int = 0
    """Programs that are rendered, 18 seconds each."""
    edit: int = 0
    """Edits that are played, each beside the program it was made of."""
    seed: int = 1


def diversity(count: int, seed: int) -> None:
    """Prints how many structures there are."""
    begun = time.perf_counter()
    programs = list(compose_many(count, seed))
    took = time.perf_counter() - begun
    seen = Seen()
    left_out = sum(not seen.add(candidate(seed, at).code) for at in range(count))
    productions = Counter(chain.from_iterable(each.traits.productions for each in programs))
    print(f"{count} programs, {1000 * took / count:.1f} ms each")
    print(f"candidates left out as near-identical: {left_out}")
    print(f"distinct shapes of programs: {len({shape(each.code) for each in programs})}")
    print(
        f"distinct shapes of the parts of {PARTS_OF} of them: {_part_shapes(programs[:PARTS_OF])}"
    )
    print(f"productions taken: {len(productions)}")
    lines = [len(each.code.splitlines()) for each in programs]
    print(f"lines a program: median {np.median(lines):.0f}, {min(lines)} to {max(lines)}")
    refused = sum(bool(findings(each.code)) for each in programs[:PARTS_OF])
    print(f"refused by the guard, of as many: {refused}")


def _part_shapes(programs: list[Program]) -> str:
    found: Counter[str] = Counter()
    for program in programs:
        tree = parse(program.code)
        found.update(shape(tree.source[slice(*part.span)].decode()) for part in parts(tree))
    return f"{len(found)} of {found.total()}"


def sound(count: int, seed: int) -> None:
    """Prints how many programs run without error, are heard, and do not clip."""
    programs = [each.code for each in compose_many(count, seed)]
    errors = silent = clipped = 0
    levels: list[float] = []
    with Renderer(2) as renderer:
        for rendered in renderer.render_many(programs, seconds=18.0):
            audio, level = rendered.audio, rendered.level
            errors += bool(rendered.errors)
            if audio is None or level is None or level.rms_db <= AUDIBLE_DB:
                silent += 1
                continue
            clipped += float((np.abs(audio) >= FULL_SCALE).any(axis=0).mean()) >= MOST_FULL
            levels.append(level.rms_db)
    low, middle, high = np.percentile(levels, [5, 50, 95])
    print(f"{count} programs rendered: {errors} with errors, {silent} silent, {clipped} clipped")
    print(f"level: {low:.1f}, {middle:.1f}, {high:.1f} dBFS RMS (5, 50, 95 %)")


def edits(count: int, seed: int) -> None:
    """Prints how many edits break a program that ran."""
    ours = sorted((Path(templates.__file__).parent / "programs").glob("*.rb"))
    sources = [path.read_text(encoding="utf-8") for path in (*find().examples(), *ours)]
    sources += [each.code for each in compose_many(100, seed)]
    trees = [parse(code) for code in sources]
    made = [
        (at, edit)
        for at, tree in enumerate(trees)
        for mutation in MUTATIONS.values()
        if (edit := mutation.apply(tree, random.Random(f"{seed} {at} {mutation.name}")))
    ]
    print(f"{len(made)} edits of {len(trees)} programs; each of {len(MUTATIONS)} found a place:")
    print(Counter(edit.name for _, edit in made))
    chosen = random.Random(seed).sample(made, min(count, len(made)))
    with RuntimePool(2) as pool:
        before = {at for at, each in pool.map(sources, seconds=5) if each.errors}
        played = list(pool.map([edit.code for _, edit in chosen], seconds=5))
    broken = [chosen[at][1] for at, each in played if each.errors and chosen[at][0] not in before]
    print(f"{len(chosen)} edits played: {len(broken)} broke their program")
    for edit in broken:
        print(edit.name, edit.parameters)


def main() -> None:
    """Prints what was asked for."""
    options = tyro.cli(GeneratorOptions, prog="python -m benchmarks.generator")
    if options.programs:
        diversity(options.programs, options.seed)
    if options.render:
        sound(options.render, options.seed)
    if options.edit:
        edits(options.edit, options.seed)


if __name__ == "__main__":
    main()
