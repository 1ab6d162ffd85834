"""Whose ears the code tower was taught with, and whose it then agrees with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from trichord.errors import InputError
from trichord.files import read_json
from trichord.studies.alignment.agreement import Vectors, intervals, judge
from trichord.studies.alignment.collection import Collection
from trichord.studies.alignment.comparing import told
from trichord.studies.alignment.curve import Point, read_run
from trichord.studies.alignment.material import Material
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.alignment.towers import stacked
from trichord.studies.tables import Cell, Table
from trichord.train.code_targets import BANDS, NONE
from trichord.train.records import differing

JUDGES: Mapping[str, str] = {
    "space": "our audio door",
    "ears": "second ears",
    "yardstick": "hand-made yardstick",
}
_SAID = {"default": "our audio door", BANDS: "band statistics", NONE: "pictures alone"}
_MAY_DIFFER = ("out", "space")
_FIGURES = ("overlap@3", "Spearman", "triplets")


def targets_table(study: AlignmentStudy) -> Table:
    """Towers that differ in what their vectors were taught, before every listener.

    Raises:
        InputError: a folder holds no run, or the runs differ in more than that.
    """
    _check_alike(study.options.targets)
    material = study.material
    siblings = material.siblings
    rows: list[tuple[Cell, ...]] = []
    for folder in study.options.targets:
        point = read_run(folder, "--targets")
        vectors = _vectors(material, point, siblings)
        for listener, said in JUDGES.items():
            found = intervals(
                judge(vectors, material.listener(siblings, listener)),
                siblings.templates,
                study.rng(f"targets {listener}"),
            )
            taught = _SAID.get(point.space, Path(point.space).name)
            rows.append((said, taught, point.steps, *(told(found[f]) for f in _FIGURES)))
    rows.sort(key=lambda row: list(JUDGES.values()).index(str(row[0])))
    return Table(
        title="Whose ears the code tower is taught with",
        columns=("judged by", "taught with", "steps", *_FIGURES),
        rows=tuple(rows),
        about=(
            f"Siblings ({len(siblings.templates)} sets) as above. Towers with the same programs, "
            "steps and seed from random weights, whose vectors were taught to be those of our "
            "audio door, the statistics of the bands (hand-made, nothing learnt), or nothing at "
            "all: that tower was taught pictures alone, and its vectors are what our audio door "
            "makes of the pictures that it draws. What a tower was taught with flatters it before "
            "the same listener; the other two are the judges. Runs: "
            f"{', '.join(f'`{run}`' for run in study.options.targets) or 'none given (--targets)'}."
        ),
    )


def _check_alike(runs: Sequence[Path]) -> None:
    """What differs besides would be taken for the work of the ears."""
    for run in runs:
        read_run(run, "--targets")
    settings = [
        read_json(run / "config.json", "name runs of `trichord train code`") for run in runs
    ]
    for run, own in zip(runs[1:], settings[1:], strict=True):
        others = [name for name in differing(settings[0], own) if name not in _MAY_DIFFER]
        if others:
            raise InputError(
                f"--targets {run}: differs from {runs[0]} in {', '.join(others)}; "
                "give runs that differ in --space alone"
            )


def _vectors(material: Material, point: Point, clips: Collection) -> Vectors:
    vectors, pictures = point.tower.both([clip.code for clip in clips.clips])
    if point.space == NONE:
        vectors = material.space.embed_picture(pictures)
    return stacked(clips, vectors.numpy())
