"""Rendering programs in the pool, against bare `scsynth -N` on the very same scores."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.timing import Figure, best_seconds
from trichord.livecode.sonicpi import install, scorefile
from trichord.livecode.sonicpi.players import find_scsynth, plain_options
from trichord.livecode.sonicpi.plugins import link, plugins_for
from trichord.livecode.sonicpi.render import Render, Renderer
from trichord.livecode.sonicpi.synthdefs import SynthDefs

SECONDS = 18.0


def figures(rounds: int, examples: int | None = None) -> Iterator[Figure]:
    """Seconds of sound per second on one core; bare scsynth is given the scores, ready-made.

    Both play the installed examples one after the other. Bare scsynth loads only the plugins and
    synth definitions that a score needs, is not shut in, and need not run the programs.
    """
    paths = install.find().examples()[:examples]
    codes = [path.read_text(encoding="utf-8") for path in paths]
    with (
        Renderer(1) as renderer,
        Renderer(1, score_only=True) as scores,
        tempfile.TemporaryDirectory() as folder,
    ):
        renders = list(renderer.render_many(codes, seconds=SECONDS))
        commands = [_bare(done, Path(folder) / str(n)) for n, done in enumerate(renders)]
        pool, bare, events = best_seconds(
            [
                lambda: list(renderer.render_many(codes, seconds=SECONDS)),
                lambda: _run(commands),
                lambda: _events(scores, codes),
            ],
            rounds,
        )
    sound = sum(done.recording.seconds for done in renders)
    label = f"bare scsynth -N, scores ready-made, {len(codes)} programs"
    yield Figure("render of programs", sound / pool, label, sound / bare, "x real time")
    count = len(codes)
    yield Figure("events of programs", count / events, "render", count / pool, "programs/s")


def _events(scores: Renderer, codes: Sequence[str]) -> int:
    """How many events all programs have."""
    return sum(len(done.score.events) for done in scores.render_many(codes, seconds=SECONDS))


def _bare(done: Render, folder: Path) -> list[str]:
    """The command that plays a render's score by itself."""
    folder.mkdir()
    definitions = SynthDefs([install.find().synthdef_folder])
    names = scorefile.instruments(done.recording)
    contents = {name: content for name in names if (content := definitions.content(name))}
    units = {unit for name in contents if (known := definitions.get(name)) for unit in known.units}
    plugins = link(plugins_for(units), folder / "plugins")
    score = folder / "score.osc"
    score.write_bytes(scorefile.write(done.recording, contents, seed=1).content)
    words = [find_scsynth(), *plain_options(score, folder / "out.wav"), "-U", str(plugins)]
    subprocess.run(words, check=True, capture_output=True)
    if (folder / "out.wav").read_bytes() != done.wave:
        raise RuntimeError(f"{folder}: the pool and bare scsynth differ: not the same work")
    return words


def _run(commands: Sequence[Sequence[str]]) -> None:
    for words in commands:
        subprocess.run(words, check=True, capture_output=True)
