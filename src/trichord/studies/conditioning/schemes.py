"""Five schemes, two ways of decoding: what a sentence or one recorded note becomes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from trichord.metrics.paired import cluster_means, holm, permutation_test
from trichord.studies.conditioning.cells import SMALL, TASKS, Cell, Result, finished, grid
from trichord.studies.conditioning.measure import HAND, JUDGE, SPACE, Figures, figures_of
from trichord.studies.conditioning.shipped import CODED, REAL
from trichord.studies.figures import plots
from trichord.studies.tables import Cell as TableCell
from trichord.studies.tables import Table

if TYPE_CHECKING:
    from trichord.studies.conditioning.study import ConditioningStudy

Groups = dict[tuple[str, str], list[Result]]
"""Results of all seeds by scheme and decoding."""

_DISTANCES = ("kad", "fad")
COLUMNS = {
    f"kad, {SPACE}": "KAD, joint space",
    f"kad, {HAND}": "KAD, hand-made",
    f"fad, {SPACE}": "FAD, joint space",
    f"fad, {HAND}": "FAD, hand-made",
    f"consistency, {SPACE}": "consistency, joint space",
    f"consistency, {JUDGE}": "consistency, judge",
    f"rank, {SPACE}": "effective rank",
    "in_tune": "within 10 cents",
    "rising": "velocities in order",
    "adapted": "score adapted",
    "naive": "score naive",
    "found": "caption finds it",
    "divergence": "tagger KL",
}


def columns_of(study: ConditioningStudy) -> dict[str, str]:
    """Names of the figures, and what the columns are called."""
    other = study.options.embedding
    return {
        **COLUMNS,
        **({f"{k}, {other}": f"{k.upper()}, {other}" for k in _DISTANCES} if other else {}),
    }


def sample_table(study: ConditioningStudy) -> Table:
    """Sample to instrument: asked for by one recorded note."""
    return _table(study, "sample", "Sample to instrument, by scheme")


def text_table(study: ConditioningStudy) -> Table:
    """Text to instrument: asked for by a caption."""
    return _table(study, "text", "Text to instrument, by scheme")


def groups_of(results: dict[Cell, Result]) -> Groups:
    """The seeds of each scheme and decoding together."""
    groups: Groups = {}
    for cell, result in results.items():
        groups.setdefault((cell.scheme, cell.decoding), []).append(result)
    return groups


def _table(study: ConditioningStudy, task: str, title: str) -> Table:
    cells = list(grid(study))
    results = finished(study, cells)
    groups = groups_of(results)
    columns = columns_of(study)
    rows: list[tuple[TableCell, ...]] = []
    for (scheme, decoding), runs in groups.items():
        flat = [run.figures[task].flat() for run in runs]
        nats = [run.nats for run in runs]
        shown = [mean_and_spread([one[name] for one in flat]) for name in columns]
        rows.append((scheme, decoding, len(runs), mean_and_spread(nats), *shown))
    for name, figures in real_rows(study).items():
        flat = figures.flat()
        rows.append((name, "", None, None, *(flat[column] for column in columns)))
    return Table(
        title=title,
        columns=("scheme", "decoding", "seeds", "nats per token", *columns.values()),
        rows=tuple(rows),
        about=_about(study, cells, results, task),
        raw={cell.name: asdict(result) for cell, result in results.items()},
    )


def real_rows(study: ConditioningStudy) -> dict[str, Figures]:
    """Real notes, and the same through the codec."""
    material = study.material
    return {
        name: figures_of(heard, material.reference, material.asked, material.held_out, study.ears)
        for name, heard in ((REAL, material.asked), (CODED, material.coded))
    }


def mean_and_spread(values: Sequence[float]) -> str:
    """A mean with the half width of its 95 % interval by Student's t, where there are seeds."""
    from scipy.stats import t

    mean = float(np.mean(values))
    digits = 1 if abs(mean) >= 10 else 2
    if len(values) < 2:
        return f"{mean:.{digits}f}"
    half = float(t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / len(values) ** 0.5)
    return f"{mean:.{digits}f} ± {half:.{digits}f}"


