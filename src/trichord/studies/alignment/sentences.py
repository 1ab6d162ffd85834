"""Does a sentence find the clip, and the program, that it describes?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trichord.metrics.bootstrap import mean_interval
from trichord.metrics.recall import chance_recall, hits_at_k
from trichord.studies.alignment.comparing import told
from trichord.studies.alignment.recall import PLACES, Rows, flat, units
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.alignment.towers import SHOWN, TOWERS
from trichord.studies.tables import Cell, Table, Target

CEILING = "*another caption of the same clip*"


def sentences_table(study: AlignmentStudy) -> Table:
    """Recall of captions: of sounds, of programs by each tower, and of other captions."""
    material = study.material
    kept = [at for at, clip in enumerate(material.unseen.clips) if len(clip.captions) > 1]
    clips = [material.unseen.clips[at] for at in kept]
    said = _embed(study, [clip.captions[0] for clip in clips])
    again = _embed(study, [clip.captions[1] for clip in clips])
    relevant = same_sentence([clip.captions for clip in clips])
    found: dict[str, Rows] = {"the clip's sound": flat(material.listener(material.unseen, "space"))}
    found |= {
        f"the program, {TOWERS[name].label}": flat(material.tower(material.unseen, name))
        for name in SHOWN
        if TOWERS[name].shared
    }
    rows: list[tuple[Cell, ...]] = [
        ("*chance*", *(chance_recall(relevant, k) for _ in range(2) for k in PLACES))
    ]
    asked = {label: vectors[kept] for label, vectors in found.items()}
    asked[CEILING] = again
    reached: dict[str, float] = {}
    for label, vectors in asked.items():
        scores = units(said) @ units(vectors).T
        figures = [
            mean_interval(hits_at_k(one, right, k), study.rng(label), method="percentile")
            for one, right in ((scores, relevant), (scores.T, relevant.T))
            for k in PLACES
        ]
        rows.append((label, *map(told, figures)))
        reached[label] = figures[1].value
    chance, ceiling = chance_recall(relevant, PLACES[1]), reached.pop(CEILING)
    return Table(
        title="A sentence finds its clip and its program",
        columns=("what is looked for", *(f"from the sentence, @{k}" for k in PLACES),
                 *(f"to the sentence, @{k}" for k in PLACES)),
        rows=tuple(rows),
        about=(
            f"{len(clips)} clips of {len({clip.template_id for clip in clips})} templates of the "
            "split `test`, each with the first of its captions. Captions tell measured traits and "
            "instruments, and many clips share them: where two clips share a caption word for "
            "word, each is a right answer. How far words alone tell clips apart is the last line: "
            "another caption of the same clip, through the same text door. In brackets: 95 % of a "
            f"bootstrap over clips (seed {study.options.seed})."
        ),
        targets=tuple(
            Target(f"recall@10, from a sentence to {label} among {len(clips)}",
                   f"told (chance {chance:.2f}, another caption of the clip {ceiling:.2f})",
                   f"{value:.2f}", met=True)
            for label, value in reached.items()
        ),
    )  # fmt: skip


def same_sentence(captions: list[tuple[str, ...]]) -> NDArray[np.bool_]:
    """`[N, N]`, true where clip j may be called what clip i is called first."""
    sets = [set(one) for one in captions]
    return np.array([[one[0] in other for other in sets] for one in captions])


def _embed(study: AlignmentStudy, texts: list[str]) -> Rows:
    return study.material.space.embed_text(texts).numpy()
