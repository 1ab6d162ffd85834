"""How fast are programs rendered, against bare scsynth, another renderer, and on two cores?"""

from __future__ import annotations

import os
import resource
import shlex
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from trichord.errors import InputError
from trichord.livecode.sonicpi import scorefile
from trichord.livecode.sonicpi.install import find, require_scsynth
from trichord.livecode.sonicpi.plugins import link, plugins_for
from trichord.livecode.sonicpi.recording import Recording
from trichord.livecode.sonicpi.render import Renderer
from trichord.livecode.sonicpi.synthdefs import SynthDefs, parse
from trichord.studies.rendering.study import SonicPiStudy
from trichord.studies.tables import Table, Target

_ROUNDS = 3
"""Each way is timed so often; the fastest round counts, since other programs only slow it down."""
MOST_CPU_RATIO, LEAST_EVENTS_PER_SECOND, LEAST_GAIN, LEAST_OVER_PEER = 1.25, 20.0, 1.8, 1.3


@dataclass
class Clock:
    """Wall and processor seconds of what ran inside; children that have ended count."""

    wall: float = 0.0
    cpu: float = 0.0


@dataclass(frozen=True)
class Way:
    """One way to render all programs."""

    name: str
    run: Callable[[Clock], None]
    clocks: list[Clock] = field(default_factory=list[Clock])

    def best(self) -> Clock:
        """The round with the least wall time."""
        return min(self.clocks, key=lambda clock: clock.wall)


def speed_table(study: SonicPiStudy) -> Table:
    """Rounds of all ways in turn, so that a busy moment of the machine hits none alone."""
    codes = [example.code for example in study.examples]
    seconds, seed = study.options.seconds, study.options.seed

    def pool(workers: int) -> Callable[[Clock], None]:
        def run(clock: Clock) -> None:
            with Renderer(workers) as renderer, timed(clock):
                renders = list(renderer.render_many(codes, seconds=seconds, seed=seed))
            clock.cpu = sum(render.cpu_seconds for render in renders)

        return run

    def one_core(clock: Clock) -> None:
        with on_one_core():
            pool(1)(clock)

    def events(clock: Clock) -> None:
        with Renderer(2, score_only=True) as renderer, timed(clock):
            renders = list(renderer.render_many(codes, seconds=seconds, seed=seed))
            assert all(render.score.events for render in renders)
        clock.cpu = sum(render.cpu_seconds for render in renders)

    with tempfile.TemporaryDirectory(prefix="trichord-") as name:
        folder = Path(name)
        bare = _bare(study, codes, folder)
        ways = [
            Way("pool, one worker", pool(1)),
            Way("pool, one worker, all of it on one core", one_core),
            Way("pool, two workers", pool(2)),
            Way("events only, two workers", events),
            Way("bare `scsynth -N` on the same scores", bare),
        ]
        if study.options.peer:
            ways.append(Way("the other renderer", _peer(study, folder)))
        task = study.progress.task("timing", _ROUNDS * len(ways))
        for _ in range(_ROUNDS):
            for way in ways:
                clock = Clock()
                way.run(clock)
                way.clocks.append(clock)
                task.advance()
    return _table(study, ways, len(codes))


