"""What each part brings: towers with a part taken away, on the same sets."""

from __future__ import annotations

from trichord.metrics.bootstrap import mean_interval
from trichord.metrics.recall import hits_at_k, same_items
from trichord.studies.alignment.agreement import Judged, intervals, judge
from trichord.studies.alignment.comparing import paired_p, told
from trichord.studies.alignment.recall import flat, units
from trichord.studies.alignment.sketches import EFFECTS, played, uses
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.alignment.towers import TOWERS
from trichord.studies.alignment.variants import VARIANTS
from trichord.studies.tables import Cell, Table, percent

FIGURES = ("overlap@3", "Spearman", "triplets")


def ablations_table(study: AlignmentStudy) -> Table:
    """Variants of the code and of the score tower beside the whole ones, and two ways to read."""
    material = study.material
    clips = material.siblings
    heard = material.listener(clips, "space")
    ways = {
        "text": ["text", "text_whole"],
        "code": ["code", *(name for name in VARIANTS if name.startswith("code_"))],
        "score": ["score", *(name for name in VARIANTS if name.startswith("score_")), "drawn"],
    }
    rows: list[tuple[Cell, ...]] = []
    for whole, names in ways.items():
        first: Judged = {}
        for name in names:
            known = TOWERS.get(name) or VARIANTS[name]
            judged = judge(material.tower(clips, name), heard, known.near)
            first = judged if name == whole else first
            found = intervals(judged, clips.templates, study.rng(name))
            spearmans = (judged["Spearman"], first["Spearman"])
            p = paired_p(*spearmans, clips.templates, study.rng("why")) if name != whole else None
            recall = _recall(study, name) if known.shared else None
            rows.append((known.label, *(told(found[f]) for f in FIGURES), p, recall))
    return Table(
        title="What each part brings",
        columns=("who tells", *FIGURES, "p, Spearman against the whole tower", "recall@10"),
        rows=tuple(rows),
        about=(
            f"{len(clips.templates)} sets of siblings as above, against our audio door; recall@10 "
            f"of a program's own sound among {len(material.unseen.clips)}. Programs of the "
            f"siblings and of the others with such effects: {_shares(study)}. Nothing is trained "
            "again: a part is taken from what the trained tower is given. The last line is the "
            "score tower without its refiner. p by permutation over templates, paired."
        ),
    )


def _shares(study: AlignmentStudy) -> str:
    """How many programs use each kind of effect."""
    scores = [played(clips) for clips in (study.material.siblings, study.material.unseen)]
    shares = {
        kind: [percent(sum(uses(one, kind) for one in some) / len(some)) for some in scores]
        for kind in EFFECTS
    }
    return "; ".join(f"{kind} {one} and {other}" for kind, (one, other) in shares.items())


def _recall(study: AlignmentStudy, name: str) -> str:
    material = study.material
    sounds = flat(material.listener(material.unseen, "space"))
    relevant = same_items([clip.render_hash for clip in material.unseen.clips], len(sounds))
    scores = units(flat(material.tower(material.unseen, name))) @ units(sounds).T
    hits = hits_at_k(scores, relevant, 10)
    return told(mean_interval(hits, study.rng("why recall"), method="percentile"))
