"""How fast a folder is indexed and searched."""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trichord.audio.io import write_wav
from trichord.studies.alignment.searching_vectors import peak_megabytes
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.tables import Table, Target

if TYPE_CHECKING:
    from trichord.choose.index.command import Models

FILES, QUERY = 10_000, 0.100
"""What is asked for: files, seconds of a query."""

QUERIES = ("dark bells", "a fast techno beat, brighter", "slow and sparse", "noisy drums, louder",
           "warm pad with a lot of reverb")  # fmt: skip
ROUNDS = 4
RATE = 22050
EVERY_PROGRAM, EVERY_INSTRUMENT = 10, 100
"""One file in ten is a program, one in a hundred an instrument of one sample; all else samples."""


def search_table(study: AlignmentStudy) -> Table:
    """A folder of mixed files, indexed and searched."""
    from trichord.choose.index.command import Models
    from trichord.livecode.towers.load import reading_tower

    count = study.options.files
    space = study.material.space
    models = Models(space, reading_tower(space))
    with tempfile.TemporaryDirectory(prefix="trichord-") as name:
        folder, index = Path(name) / "files", Path(name) / "index"
        write_folder(folder, count, study.rng("files"))
        begun = time.process_time()
        indexing, first, _ = _search(study, models, folder, index, QUERIES[0])
        processor = time.process_time() - begun
        again = [
            _search(study, models, folder, index, query) for _ in range(ROUNDS) for query in QUERIES
        ]
    looked, took, busy = (np.array(column) for column in zip(*again, strict=True))
    warm = float(np.median(took))
    rows = (
        ("files a second, indexed the first time", count / indexing),
        ("the same by the processor's time", count / processor),
        ("the first query after that, ms", 1000 * first),
        ("a query: the sentence and the search, ms (median)", 1000 * warm),
        ("the same, tenth percentile", 1000 * float(np.percentile(took, 10))),
        (
            "looking, sentence and search by the processor's time, ms (median)",
            1000 * float(np.median(busy)),
        ),
        ("looking for changed files before it, ms (median)", 1000 * float(np.median(looked))),
        ("memory at most, MB", peak_megabytes()),
    )
    return Table(
        title="Search",
        columns=("what", "measured"),
        rows=rows,
        about=(
            f"{count:,} files: samples of half a second, one program in {EVERY_PROGRAM}, one SFZ "
            f"instrument in {EVERY_INSTRUMENT}, no two alike; {len(QUERIES)} sentences, "
            f"{ROUNDS} rounds; exact search in all of them. By the clock, beside other programs "
            f"(load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores): on a quiet machine the "
            "median comes near the tenth percentile."
        ),
        targets=(
            Target(f"`trichord search` over {FILES:,} mixed files: files indexed per second",
                   f"told, of {FILES:,}", f"{count / indexing:.0f}, of {count:,}", count >= FILES),
            Target("a query over them, warm", f"≤ {1000 * QUERY:.0f} ms", f"{1000 * warm:.0f} ms",
                   warm <= QUERY),
        ),
    )  # fmt: skip


def write_folder(folder: Path, count: int, rng: np.random.Generator) -> None:
    """Samples, programs and instruments, no two alike.

    Args:
        folder: that they are written into, a hundred to a subfolder.
        count: files; the sample of an instrument counts with it as one.
        rng: draws pitches, decays and noise.
    """
    from trichord.livecode.compose import compose_many

    programs = compose_many(count // EVERY_PROGRAM, seed=int(rng.integers(2**31)))
    for at in range(count):
        place = folder / f"{at // 100:03d}"
        place.mkdir(parents=True, exist_ok=True)
        if at % EVERY_PROGRAM == EVERY_PROGRAM - 1:
            (place / f"{at:05d}.rb").write_text(next(programs).code, encoding="utf-8")
            continue
        instrument = at % EVERY_INSTRUMENT == 0
        inside = place / f"{at:05d}_samples" if instrument else place
        inside.mkdir(exist_ok=True)
        write_wav(inside / f"{at:05d}.wav", _sample(rng), RATE)
        if instrument:
            region = f"<region> sample={inside.name}/{at:05d}.wav key=60\n"
            (place / f"{at:05d}.sfz").write_text(region, encoding="utf-8")


def _search(
    study: AlignmentStudy, models: Models, folder: Path, index: Path, query: str
) -> tuple[float, float, float]:
    """Seconds of bringing the index up to date; of the sentence and the search, twice.

    By the clock, and of the processor; the latter of all of it.
    """
    from trichord.choose.index.command import SearchOptions, search_folder

    started, begun = time.perf_counter(), time.process_time()
    options = SearchOptions(query, folder, index=index, json=True)
    outcome = search_folder(options, study.progress, models)
    clock, processor = time.perf_counter() - started, time.process_time() - begun
    indexing = float(json.loads(outcome.lines[0])["index"]["index_seconds"])
    return indexing, clock - indexing, processor


def _sample(rng: np.random.Generator) -> NDArray[np.float32]:
    """Half a second of a dying tone with noise in it."""
    time_axis = np.arange(RATE // 2) / RATE
    hz = 40.0 * 2.0 ** rng.uniform(0.0, 6.0)
    tone = np.sin(2 * np.pi * hz * time_axis) + rng.uniform() * rng.standard_normal(RATE // 2)
    decay = np.exp(-time_axis * rng.uniform(2.0, 30.0))
    return (0.2 * tone * decay).astype(np.float32)
