"""Ten variations of one held-out template at a time: who tells which of them differ?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trichord.studies.alignment.comparing import (
    Line,
    chance_row,
    columns,
    compare,
    compared,
    missing,
)
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.alignment.towers import SHOWN
from trichord.studies.tables import Table, Target

SCORE_BARS = {"overlap@3": 0.65, "Spearman": 0.80, "triplets": 0.82}
"""Of the score tower, against our audio door."""
CODE_BARS = {"overlap@3": 0.47, "Spearman": 0.50, "triplets": 0.67}
"""Of the code tower, against our audio door."""
PROTOTYPE = {"overlap@3": (0.47, 0.52), "Spearman": (0.52, 0.60), "triplets": (0.67, 0.71)}
"""What a second pair of ears reached on the prototype's own programs and descriptors."""
JUDGES = ("space", "yardstick", "ears", "bands")


def siblings_table(study: AlignmentStudy) -> Table:
    """Every tower against every listener."""
    clips = study.material.siblings
    by_listener = {
        listener: compare(study, clips, listener, SHOWN, study.rng(f"siblings {listener}"))
        for listener in JUDGES
    }
    templates = clips.templates
    tests = {
        listener: compared(lines, "Spearman", templates, study.rng(f"tests {listener}"))
        for listener, lines in by_listener.items()
        if lines
    }
    return Table(
        title="Siblings: ten variations of one held-out template",
        columns=columns(),
        rows=(chance_row(), *(line.row() for lines in by_listener.values() for line in lines)),
        about=(
            f"{len(templates)} sets of ten variations of {len(set(templates))} templates (split "
            f"`test`: {', '.join(sorted(set(templates)))}), whole clips of the corpus; no clip and "
            "no sound twice. overlap@3 and Jaccard: of the most diverse three, by the paper's "
            "rule. Spearman, Pearson: of the 45 distances of a set. triplets: which of two lies "
            "nearer to a third. In brackets: 95 % of a bootstrap over whole templates "
            f"(seed {study.options.seed}). {_said(tests)}{missing(study)}"
        ),
        targets=tuple(_targets(by_listener)),
        raw={"figures": {k: {one.name: one.raw() for one in v} for k, v in by_listener.items()},
             "templates": templates, "tests": tests},
    )  # fmt: skip


def _said(tests: Mapping[str, Sequence[tuple[str, str, float, float | None]]]) -> str:
    rows = [
        f"{second} over {first} {difference:+.2f} (p {p:.2g})"
        for first, second, difference, p in tests.get("space", ())
        if p is not None
    ]
    if not rows:
        return ""
    return (
        "Neighbours in the table against our audio door, Spearman, paired over templates, p by "
        f"permutation and after Holm: {'; '.join(rows)}."
    )


def _targets(by_listener: Mapping[str, Sequence[Line]]) -> list[Target]:
    space = {line.name: line for line in by_listener["space"]}
    yardstick = {line.name: line for line in by_listener["yardstick"]}
    targets: list[Target] = []
    for name, bars in (("score", SCORE_BARS), ("code", CODE_BARS)):
        if name in space:
            targets += [
                _bar(f"siblings, `{name}` tower against the real sound, {figure}",
                     bound, space[name].found[figure].value)
                for figure, bound in bars.items()
            ]  # fmt: skip
    if "score" in yardstick:
        for figure, (low, high) in PROTOTYPE.items():
            bound = yardstick["second"].found[figure].value
            value = yardstick["score"].found[figure].value
            what = f"the same on the hand-made yardstick, beside a second pair of ears, {figure}"
            asked = f"≥ {bound:.2f} (the prototype's second pair: {low:.2f}–{high:.2f})"
            targets.append(Target(what, asked, f"{value:.2f}", value >= bound))
    return targets


def _bar(what: str, bound: float, value: float) -> Target:
    return Target(what, f"≥ {bound:.2f}", f"{value:.2f}", value >= bound)