def paired_table(study: ConditioningStudy) -> Table:
    """Each scheme against `random`, instrument by instrument."""
    results = finished(study, list(grid(study)))
    groups = [one.instrument.group for one in study.material.held_out]
    told: list[tuple[str, str, str, list[float], float]] = []
    pairs: dict[str, int] = {}
    for scheme in (name for name in study.options.schemes if name != "random"):
        partners = _pairs(results, scheme, "random")
        pairs[scheme] = len(partners)
        for task in TASKS if partners else ():
            for name in partners[0][0].figures[task].each:
                gaps = np.mean([_gap(one, other, task, name) for one, other in partners], axis=0)
                means = cluster_means(gaps, groups)
                none = np.zeros(len(means))
                p = permutation_test(means, none, study.rng(f"{task} {scheme} {name}"))
                told.append((task, scheme, name, means.tolist(), p))
    corrected = holm([p for *_, p in told]) if told else []
    rows = tuple(
        (task, scheme, name, pairs[scheme], mean_and_spread(gaps), _shown(p), _shown(after))
        for (task, scheme, name, gaps, p), after in zip(told, corrected, strict=True)
    )
    return Table(
        title="Each scheme against *random*, instrument by instrument",
        columns=("asked by", "scheme", "figure", "pairs of runs", "difference", "p", "p, Holm"),
        rows=rows,
        about=(
            "Scheme less *random*, averaged over pairs of runs of one decoding and one seed (the "
            "same order of notes, the same budget, the same keys asked for), then over the "
            f"instruments of each of the {len(set(groups))} distinct test sounds, which are the "
            "sample: ± half of the 95 % interval by Student's t; p by exchanging signs at random, "
            "Holm's correction over all rows. It speaks for other instruments, not for other "
            "seeds: those are in the intervals of the tables above. Nearness: cosine of an "
            "instrument's mean vector and that of its real reference notes, through the caption "
            "judge; higher is better, as for the score; of KL lower is better."
        ),
    )


def _shown(p: float) -> str:
    return "< .001" if p < 0.001 else f"{p:.3f}"


def _gap(one: Result, other: Result, task: str, name: str) -> list[float]:
    """Differences of a figure, instrument by instrument."""
    first, second = (run.figures[task].each[name] for run in (one, other))
    return [a - b for a, b in zip(first, second, strict=True)]


def _pairs(results: dict[Cell, Result], scheme: str, other: str) -> list[tuple[Result, Result]]:
    found: list[tuple[Result, Result]] = []
    for cell, result in results.items():
        partner = Cell(other, cell.decoding, cell.seed, cell.size)
        if cell.scheme == scheme and partner in results:
            found.append((result, results[partner]))
    return found


def tradeoff_table(study: ConditioningStudy) -> Table:
    """Consistency against expressivity, as one picture."""
    groups = groups_of(finished(study, list(grid(study))))
    rows: list[tuple[TableCell, ...]] = []
    points: list[tuple[str, str, str, float, float]] = []
    for (scheme, decoding), runs in groups.items():
        for task in TASKS:
            flat = [run.figures[task].flat() for run in runs]
            spread = [1.0 - one[f"consistency, {JUDGE}"] for one in flat]
            ranks = [one[f"rank, {JUDGE}"] for one in flat]
            ranges = [one["range_db"] for one in flat]
            told = (mean_and_spread(values) for values in (spread, ranks, ranges))
            rows.append((scheme, decoding, task, *told))
            points.append((scheme, decoding, task, float(np.mean(spread)), float(np.mean(ranges))))
    for name, figures in real_rows(study).items():
        spread = 1.0 - figures.consistency[JUDGE]
        rows.append((name, "", "", spread, figures.rank[JUDGE], figures.range_db))
        points.append((name, "", "", spread, figures.range_db))
    _draw(points, study.options.out / "tradeoff.png")
    return Table(
        title="Consistency against expressivity",
        columns=(
            "scheme",
            "decoding",
            "asked by",
            "1 − consistency",
            "effective rank",
            "dB soft to hard",
        ),
        rows=tuple(rows),
        about=(
            "How far the notes of one instrument lie apart in timbre (one less the consistency, by "
            "the caption judge's audio tower, which knows no generator) against how far its "
            "loudness follows the velocity (median over keys from velocity 25 to 127). An "
            "instrument wants the place of real ones: less spread is more of one colour, less "
            "range is less to play with."
        ),
        figures=("tradeoff.png",),
    )


