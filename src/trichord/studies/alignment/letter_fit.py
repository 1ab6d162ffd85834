"""One training of the paper's two heads, and every metric of what comes out: a job that resumes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trichord.data.shards import write_json
from trichord.metrics.cca import mean_cca, pwcca, svcca
from trichord.metrics.cka import SMALLEST, cka, cka_within
from trichord.metrics.faulty_cca import faulty_cca, faulty_mean_cca
from trichord.metrics.recall import recall_both
from trichord.studies.alignment.agreement import Vectors
from trichord.studies.alignment.ears import load_arrays

if TYPE_CHECKING:
    from trichord.space.dual import DualHeads

Split = Literal["sample", "template"]
"""How the fifth of the clips that is reported on is chosen: clips at random, or whole templates."""

WITHIN = "debiased CKA within templates"
FOLDS = 5
RECALLED = 10


@dataclass(frozen=True)
class Cell:
    """One setting of the paper's sweep."""

    hidden: int
    dim: int
    layers: int
    rate: float
    batch: int

    @property
    def name(self) -> str:
        """As files and rows call it."""
        return f"{self.hidden}-{self.dim}-{self.layers}-{self.rate:g}-{self.batch}"


GRID = tuple(
    Cell(hidden, dim, layers, rate, batch)
    for hidden, dim, layers, (rate, batch) in product(
        (256, 512), (128, 256), (3, 5), ((3e-3, 64), (1e-3, 64), (3e-3, 128))
    )
)
"""24 settings out of the public sweep; which 24 the paper took is not published."""

DECAY = 1e-4
"""Of the weights. The sweep has 0 as well, which gives the same to three digits."""


@dataclass(frozen=True)
class FitJob:
    """One training.

    Attributes:
        pairs: file with `code` [N, C], `audio` [N, A], `template` and `sound` [N].
        kept: JSON of the figures.
        run: number of the training, which decides its weights (and its held-out templates).
        seed: of the split.
    """

    pairs: Path
    kept: Path
    cell: Cell
    run: int
    epochs: int
    split: Split
    seed: int


@dataclass(frozen=True)
class Aligned:
    """Vectors of the clips that are reported on.

    Attributes:
        code, audio: raw.
        mapped_code, mapped_audio: after the heads.
        templates, sounds: which template, and which render, each is.
    """

    code: Vectors
    audio: Vectors
    mapped_code: Vectors
    mapped_audio: Vectors
    templates: list[int]
    sounds: list[int]


def fit_cell(job: FitJob) -> None:
    """Trains, and writes the figures of the part that is reported on."""
    aligned = fit(job)
    within = figures(aligned.mapped_code, aligned.mapped_audio, aligned.templates, aligned.sounds)
    write_json(job.kept, within)


def fit(job: FitJob) -> Aligned:
    """Trains the heads of one job and maps the clips that are reported on."""
    import torch

    heads = train(job)
    code, audio, templates, sounds, held = _read(job)
    return Aligned(
        code[held],
        audio[held],
        heads.embed_code(torch.from_numpy(code[held])).numpy(),
        heads.embed_audio(torch.from_numpy(audio[held])).numpy(),
        [int(one) for one in templates[held]],
        [int(one) for one in sounds[held]],
    )


def train(job: FitJob) -> DualHeads:
    """The heads of one job; the same job gives the same heads."""
    import torch

    from trichord.space.dual import DualConfig, DualFitConfig, fit_dual

    torch.set_num_threads(1)
    code, audio, _, _, held = _read(job)
    config = DualConfig(job.cell.hidden, job.cell.dim, job.cell.layers)
    how = DualFitConfig(
        epochs=job.epochs,
        batch_size=job.cell.batch,
        learning_rate=job.cell.rate,
        weight_decay=DECAY,
        seed=job.run,
    )
    return fit_dual(torch.from_numpy(code[~held]), torch.from_numpy(audio[~held]), config, how)


def _read(
    job: FitJob,
) -> tuple[Vectors, Vectors, NDArray[np.generic], NDArray[np.generic], NDArray[np.bool_]]:
    """Code, audio, templates, sounds of all pairs, and which are reported on."""
    arrays = load_arrays(job.pairs)
    code, audio = (np.asarray(arrays[name], np.float32) for name in ("code", "audio"))
    templates, sounds = arrays["template"], arrays["sound"]
    return code, audio, templates, sounds, held_out(templates, job.split, job.run, job.seed)


def held_out(
    templates: NDArray[np.generic], split: Split, run: int, seed: int
) -> NDArray[np.bool_]:
    """The fifth that is reported on, `[N]`.

    By sample: the same clips in all runs, so that weights alone differ, as in the paper. By
    template: another fifth of the templates in each of five runs.
    """
    rng = np.random.default_rng(seed)
    held = np.zeros(len(templates), np.bool_)
    if split == "sample":
        held[rng.permutation(len(templates))[: len(templates) // FOLDS]] = True
        return held
    names = rng.permutation(np.unique(templates))
    return np.isin(templates, names[run % FOLDS :: FOLDS])


def figures(
    code: Vectors, audio: Vectors, templates: Sequence[int], sounds: Sequence[int]
) -> dict[str, float]:
    """Every metric of paired vectors, by the names of `METRICS`."""
    found = {name: metric(code, audio) for name, metric in METRICS.items()}
    found[WITHIN] = within_templates(code, audio, templates)
    if code.shape[1] == audio.shape[1]:
        recall = recall_both(code, audio, min(RECALLED, len(code)), list(sounds))
        found |= {"recall@10": recall.forward, "recall@10 chance": recall.chance}
    return {name: float(value) for name, value in found.items()}


def within_templates(code: ArrayLike, audio: ArrayLike, templates: Sequence[int]) -> float:
    """Debiased CKA of what varies inside templates; NaN where none has enough clips."""
    if max(Counter(templates).values()) < SMALLEST:
        return float("nan")
    return cka_within(code, audio, templates)


def debiased_cka(code: ArrayLike, audio: ArrayLike) -> float:
    """CKA by the unbiased estimate."""
    return cka(code, audio, debiased=True)


METRICS: dict[str, Callable[[ArrayLike, ArrayLike], float]] = {
    "biased CKA": cka,
    "debiased CKA": debiased_cka,
    "the paper's CCA, mean": faulty_mean_cca,
    "the paper's CCA, largest": faulty_cca,
    "mean canonical correlation": mean_cca,
    "SVCCA": svcca,
    "PWCCA": pwcca,
}
"""The paper's two (of which the second is faulty), and the correct ones."""


def read_figures(job: FitJob) -> dict[str, Any]:
    """What `fit_cell` wrote."""
    return json.loads(job.kept.read_text(encoding="utf-8"))
