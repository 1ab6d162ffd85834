"""The gap between the two doors of the joint space, and what closes it."""

from __future__ import annotations

from typing import Any

from trichord.errors import InputError
from trichord.studies.study import Study
from trichord.studies.tables import Cell, Table, percent, read_report

_SETTINGS = ("neighbours", "temperature")


def bridge_table(study: Study) -> Table:
    """Read off the report of the space's training; the choice was made on the valid split."""
    path = study.options.space_run / "report.json"
    mend = "run `trichord train space` or give --space-run"
    report = read_report(path, mend)
    try:
        return _table_of(report)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: not the report of a space, {error} is amiss; {mend}") from None


def _table_of(report: dict[str, Any]) -> Table:
    chosen = max(_shipped(report), key=lambda figures: figures["cosine"])
    rows = [_row(_name(f), f, f["family"], f is chosen) for f in report["priors_on_valid"]]
    for split in ("valid", "test"):
        held = report[split]
        caption = {key.removeprefix("caption_"): value for key, value in held.items()}
        rows.append(
            _row(f"{_name(chosen)}, {split} split", caption, held["family_by_caption"], False)
        )
        chance: list[Cell] = [f"chance, {split} split", 0.0, held["caption_chance@1"]]
        rows.append((*chance, held["caption_chance@5"], held["family_chance"], ""))
    test = report["test"]
    about = (
        "Captions of held-out instruments are taken through the text door and over the bridge; the "
        "cosine is to the instrument's mean vector through the audio door, the recalls are "
        f"among the held-out instruments ({report['valid_instruments']} in the valid split, "
        "where the "
        f"bridge was chosen, {report['test_instruments']} in the test split), the family is that "
        "of the nearest centroid of training instruments. Through the audio door alone, one note "
        "of a "
        f"test instrument finds its own sound among {test['note_sounds']:.0f} in "
        f"{percent(test['note_sound_R@1'])} (chance {percent(test['note_sound_chance@1'])}). "
        "A linear map reads pitch from a note's vector with R² = "
        f"{report['pitch_probe']['pitch_r2']:.2f}, and its distance from the instrument's mean "
        f"pitch with R² = {report['pitch_probe']['pitch_r2_within']:.2f}."
    )
    return Table(
        title="The gap between text and sound",
        columns=("bridge", "cosine", "recall@1", "recall@5", "family", "shipped"),
        rows=tuple(rows),
        about=about,
        raw=report,
    )


def _shipped(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The candidates that agree with the prior that the run ended with."""
    prior = report["prior"]
    return [
        figures
        for figures in report["priors_on_valid"]
        if figures["method"] == prior["method"]
        and all(figures.get(name, prior[name]) == prior[name] for name in _SETTINGS)
    ]


def _name(figures: dict[str, Any]) -> str:
    if figures["method"] == "neighbours":
        return f"{figures['neighbours']} neighbours, temperature {figures['temperature']:g}"
    if figures["method"] == "learned":
        return f"learned, noise {figures['noise']:g}"
    return "none"


def _row(name: str, figures: dict[str, Any], family: float, shipped: bool) -> tuple[Cell, ...]:
    recalls = (figures["R@1"], figures["R@5"])
    return (name, figures["cosine"], *recalls, family, "yes" if shipped else "")
