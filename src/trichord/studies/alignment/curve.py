"""What the code tower gains with the number of structurally distinct programs it learns from."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trichord.errors import InputError
from trichord.livecode.code_network import CodeNetwork
from trichord.livecode.code_tower import CodeTower, load_code_tower
from trichord.metrics.bootstrap import mean_interval
from trichord.metrics.recall import hits_at_k, same_items
from trichord.studies.alignment.agreement import Vectors, intervals, judge
from trichord.studies.alignment.collection import Collection
from trichord.studies.alignment.comparing import told
from trichord.studies.alignment.recall import flat, units
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.alignment.towers import stacked
from trichord.studies.figures import plots
from trichord.studies.tables import Cell, Table
from trichord.train.code_loss import CodeLossConfig
from trichord.train.code_targets import BANDS, NONE

FIGURES = ("overlap@3", "Spearman", "triplets")

Drawn = tuple[int, float, float]
"""Programs, Spearman among siblings, recall@10."""


@dataclass(frozen=True)
class Point:
    """A tower of the curve.

    Attributes:
        structures: programs of different structure that it learned from; None: all there were.
        steps: of the training; None where the weights do not tell.
        otherwise: what else the run did differently, such as "relations 0".
        space: whose vectors it was taught, as `trichord train code --space` was told.
    """

    structures: int | None
    steps: int | None
    tower: CodeTower
    otherwise: str = ""
    space: str = "default"

    @property
    def said(self) -> str:
        """What the points of one line of the plot have in common."""
        return f"{self.steps:,} steps" + (f", {self.otherwise}" if self.otherwise else "")


def curve_table(study: AlignmentStudy) -> Table:
    """Every tower on the same siblings and the same unseen programs."""
    rows: list[tuple[Cell, ...]] = []
    drawn: dict[str, list[Drawn]] = defaultdict(list)
    material = study.material
    siblings, unseen = material.siblings, material.unseen
    heard = material.listener(siblings, "space")
    sounds = flat(material.listener(unseen, "space"))
    relevant = same_items([clip.render_hash for clip in unseen.clips], len(sounds))
    for point in points(study):
        found = intervals(
            judge(_read(point, siblings), heard), siblings.templates, study.rng("curve")
        )
        scores = units(flat(_read(point, unseen))) @ units(sounds).T
        hits = hits_at_k(scores, relevant, 10)
        recall = mean_interval(hits, study.rng("curve recall"), method="percentile")
        count = "all" if point.structures is None else point.structures
        rows.append(
            (count, point.otherwise, point.steps, *(told(found[f]) for f in FIGURES), told(recall))
        )
        if point.structures:
            drawn[point.said].append((point.structures, found["Spearman"].value, recall.value))
    lines = {said: line for said, line in drawn.items() if len(line) > 1}
    figures = [_draw(lines, study.options.out / "curve.png")] if lines else []
    return Table(
        title="Learning curve of the code tower",
        columns=("structurally distinct programs", "otherwise", "steps", *FIGURES, "recall@10"),
        rows=tuple(rows),
        about=(
            f"Siblings ({len(siblings.templates)} sets) and {len(unseen.clips)} unseen programs as "
            "above, our audio door. 0: a tower with random weights. Each of the others was trained "
            "from random weights by `trichord train code --structures N` with nothing else changed "
            "but what stands under *otherwise*: a weight of the loss, or so many programs of "
            "the tower's own taught by sketches, never rendered, among which and those of the "
            "corpus the N are drawn. A step sees some twenty programs or groups of "
            "siblings: a short run does not see all of many programs. The last line is the tower "
            "measured on this page, which was trained for longer. Runs: "
            f"{', '.join(f'`{run}`' for run in study.options.curve) or 'none given (--curve)'}."
        ),
        figures=tuple(figures),
    )


def points(study: AlignmentStudy) -> Iterator[Point]:
    """An untrained tower, those of the runs by their number of programs, and the measured one."""
    import torch

    shipped = study.material.code_tower
    with torch.random.fork_rng():
        torch.manual_seed(study.options.seed)
        yield Point(0, 0, CodeTower(CodeNetwork(shipped.network.config), shipped.table))
    runs = [_of_the_space(folder) for folder in study.options.curve]
    yield from sorted(
        runs,
        key=lambda point: (point.otherwise, point.structures is None, point.structures or 0),
    )
    yield Point(None, None, shipped)


def _of_the_space(folder: Path) -> Point:
    point = read_run(folder)
    if point.space in (BANDS, NONE):
        raise InputError(
            f"--curve {folder}: taught --space {point.space}, so that its vectors are not of the "
            "space of clips; name the folder under --targets"
        )
    return point


def read_run(folder: Path, option: str = "--curve") -> Point:
    """The tower of one run of `trichord train code`.

    Args:
        folder: its `--out`.
        option: of the study, which named the folder.

    Raises:
        InputError: the folder holds no such run.
    """
    try:
        settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        structures, steps = int(settings["structures"]), int(settings["loop"]["steps"])
        otherwise, space = _otherwise(settings), str(settings["space"])
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            f"{option} {folder}: no run of `trichord train code` ({error}); name its --out"
        ) from None
    return Point(structures or None, steps, load_code_tower(folder / "model"), otherwise, space)


def _otherwise(settings: Mapping[str, Any]) -> str:
    """The weights of the loss that are not as they come, and how many programs were sketched."""
    usual = asdict(CodeLossConfig())
    told = [
        f"{name} {value:g}" for name, value in settings["objective"].items() if value != usual[name]
    ]
    if settings["sketched"]:
        told.append(f"{settings['sketched']:,} sketched")
    return ", ".join(told)


def _read(point: Point, clips: Collection) -> Vectors:
    return stacked(clips, point.tower.embed([clip.code for clip in clips.clips]).numpy())


def _draw(lines: Mapping[str, Sequence[Drawn]], path: Path) -> str:
    plt = plots()
    figure, (near, far) = plt.subplots(1, 2, figsize=(8.0, 3.4), sharex=True)
    for said, line in lines.items():
        counts, spearman, recall = zip(*sorted(line), strict=True)
        near.plot(counts, spearman, "o-", label=said)
        far.plot(counts, recall, "o-")
    for axis, title in ((near, "siblings, Spearman"), (far, "recall@10")):
        axis.set(title=title, xscale="log", xlabel="structurally distinct programs")
    near.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    plt.close(figure)
    return path.name
