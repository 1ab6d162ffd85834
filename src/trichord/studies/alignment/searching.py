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
from trichord.choose.index import lance
from trichord.studies.alignment.searching_vectors import (
    CENTRES,
    Found,
    ask,
    indexed,
    peak_megabytes,
    queries,
    synthetic,
)
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.tables import Cell, Table, Target, percent

if TYPE_CHECKING:
    from trichord.choose.index.command import Models

FILES, QUERY, VECTORS, VECTORS_QUERY = 10_000, 0.100, 1_000_000, 0.300
"""What is asked for: files, seconds of a query, synthetic vectors, seconds of a query in them."""

QUERIES = ("dark bells", "a fast techno beat, brighter", "slow and sparse", "noisy drums, louder",
           "warm pad with a lot of reverb")  # fmt: skip
RATE = 22050
EVERY_PROGRAM, EVERY_INSTRUMENT = 10, 100
"""One file in ten is a program, one in a hundred an instrument of one sample; all else samples."""


def search_table(study: AlignmentStudy) -> Table:
    """A folder of mixed files, indexed and searched; a million vectors, searched."""
    from trichord.choose.index.command import Models
    from trichord.livecode.towers.load import reading_tower

    count = study.options.files
    space = study.material.space
    models = Models(space, reading_tower(space))
    with tempfile.TemporaryDirectory(prefix="trichord-") as name:
        folder, index = Path(name) / "files", Path(name) / "index"
        write_folder(folder, count, study.rng("files"))
        begun = time.process_time()
        indexing, first = _search(study, models, folder, index, QUERIES[0])
        processor = time.process_time() - begun
        again = [_search(study, models, folder, index, query) for query in QUERIES]
        memory = peak_megabytes()
        million, among = _million(study, Path(name) / "lance")
    warm = float(np.median([query for _, query in again]))
    looked = float(np.median([update for update, _ in again]))
    rows = (
        ("files a second, indexed the first time", count / indexing),
        ("the same by the processor's time", count / processor),
        ("the first query after that, ms", 1000 * first),
        ("a query, ms (median)", 1000 * warm),
        ("looking for changed files before it, ms (median)", 1000 * looked),
        ("memory at most until here, MB", memory),
        *among,
    )
    return Table(
        title="Search",
        columns=("what", "measured"),
        rows=rows,
        about=(
            f"{count:,} files: samples of half a second, one program in {EVERY_PROGRAM}, one SFZ "
            f"instrument in {EVERY_INSTRUMENT}, no two alike; {len(QUERIES)} sentences. Synthetic "
            f"vectors lie about {CENTRES:,} centres, {2 * len(QUERIES)} queries near some of them; "
            f"the exact search is one product, LanceDB's (inverted file, product quantisation) a "
            "shortlist that is scored exactly. By the clock, beside other programs (load "
            f"{os.getloadavg()[0]:.1f}); on a quiet machine the clock comes near the processor."
        ),
        targets=(
            Target(f"`trichord search` over {FILES:,} mixed files: files indexed per second",
                   f"told, of {FILES:,}", f"{count / indexing:.0f}, of {count:,}", count >= FILES),
            Target("a query over them, warm", f"≤ {1000 * QUERY:.0f} ms", f"{1000 * warm:.0f} ms",
                   warm <= QUERY),
            Target(f"a query over {VECTORS:,} synthetic vectors",
                   f"≤ {1000 * VECTORS_QUERY:.0f} ms", f"{1000 * million.seconds:.0f} ms",
                   million.seconds <= VECTORS_QUERY),
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


def _million(study: AlignmentStudy, folder: Path) -> tuple[Found, list[tuple[str, Cell]]]:
    """The exact search among synthetic vectors, and its rows beside those of LanceDB."""
    rng = study.rng("vectors")
    matrices = synthetic(VECTORS, rng)
    asked = queries(matrices, 2 * len(QUERIES), rng)
    exact = ask(matrices, list(asked))
    what = f"among {VECTORS:,} synthetic vectors"
    rows: list[tuple[str, Cell]] = [
        (f"a query {what}, ms (median)", 1000 * exact.seconds),
        ("the same by the processor's time", 1000 * exact.processor),
        ("the vectors and their axes, MB", (matrices.vectors.nbytes + matrices.axes.nbytes) / 1e6),
    ]
    if lance.installed():
        shortlist, seconds = indexed(matrices, folder)
        near = ask(matrices, list(asked), shortlist)
        rows += [
            (f"a query {what} by LanceDB, ms (median)", 1000 * near.seconds),
            ("its table and index, made once, s", seconds),
            ("the exact first ten that it finds", percent(near.recall(exact))),
        ]
    return exact, rows


def _search(
    study: AlignmentStudy, models: Models, folder: Path, index: Path, query: str
) -> tuple[float, float]:
    """Seconds of bringing the index up to date, and of all else: the sentence and the search."""
    from trichord.choose.index.command import SearchOptions, search_folder

    started = time.perf_counter()
    options = SearchOptions(query, folder, index=index, json=True)
    outcome = search_folder(options, study.progress, models)
    indexing = float(json.loads(outcome.lines[0])["index"]["index_seconds"])
    return indexing, time.perf_counter() - started - indexing


def _sample(rng: np.random.Generator) -> NDArray[np.float32]:
    """Half a second of a dying tone with noise in it."""
    time_axis = np.arange(RATE // 2) / RATE
    hz = 40.0 * 2.0 ** rng.uniform(0.0, 6.0)
    tone = np.sin(2 * np.pi * hz * time_axis) + rng.uniform() * rng.standard_normal(RATE // 2)
    decay = np.exp(-time_axis * rng.uniform(2.0, 30.0))
    return (0.2 * tone * decay).astype(np.float32)
