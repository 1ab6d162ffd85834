"""How near a sketch comes to the real sound: picture against picture, nothing learnt."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trichord.audio.bands import Floats, picture, picture_of
from trichord.data.clips.reading import open_clips
from trichord.metrics.recall import recall_both
from trichord.score.as_json import from_json
from trichord.score.sketch import Patches, sketch
from trichord.studies.alignment.agreement import Judged, Vectors, chance, euclidean, judge
from trichord.studies.alignment.extract import wanted_rows
from trichord.studies.tables import Cell, Table

if TYPE_CHECKING:
    from trichord.studies.alignment.study import AlignmentStudy

SPLIT = "valid"
"""The split that is measured: sketches were improved on it, and nothing is fitted to `test`."""

VARIED, COMPOSED = 20, 160
"""Clips of each template that is varied, and of composed programs, at most."""

TOGETHER = 10
"""Siblings in a set."""
_JUDGED = ("overlap@3", "Spearman", "triplets")
_COMPOSED = "composed"

Scale = Callable[[Vectors], Vectors]


@dataclass(frozen=True, eq=False)
class Pair:
    """A clip's real picture and its sketch.

    Attributes:
        template: of the clip; composed programs share one name.
        sound: hash of the render.
        real: dB above the floor `[bands, columns]`.
        drawn: of the sketch, the same.
        seconds: processor time of the sketch.
    """

    template: str
    sound: str
    real: Floats
    drawn: Floats
    seconds: float

    @property
    def correlation(self) -> float:
        """Pearson's, over all points of the pictures; 0 where one is flat."""
        if float(self.real.std()) < 1e-6 or float(self.drawn.std()) < 1e-6:
            return 0.0
        return float(np.corrcoef(self.real.ravel(), self.drawn.ravel())[0, 1])

    @property
    def error(self) -> float:
        """Mean absolute difference, dB."""
        return float(np.abs(self.real - self.drawn).mean())


def pairs(rows: Iterable[dict[str, Any]], patches: Patches) -> Iterator[Pair]:
    """Sketches clips of a corpus beside their sounds.

    Args:
        rows: of a corpus of clips.
        patches: of the synths and samples.
    """
    from trichord.data.clips.store import decode, to_float

    for row in rows:
        samples, rate = decode(row["audio"]["bytes"])
        seconds = float(row["seconds"])
        real = picture(to_float(samples).mean(axis=1), rate, seconds=seconds)
        score = from_json(json.loads(row["events"]))
        begun = time.process_time()
        power = sketch(score, patches, seconds=seconds)
        took = time.process_time() - begun
        yield Pair(_group(row), row["render_hash"], real, picture_of(power), took)


def siblings(found: Sequence[Pair], scale: Scale) -> Judged:
    """Choice within sets of ten variations of one template, by statistics of the bands.

    Args:
        found: clips of one length.
        scale: statistics `[S, N, D]` of pictures `[S, N, bands, columns]`.

    Returns:
        One figure for each set; empty where no template has ten clips.
    """
    by_template: dict[str, list[Pair]] = {}
    for pair in found:
        if pair.template != _COMPOSED:
            by_template.setdefault(pair.template, []).append(pair)
    sets = [
        group[first : first + TOGETHER]
        for group in by_template.values()
        for first in range(0, len(group) - TOGETHER + 1, TOGETHER)
    ]
    if not sets:
        return {name: np.zeros(0) for name in _JUDGED}
    drawn, real = (
        scale(np.stack([[getattr(pair, name) for pair in one] for one in sets]))
        for name in ("drawn", "real")
    )
    return judge(drawn, real, euclidean, euclidean)


def sketch_table(study: AlignmentStudy) -> Table:
    """Sketches of the validation split against its sounds, by template."""
    from trichord.livecode.sonicpi.patches import SonicPiPatches

    patches = SonicPiPatches(progress=study.progress)
    patches.prepare()
    names = drawn_names(study.options.corpus, study.rng("sketch"))
    task = study.progress.task("sketching", len(names))
    found: list[Pair] = []
    for pair in pairs(wanted_rows(study.options.corpus, names), patches):
        found.append(pair)
        task.advance()
    return told(found, study.material.bands)


def drawn_names(corpus: Path, rng: np.random.Generator) -> set[str]:
    """Clips of the split: as many of each varied template, and of composed programs together."""
    clips: dict[str, list[str]] = {}
    for row in open_clips(corpus).rows(["clip_id", "template_id", "kind"], split=SPLIT):
        clips.setdefault(_group(row), []).append(row["clip_id"])
    return {
        str(name)
        for group, names in clips.items()
        for name in rng.permutation(names)[: COMPOSED if group == _COMPOSED else VARIED]
    }


def _group(row: dict[str, Any]) -> str:
    return _COMPOSED if row["kind"] == "generated" else row["template_id"]


def told(found: Sequence[Pair], scale: Scale) -> Table:
    """The table of some pairs, at least two."""
    groups: dict[str, list[Pair]] = {"all": list(found)}
    for pair in found:
        groups.setdefault(pair.template, []).append(pair)
    rows = tuple((name, *_row(group)) for name, group in sorted(groups.items()))
    stacked = np.stack([[pair.drawn.ravel(), pair.real.ravel()] for pair in found], axis=1)
    centred = stacked - stacked.mean(1, keepdims=True)
    recalls = [
        recall_both(centred[0], centred[1], k, [p.sound for p in found])
        for k in (1, min(10, len(found)))
    ]
    judged = siblings(found, scale)
    figures = [f"recall@1 {recalls[0].forward:.3f}, recall@10 {recalls[1].forward:.3f}"]
    figures += [
        f"{name} {judged[name].mean():.2f} (chance {chance()[name]:.2f})"
        for name in _JUDGED
        if len(judged[name])
    ]
    return Table(
        title="The sketch alone",
        columns=("programs", "N", "correlation, median", "L1, dB", "CPU, ms, median"),
        rows=rows,
        about=(
            f"{len(found)} clips of the split `{SPLIT}`, as many of each varied template and of "
            "composed programs together: the picture of the real sound against the "
            "one sketched from the events, no network between them. A program's own sound among "
            f"all (chance of the first ten {recalls[1].chance:.3f}), and choice within sets of ten "
            f"siblings by statistics of the bands on the scale of the training split: "
            f"{'; '.join(figures)}."
        ),
    )


def _row(group: Sequence[Pair]) -> tuple[Cell, ...]:
    return (
        len(group),
        float(np.median([pair.correlation for pair in group])),
        float(np.mean([pair.error for pair in group])),
        1000 * float(np.median([pair.seconds for pair in group])),
    )