def _table(study: SonicPiStudy, ways: Sequence[Way], programs: int) -> Table:
    audio = programs * study.options.seconds
    best = {way.name: way.best() for way in ways}
    one, core, two, events, bare, *others = best.values()
    rows = tuple(
        (name, clock.wall, programs / clock.wall, audio / clock.wall, clock.cpu)
        for name, clock in best.items()
    )
    ratio, gain = one.cpu / bare.cpu, core.wall / two.wall
    per_second = programs / events.wall
    per_core = audio / one.cpu
    targets = [
        Target("total CPU against bare scsynth", f"≤ {MOST_CPU_RATIO} ×", f"{ratio:.2f} ×",
               ratio <= MOST_CPU_RATIO),
        Target("events only, programs a second", f"≥ {LEAST_EVENTS_PER_SECOND:g}",
               f"{per_second:.0f}", per_second >= LEAST_EVENTS_PER_SECOND),
        Target("whole render in the pool, seconds of sound per second of one core",
               "≥ 70 × real time", f"{per_core:.0f} ×", per_core >= 70),
        Target("two cores against one", f"≥ {LEAST_GAIN} ×", f"{gain:.2f} ×", gain >= LEAST_GAIN),
    ]  # fmt: skip
    if others:
        over = others[0].wall / one.wall
        targets.append(
            Target("speed against the other renderer, one core each", f"≥ {LEAST_OVER_PEER} ×",
                   f"{over:.2f} ×", over >= LEAST_OVER_PEER)
        )  # fmt: skip
    busy = os.getloadavg()[0]
    return Table(
        title="Speed",
        columns=("", "wall, s", "programs a second", "× real time", "CPU, s"),
        rows=rows,
        about=(
            f"The {programs} installed examples, {study.options.seconds:g} s each; the fastest of "
            f"{_ROUNDS} rounds, all ways in turn. The pool's time begins when its workers are "
            "loaded, its CPU is that of Ruby's children and scsynth's, which one worker runs side "
            "by side on two cores unless it is held on one; two cores against one is two workers "
            "against one that is held on one core; bare scsynth is started for every score, one "
            "after another, without a sandbox, with the plugins and synth definitions that the "
            "score needs; its CPU includes its start. Load of the machine at the end (one minute): "
            f"{busy:.1f} on {os.cpu_count()} cores."
        ),
        targets=tuple(targets),
        raw={way.name: [vars(clock) for clock in way.clocks] for way in ways},
    )


@contextmanager
def on_one_core() -> Generator[None]:
    """Holds this process, and those that it starts in the block, on one core."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


@contextmanager
def timed(clock: Clock) -> Generator[None]:
    """Adds the wall time of its block, and the processor time of children that ended in it."""
    before, start = _children(), time.perf_counter()
    yield
    clock.wall += time.perf_counter() - start
    clock.cpu += _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _bare(study: SonicPiStudy, codes: Sequence[str], folder: Path) -> Callable[[Clock], None]:
    """Writes the scores of all programs; plays them with scsynth alone."""
    definitions = SynthDefs([find().synthdef_folder])
    scsynth = require_scsynth()
    commands: list[list[str]] = []
    options = study.options
    with Renderer(2, score_only=True) as renderer:
        renders = renderer.render_many(codes, seconds=options.seconds, seed=options.seed)
        for number, render in enumerate(renders):
            commands.append(
                _command(scsynth, render.recording, definitions, folder / str(number), options.seed)
            )

    def run(clock: Clock) -> None:
        with timed(clock):
            for command in commands:
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    return run


def _command(
    scsynth: Path, recording: Recording, definitions: SynthDefs, folder: Path, seed: int
) -> list[str]:
    names = scorefile.instruments(recording)
    used = {name: content for name in names if (content := definitions.content(name))}
    units = {unit for content in used.values() for unit in parse(content).units}
    folder.mkdir()
    score = folder / "score.osc"
    score.write_bytes(scorefile.write(recording, used, seed).content)
    link(plugins_for(units), folder / "plugins")
    words = [str(scsynth), "-N", str(score), "_", str(folder / "out.wav"), "44100", "WAV", "int16"]
    return [*words, "-o", "2", "-i", "0", "-a", "1024", "-m", "131072", "-D", "0", "-b", "4096",
            "-n", "4096", "-V", "-1", "-U", str(folder / "plugins")]  # fmt: skip


def _peer(study: SonicPiStudy, folder: Path) -> Callable[[Clock], None]:
    """The other renderer on copies of the examples."""
    programs = folder / "programs"
    programs.mkdir()
    paths = [programs / f"{number:02d}_{e.name}.rb" for number, e in enumerate(study.examples)]
    for path, example in zip(paths, study.examples, strict=True):
        path.write_text(example.code, encoding="utf-8")
    command = shlex.split(study.options.peer)
    words = [*command, str(folder / "peer"), f"{study.options.seconds:g}", *map(str, paths)]

    def run(clock: Clock) -> None:
        with timed(clock):
            done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise InputError(f"--peer {study.options.peer}: {said[-1] if said else 'failed'}")

    return run
