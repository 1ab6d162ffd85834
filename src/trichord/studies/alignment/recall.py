"""Does a program find its own sound among the sounds of unseen programs?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trichord.metrics.arrays import Matrix
from trichord.metrics.bootstrap import Interval, mean_interval
from trichord.metrics.recall import chance_recall, hits_at_k, same_items
from trichord.studies.alignment.agreement import Vectors
from trichord.studies.alignment.collection import Clip, Collection
from trichord.studies.alignment.comparing import LISTENERS, missing, standing, told
from trichord.studies.alignment.material import Material
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.alignment.towers import DRAWN, SHOWN, TOWERS
from trichord.studies.tables import Cell, Table, Target

PLACES = (1, 10)
BARS = {"score": 0.95, "code": 0.40}
"""Recall@10, program to sound."""

RIDGE = 1.0
"""Weight of the penalty, per training clip; set once and not tuned."""

Rows = NDArray[np.float32]
Relevant = NDArray[np.bool_]
"""`[query, item]`, true for the right answers."""


def recall_table(study: AlignmentStudy) -> Table:
    """Recall both ways of every tower, chance, and the first four seconds."""
    clips = study.material.unseen
    relevant = _relevant(clips)
    rows: list[tuple[Cell, ...]] = [_chance("any", relevant)]
    forward: dict[str, float] = {}
    for listener, name, label, scores in _ways(study):
        found = _both(scores, relevant, study.rng(f"recall {listener} {name}"))
        forward.setdefault(name, found[1].value)
        rows.append((LISTENERS[listener], label, *map(told, found)))
    rows += _among_siblings(study)
    count, composed = len(clips.clips), sum(_composed(clip) for clip in clips.clips)
    return Table(
        title="A program finds its own sound",
        columns=("sounds are compared by", "who tells",
                 *(f"program to sound, @{k}" for k in PLACES),
                 *(f"sound to program, @{k}" for k in PLACES)),
        rows=tuple(rows),
        about=(
            f"{count} clips of {len({clip.template_id for clip in clips.clips})} templates of the "
            f"split `test`, whole; {composed} of them are composed programs, by the composer whose "
            "other programs were learnt from. Our audio door: by cosine; band statistics of the "
            "sketched and of the real picture: by distance, nothing learnt. Clips of one render "
            "are right answers for each other. *Mapped*: the tower's vectors lie in a space of "
            "their own; a ridge map onto the sounds' vectors is fitted on clips of the split "
            "`train`. The last lines are harder: all the sounds are variations of a few templates. "
            f"In brackets: 95 % of a bootstrap over clips (seed {study.options.seed})."
            f"{missing(study)}"
        ),
        targets=tuple(
            Target(f"recall@10, program to its own sound among {count} clips, `{name}` tower",
                   f"≥ {bound:.2f}", f"{forward[name]:.2f}", forward[name] >= bound)
            for name, bound in BARS.items() if name in forward
        ),
    )  # fmt: skip


def _among_siblings(study: AlignmentStudy) -> list[tuple[Cell, ...]]:
    """The towers that share the space, among all sets of siblings together."""
    if not study.stands("clips"):
        return []
    clips = study.material.siblings
    relevant = _relevant(clips)
    who = f"our audio door, among {len(clips.clips)} variations of {len(set(clips.templates))}"
    sounds = units(flat(study.material.listener(clips, "space")))
    rows = [_chance(f"{who} templates", relevant)]
    for name in standing(study, [name for name in SHOWN if TOWERS[name].shared]):
        scores = _exact(units(flat(study.material.tower(clips, name))) @ sounds.T)
        found = _both(scores, relevant, study.rng(f"recall siblings {name}"))
        rows.append((f"{who} templates", TOWERS[name].label, *map(told, found)))
    return rows


def _relevant(clips: Collection) -> Relevant:
    return same_items([clip.render_hash for clip in clips.clips], len(clips.clips))


def _chance(who: str, relevant: Relevant) -> tuple[Cell, ...]:
    return (who, "*chance*", *(chance_recall(relevant, k) for _ in range(2) for k in PLACES))


def _both(scores: Matrix, relevant: Relevant, rng: np.random.Generator) -> list[Interval]:
    return [
        mean_interval(hits_at_k(one, relevant, k), rng, method="percentile")
        for one in (scores, scores.T)
        for k in PLACES
    ]


def _composed(clip: Clip) -> bool:
    return clip.template_id.startswith("generated")


def _ways(study: AlignmentStudy) -> Iterator[tuple[str, str, str, Matrix]]:
    """Listener, name, label and scores `[program, sound]` of every way to tell."""
    from scipy.spatial.distance import cdist

    material = study.material
    clips = material.unseen
    if study.stands("clips"):
        sounds = units(flat(material.listener(clips, "space")))
        for name in standing(study, SHOWN):
            shared = TOWERS[name].shared
            label = TOWERS[name].label if shared else f"{TOWERS[name].label}, mapped"
            yield "space", name, label, _exact(units(_told(material, name)) @ sounds.T)
        start = units(flat(material.listener(clips, "space_start")))
        yield "space", "start", "*the first four seconds of the sound*", _exact(start @ sounds.T)
    real = flat(material.listener(clips, "bands"))
    for name in standing(study, DRAWN):
        drawn = flat(material.tower(clips, name))
        yield "bands", f"{name} in bands", TOWERS[name].label, _exact(-cdist(drawn, real))
    start = flat(material.listener(clips, "bands_start"))
    yield (
        "bands",
        "bands start",
        "*the first four seconds of the sound*",
        _exact(-cdist(start, real)),
    )


def _exact(scores: NDArray[np.floating[Any]]) -> Matrix:
    return scores.astype(np.float64)


def flat(vectors: Vectors) -> Rows:
    """`[S, N, D]` as `[S N, D]`."""
    return vectors.reshape(-1, vectors.shape[-1])


def units(rows: Rows) -> Rows:
    """Rows of length one; zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0.0, lengths, 1.0)).astype(np.float32)


def ridge_map(inputs: Rows, outputs: Rows, new: Rows) -> Rows:
    """What a linear map fitted on pairs makes of new rows.

    Args:
        inputs: `[N, D1]`.
        outputs: `[N, D2]`.
        new: `[M, D1]`.
    """
    from sklearn.linear_model import Ridge

    spread = float(inputs.std()) or 1.0
    fitted = Ridge(alpha=RIDGE * len(inputs)).fit(inputs / spread, outputs)
    return np.asarray(fitted.predict(new / spread), np.float32)


def _told(material: Material, name: str) -> Rows:
    vectors = flat(material.tower(material.unseen, name))
    if TOWERS[name].shared:
        return vectors
    learnt = flat(material.tower(material.training, name))
    return ridge_map(learnt, flat(material.listener(material.training, "space")), vectors)
