"""What the code tower gains with the number of structurally distinct programs it learns from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
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


def curve_table(study: AlignmentStudy) -> Table:
    """Every tower on the same siblings and the same unseen programs."""
    rows: list[tuple[Cell, ...]] = []
    drawn: list[tuple[int, float, float]] = []
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
        if point.structures is not None and not point.otherwise:
            drawn.append((point.structures, found["Spearman"].value, recall.value))
    figures = [_draw(drawn, study.options.out / "curve.png")] if len(drawn) > 1 else []
    return Table(
        title="Learning curve of the code tower",
        columns=("structurally distinct programs", "otherwise", "steps", *FIGURES, "recall@10"),
        rows=tuple(rows),
        about=(
            f"Siblings ({len(siblings.templates)} sets) and {len(unseen.clips)} unseen programs as "
            "above, our audio door. 0: a tower with random weights. Each of the others was trained "
            "from random weights by `trichord train code --structures N` with nothing else changed "
            "but what stands under *otherwise*: a weight of the loss, or the last so many of the "
            "programs taught by sketches, never rendered. A step sees some twenty programs or "
            "groups of siblings: a short run does not see all of many programs. The last line is "
            "the tower measured on this page, which was trained for longer. Runs: "
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


def _draw(drawn: list[tuple[int, float, float]], path: Path) -> str:
    plt = plots()
    figure, axis = plt.subplots(figsize=(5.5, 3.4))
    places = range(len(drawn))
    axis.plot(places, [s for _, s, _ in drawn], "o-", label="siblings, Spearman")
    axis.plot(places, [r for _, _, r in drawn], "s--", label="recall@10")
    axis.set_xticks(places, [f"{count:,}" for count, _, _ in drawn])
    axis.set_xlabel("structurally distinct programs")
    axis.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    plt.close(figure)
    return path.name
