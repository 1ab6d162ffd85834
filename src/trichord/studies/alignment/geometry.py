"""Do towers and listeners see the same similarities? CKA and the CCA family, with their nulls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from trichord.metrics.arrays import Matrix
from trichord.metrics.cca import mean_cca, pwcca, svcca
from trichord.metrics.cka import cka, cka_within
from trichord.metrics.nulls import permuted_pairs
from trichord.studies.alignment.agreement import Vectors
from trichord.studies.alignment.comparing import LISTENERS, OTHERS, missing, standing
from trichord.studies.alignment.recall import Rows, flat
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.alignment.towers import SHOWN, TOWERS
from trichord.studies.tables import Cell, Table

SHUFFLES = 10
"""Of the pairs, for the null of each figure."""

Metric = Callable[[Matrix, Matrix], float]


def _debiased(x: Matrix, y: Matrix) -> float:
    return cka(x, y, debiased=True)


METRICS: dict[str, Metric] = {
    "CKA, debiased": _debiased,
    "CKA, biased": cka,
    "mean CCA": mean_cca,
    "SVCCA": svcca,
    "PWCCA": pwcca,
}


def geometry_table(study: AlignmentStudy) -> Table:
    """Whole clips of unseen programs, and siblings within their templates."""
    rows: list[tuple[Cell, ...]] = []
    for listener in ("space", "yardstick") if study.stands("clips") else ("yardstick",):
        whole, within = _told(study, listener, "unseen"), _told(study, listener, "siblings")
        heard = flat(study.material.listener(study.material.unseen, listener))
        near = flat(study.material.listener(study.material.siblings, listener))
        groups = [clip.template_id for clip in study.material.siblings.clips]
        for label, vectors in whole.items():
            figures = [_beside_null(study, one, vectors, heard) for one in METRICS.values()]
            inside = partial(cka_within, groups=groups)
            figures.append(_beside_null(study, inside, within[label], near, groups))
            rows.append((LISTENERS[listener], label, *figures))
    clips, siblings = study.material.unseen, study.material.siblings
    return Table(
        title="Geometry: CKA and canonical correlations",
        columns=("listener of the real sound", "who tells", *METRICS, "CKA within templates"),
        rows=tuple(rows),
        about=(
            f"{len(clips.clips)} clips of unseen programs (split `test`); within templates: "
            f"{len(siblings.clips)} variations of {len(set(siblings.templates))} of them, "
            "debiased. Linear kernels. In brackets the mean of the same figure over "
            f"{SHUFFLES} shuffles of the pairs (seed {study.options.seed}): what it says where "
            "there is nothing to say. At most 1; a CCA figure near its null says nothing, and the "
            f"null grows with the vectors' dimensions over N.{missing(study)}"
        ),
    )


def _told(study: AlignmentStudy, listener: str, name: str) -> Mapping[str, Rows]:
    """Vectors of all towers and of both lines, by label."""
    material = study.material
    clips = material.unseen if name == "unseen" else material.siblings
    told: dict[str, Vectors] = {
        TOWERS[tower].label: material.tower(clips, tower) for tower in standing(study, SHOWN)
    }
    other = OTHERS[listener]
    told[f"*a second pair of ears* ({LISTENERS[other]})"] = material.listener(clips, other)
    told["*the first four seconds*"] = material.listener(clips, f"{listener}_start")
    return {label: flat(vectors) for label, vectors in told.items()}


def _beside_null(
    study: AlignmentStudy,
    metric: Metric,
    told: Rows,
    heard: Rows,
    groups: Sequence[object] | None = None,
) -> str:
    null = permuted_pairs(metric, told, heard, study.rng("null"), SHUFFLES, groups)
    return f"{null.value:.2f} (null {null.mean:.2f})"
