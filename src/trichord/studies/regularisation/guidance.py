"""Does the regulariser add to guidance, or replace it? Scales of guidance against λ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trichord.studies.regularisation.cells import GUIDED
from trichord.studies.regularisation.figures import sounds_of
from trichord.studies.regularisation.tables import difference
from trichord.studies.tables import Cell as Shown
from trichord.studies.tables import Table

if TYPE_CHECKING:
    from trichord.studies.regularisation.study import RegularisationStudy

_MEASURES = (("score", "score of judge"), ("kad_judge", "KAD, judge"), ("divergence", "tagger KL"))


def scales_of(study: RegularisationStudy) -> list[float]:
    """All scales of guidance, ascending."""
    return sorted({study.options.guidance, *study.options.scales})


def guidance_table(study: RegularisationStudy) -> Table:
    """For each scale a row of every λ: the mean over seeds, and the difference to λ = 0."""
    rows: list[tuple[Shown, ...]] = []
    absent: list[str] = []
    for scale in scales_of(study):
        base = sounds_of(study, GUIDED[0], scale) if study.options.listen else None
        for cell in GUIDED:
            sounds = sounds_of(study, cell, scale) if study.options.listen else None
            if sounds is None:
                absent.append(f"{cell.said} at {scale:g}")
                continue
            shown: list[Shown] = [f"{scale:g}", f"{cell.weight:g}", len(sounds.seeds)]
            for name, _ in _MEASURES:
                own = getattr(sounds, name)
                shown.append(f"{own.mean():.3f}")
                versus = None
                if base is not None and cell.weight:
                    versus = difference(own, sounds.seeds, getattr(base, name), base.seeds)
                shown.append(versus)
            rows.append(tuple(shown))
    lacking = f" Not run yet: {'; '.join(absent)}." if absent else ""
    columns = ["guidance", "λ", "seeds"]
    for _, title in _MEASURES:
        columns += [title, f"{title}, less λ = 0 [95 %], p"]
    return Table(
        title="Guidance scale against λ",
        columns=tuple(columns),
        rows=tuple(rows),
        about=(
            "The same models under several scales of classifier-free guidance (1 = none), test "
            "instruments asked for by their captions. If the regulariser replaced guidance, it "
            "would help most at scale 1; if it adds to it, at every scale alike; the difference "
            f"within a scale is over paired seeds.{lacking}"
        ),
    )
