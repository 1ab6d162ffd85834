"""Maps of programs before and after: by what their text says, and by how they sound."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trichord.audio.resample import resample
from trichord.data.clips.store import decode, to_float
from trichord.files import write_atomically
from trichord.studies.alignment.collection import Clip
from trichord.studies.alignment.flatten import flatten
from trichord.studies.alignment.recall import flat
from trichord.studies.alignment.study import AlignmentStudy
from trichord.studies.alignment.towers import TOWERS
from trichord.studies.figures import plots
from trichord.studies.tables import Table

POINTS, SOUNDING = 240, 60
SECONDS, RATE = 6.0, 16000
"""Of each clip that the page plays."""
LOW_RATE = 0.9
"""Of Opus in libsndfile: 0 is the highest rate of bits, 1 the lowest."""

BEFORE, AFTER = "text", ("code", "score")

Places = NDArray[np.float64]


def maps_table(study: AlignmentStudy) -> Table:
    """A picture, and a page to listen to."""
    material = study.material
    clips = material.unseen.clips
    # Programs that come with Sonic Pi are not ours to print.
    kept = [at for at, clip in enumerate(clips) if not clip.template_id.startswith("example_")]
    kept = kept[:POINTS]
    chosen = [clips[at] for at in kept]
    bright = _shares([clip.traits["brightness"] for clip in chosen])
    before = flat(material.tower(material.unseen, BEFORE))[kept]
    sound = flat(material.listener(material.unseen, "space"))[kept]
    towers = [name for name in AFTER if name in TOWERS]
    after = [sound] + [flat(material.tower(material.unseen, name))[kept] for name in towers]
    read, method = flatten(before, study.options.seed)
    joint, _ = flatten(np.concatenate(after), study.options.seed)
    laid = np.split(joint, len(after))
    labels = ["their sound, our audio door", *(plain(TOWERS[name].label) for name in towers)]
    picture = study.options.out / "map.png"
    _draw(read, laid, labels, bright, method, picture)
    views = [f"before: the text, {TOWERS[BEFORE].label}", *(f"after: {one}" for one in labels[1:]),
             f"after: {labels[0]}"]  # fmt: skip
    places = [read, *laid[1:], laid[0]]
    page = study.options.out / "map.html"
    write_page(page, views, _points(study, chosen, kept, places, bright))
    rows = tuple(
        (name, _neighbours_agree(vectors, bright))
        for name, vectors in zip(
            [TOWERS[BEFORE].label, *labels[1:], labels[0]], [before, *after[1:], sound], strict=True
        )
    )
    return Table(
        title="Maps, before and after",
        columns=("laid out by", "correlation of a program's brightness with its ten neighbours'"),
        rows=rows,
        about=(
            f"{len(chosen)} unseen programs (split `test`, those that are ours) by {method} (seed "
            f"{study.options.seed}): before, by the sentence encoder's vectors of their text; "
            "after, in the space of clips, where a thin line joins a program to its own sound. "
            "Colour is the brightness of the real sound. The page below shows the code of each and "
            f"plays {min(SOUNDING, len(chosen))} of them, with nothing loaded from anywhere. The "
            "table says the same in figures, in the vectors themselves."
        ),
        figures=(picture.name,),
        pages=(page.name,),
    )


def plain(label: str) -> str:
    """A label of the tables where there is no Markdown."""
    return label.replace("*", "")


def write_page(path: Path, views: Sequence[str], points: Sequence[dict[str, Any]]) -> None:
    """The self-contained page.

    Args:
        path: of the page.
        views: what each layout shows.
        points: `name`, `words`, `code`, `value` (0..1), `places` (one [x, y] per view) and
            `sound` (Ogg in base64, or "").
    """
    data = json.dumps({"views": list(views), "points": list(points)}, ensure_ascii=False)
    # A program may hold "</script>"; in JSON the stroke may be escaped.
    safe = data.replace("</", "<\\/").replace("<!--", "<\\!--")
    page = resources.files("trichord.studies.alignment").joinpath("map.html").read_text("utf-8")
    assert "/*DATA*/null" in page
    write_atomically(path, page.replace("/*DATA*/null", safe).encode())


def _points(
    study: AlignmentStudy,
    clips: Sequence[Clip],
    kept: Sequence[int],
    places: Sequence[Places],
    bright: NDArray[np.float64],
) -> list[dict[str, Any]]:
    sounding = set(range(0, len(clips), max(1, len(clips) // SOUNDING)))
    unseen = study.material.unseen
    width = len(unseen.sets[0])
    return [
        {
            "name": clip.clip_id,
            "words": clip.captions[0] if clip.captions else "",
            "code": clip.code,
            "value": round(float(bright[at]), 3),
            "places": [[round(float(v), 4) for v in layout[at]] for layout in places],
            "sound": small_ogg(unseen.sounds(place // width)[place % width])
            if at in sounding
            else "",
        }
        for at, (clip, place) in enumerate(zip(clips, kept, strict=True))
    ]


def small_ogg(flac: bytes) -> str:
    """The first seconds of a clip as Opus, in base64."""
    import soundfile

    samples, rate = decode(flac)
    wave = resample(to_float(samples).mean(axis=1)[: round(SECONDS * rate)], rate, RATE)
    fade = np.minimum(1.0, np.arange(len(wave))[::-1] / (0.5 * RATE)).astype(np.float32)
    buffer = io.BytesIO()
    with soundfile.SoundFile(
        buffer, "w", RATE, 1, format="OGG", subtype="OPUS", compression_level=LOW_RATE
    ) as file:
        file.write(wave * fade)
    return base64.b64encode(buffer.getvalue()).decode()


def _shares(values: Sequence[float]) -> NDArray[np.float64]:
    """Values by their rank, 0..1: colours are used evenly."""
    order = np.argsort(np.argsort(values))
    return order / max(1, len(values) - 1)


def _neighbours_agree(vectors: NDArray[np.float32], values: NDArray[np.float64]) -> float:
    from trichord.studies.alignment.agreement import cosines

    distances = cosines(vectors.astype(np.float64)) + 9.0 * np.eye(len(vectors))
    nearest = np.argsort(distances, axis=1, kind="stable")[:, : min(10, len(vectors) - 1)]
    return float(np.corrcoef(values, values[nearest].mean(axis=1))[0, 1])


def _draw(
    read: Places,
    laid: Sequence[Places],
    labels: Sequence[str],
    bright: NDArray[np.float64],
    method: str,
    path: Path,
) -> None:
    """Two panels: text alone, and all of the space."""
    plt = plots()
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 6))
    left.scatter(*read.T, c=bright, cmap="viridis", s=16)
    left.set_title(f"before: text, sentence encoder ({method})", fontsize=10)
    for marker, places, label in zip("o^s", laid, labels, strict=False):
        right.scatter(*places.T, c=bright, cmap="viridis", s=16, marker=marker, label=label)
    for ends in zip(*laid[:2], strict=True) if len(laid) > 1 else ():
        right.plot(*np.array(ends).T, color="grey", linewidth=0.3, zorder=0)
    right.set_title(f"after: one space ({method})", fontsize=10)
    right.legend(fontsize=8)
    for axis in (left, right):
        axis.set_xticks([])
        axis.set_yticks([])
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    plt.close(figure)