def _draw(points: Sequence[tuple[str, str, str, float, float]], path: Any) -> None:
    plt = plots()
    figure, axis = plt.subplots(figsize=(7, 4.6))
    schemes = list(dict.fromkeys(point[0] for point in points if point[1]))
    for scheme, decoding, task, across, up in points:
        colour = f"C{schemes.index(scheme)}" if scheme in schemes else "black"
        mark = {"sample": "o", "text": "s"}.get(task, "*")
        axis.scatter(
            across, up, marker=mark, s=60 if task else 160, edgecolors=colour,
            facecolors="none" if decoding == "masked" else colour,
        )  # fmt: skip
        if not task:
            said = scheme.split(":")[0]
            axis.annotate(
                said, (across, up), rotation=40, xytext=(2, 8), textcoords="offset points"
            )
    for number, scheme in enumerate(schemes):
        axis.scatter([], [], color=f"C{number}", label=scheme)
    axis.legend(fontsize=8)
    axis.set_xlabel("1 − timbral consistency (caption judge)")
    axis.set_ylabel("dB from velocity 25 to 127")
    axis.set_title("circle: by a note; square: by a sentence; hollow: masked", fontsize=9)
    figure.tight_layout()
    figure.savefig(path, dpi=90)
    plt.close(figure)


def _about(
    study: ConditioningStudy, cells: list[Cell], results: dict[Cell, Result], task: str
) -> str:
    options = study.options
    missing = [cell for cell in cells if cell not in results]
    width, layers = SMALL
    first = next(iter(results.values()), None)
    size = f"{first.parameters / 1e6:.1f} M parameters" if first else "parameters"
    seconds = np.mean([one.seconds for one in results.values()]) if results else 0.0
    asked = (
        "a caption of each instrument, through the text door and the way from text to sound"
        if task == "text"
        else "the vector of one recorded note of each instrument"
    )
    left = (
        f" {len(missing)} of {len(cells)} runs were not made: "
        f"{', '.join(cell.name for cell in missing)}."
        if missing
        else ""
    )
    return (
        f"Every run: {width}-d × {layers} layers ({size}), {options.codebooks} codebooks; all of "
        f"one decoding begin with one base of {options.base_steps} steps that has seen no vector, "
        f"then {options.steps} steps under the scheme ({seconds:.0f} s of one processor), "
        f"{options.batch_size} notes each; the same notes of held-out instruments asked for, "
        "family and source not given. Seeds differ in order, noise and draws, not in the base. "
        "Asked for by "
        f"{asked}. Mean over seeds ± half of the 95 % interval (Student's t; none from one seed). "
        "baseline: trained on the vector of the very note; random: of another note of its "
        "instrument; fixed: of one reference note; mean: the mean direction of all; learned: eight "
        "other notes, weighed by an attention that is trained with the model. Nats on the `valid` "
        f"split (chance {math.log(study.spine.codec.cardinality):.2f}) under each scheme's own "
        "vectors; those of masked models are a pseudo-likelihood "
        "and do not compare with the others. Reference of KAD and FAD: "
        f"{len(study.material.reference.owner)} real notes of the {len(study.material.held_out)} "
        f"test instruments; {len(study.material.owners)} notes made by each run."
        f"{left}"
    )
