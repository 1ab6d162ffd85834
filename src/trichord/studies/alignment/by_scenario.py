"""Candidates of six scenarios, made by edits: who tells which of them differ?"""

from __future__ import annotations

from collections.abc import Sequence

from trichord.studies.alignment.agreement import FIGURES, chance
from trichord.studies.alignment.comparing import LISTENERS, Line, compare, missing, told
from trichord.studies.alignment.scenarios import SCENARIOS
from trichord.studies.alignment.siblings import CODE_BARS, SCORE_BARS
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.tables import Cell, Table, Target

LEAST_SETS = 100
ASKED = ("text", "code", "read", "sketch", "score")
_SHOWN_FIGURES = ("overlap@3", "Spearman", "triplets")


def scenarios_table(study: AlignmentStudy) -> Table:
    """Each tower in each scenario, against our audio door and against the yardstick."""
    rows: list[tuple[Cell, ...]] = []
    raw: dict[str, object] = {}
    counts: dict[str, int] = {}
    pooled: dict[str, list[Line]] = {}
    for name, scenario in SCENARIOS.items():
        clips = study.material.scenario(scenario)
        counts[name] = len(clips.paths)
        for listener in ("space", "yardstick"):
            rng = study.rng(f"{name} {listener}")
            lines = compare(study, clips, listener, ASKED, rng)
            rows += [_row(name, line) for line in lines]
            raw[f"{name}, {listener}"] = {line.name: line.raw() for line in lines}
            if listener == "space":
                for line in lines:
                    pooled.setdefault(line.name, []).append(line)
        raw[f"{name}, templates"] = clips.templates
    least = min(counts.values())
    said = ", ".join(f"{name} {count}" for name, count in counts.items())
    guessed = chance()
    first = ("any", "any", "*chance*", *(f"{guessed[name]:.2f}" for name in _SHOWN_FIGURES))
    return Table(
        title="Six scenarios: candidates made by edits",
        columns=("scenario", "listener of the real sound", "who tells", *_SHOWN_FIGURES),
        rows=(first, *rows),
        about=(
            f"Sets of ten candidates ({said}): a program of the split `test` (variations of "
            "templates and composed programs in turn), changed by one to three edits of the "
            "scenario's kind; in melody, drum and bass nothing but such a part changes. "
            f"{study.options.seconds:g} s of each, none silent, clipped or equal in sound to "
            "another. In brackets: 95 % of a bootstrap over whole templates (seed "
            f"{study.options.seed}). {', '.join(FIGURES[:1])} and the rest as above; Jaccard and "
            f"Pearson are in the JSON.{missing(study)}"
        ),
        targets=(
            Target("candidate sets in each of six scenarios", f"≥ {LEAST_SETS}", str(least),
                   least >= LEAST_SETS),
            *_targets(pooled),
        ),
        raw=raw,
    )  # fmt: skip


def _row(scenario: str, line: Line) -> tuple[Cell, ...]:
    figures = (told(line.found[name]) for name in _SHOWN_FIGURES)
    return (scenario, LISTENERS[line.listener], line.label, *figures)


def _targets(pooled: dict[str, list[Line]]) -> Sequence[Target]:
    targets: list[Target] = []
    for name, bars in (("score", SCORE_BARS), ("code", CODE_BARS)):
        for figure, bound in bars.items() if name in pooled else ():
            value = sum(line.found[figure].value for line in pooled[name]) / len(pooled[name])
            what = f"six scenarios, `{name}` tower against the real sound, {figure}"
            targets.append(Target(what, f"≥ {bound:.2f}", f"{value:.2f}", value >= bound))
    return targets
