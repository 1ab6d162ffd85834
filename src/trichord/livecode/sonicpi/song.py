"""`trichord render`: one program from the shell, to a WAV or to its events."""

from __future__ import annotations

import contextlib
import json
import math
import signal
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import tyro

from trichord.errors import InputError
from trichord.livecode.sonicpi.pool import LONGEST_SECONDS
from trichord.livecode.sonicpi.recording import ProgramError
from trichord.livecode.sonicpi.render import Render, Renderer
from trichord.livecode.sonicpi.source import LONGEST, program_text
from trichord.progress import Progress


@dataclass(frozen=True)
class RenderOptions:
    """Plays a Sonic Pi program offline: exactly, safely, faster than time."""

    song: tyro.conf.Positional[Path]
    """The program, a text file."""
    out: Path | None = None
    """Where the WAV goes (with --score-only the events, as JSON; stdout where it is not given)."""
    seconds: float = 18.0
    """Length of the sound; a program that ends earlier makes it shorter."""
    seed: int = 1
    """Of noise, and of what Ruby itself draws; Sonic Pi's own random numbers have their own."""
    score_only: bool = False
    """Make no sound: write what is played when, with every parameter, as JSON."""
    json: bool = False
    """One JSON object on stdout: times, number of events, errors, hash and level of the sound."""
    cues: bool = False
    """Say the program's cues, too."""
    unsafe: bool = False
    """Run without guard and sandbox; for programs that you trust, where bubblewrap cannot run."""
    synthdefs: Path | None = None
    """Folder of further compiled synth definitions (.scsyndef)."""
    samples: Path | None = None
    """Folder of further samples."""


@dataclass(frozen=True)
class Outcome:
    """What is printed: the lines for stdout, and the exit code."""

    lines: tuple[str, ...]
    code: int


def render_song(options: RenderOptions, progress: Progress) -> Outcome:
    """Renders a program and writes its WAV or its events, all of it or nothing.

    Raises:
        InputError: an option or the program is wrong; one line that names what and the mend.
        MissingProgramError: Sonic Pi, scsynth or bubblewrap is not installed.
    """
    code = _read(options.song)
    _check(options)
    if options.unsafe:
        progress.note(f"{options.song}: runs without guard and sandbox (--unsafe)")
    started = time.perf_counter()
    with (
        _stoppable(),
        Renderer(
            unsafe=options.unsafe,
            score_only=options.score_only,
            synthdefs=_folders(options.synthdefs),
            samples=_folders(options.samples),
        ) as renderer,
    ):
        loaded = time.perf_counter()
        render = renderer.render(code, seconds=options.seconds, seed=options.seed)
        rendered = time.perf_counter()
    _refuse(options.song, render.errors)
    _say(options, render, progress)
    _write(options, render)
    timings = {"load_seconds": loaded - started, "render_seconds": rendered - loaded}
    return Outcome(tuple(_lines(options, render, timings)), 1 if render.errors else 0)


@contextlib.contextmanager
def _stoppable() -> Generator[None]:
    """Lets a request to end clear up as Ctrl-C does: no process and no folder stays behind."""

    def stop(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _read(song: Path) -> str:
    try:
        with song.open("rb") as file:
            content = file.read(LONGEST + 1)
    except OSError as error:
        raise InputError(f"{song}: cannot be read ({error.strerror}): check the path") from None
    try:
        return program_text(content)
    except InputError as error:
        raise InputError(f"{song}: {error}") from None


def _check(options: RenderOptions) -> None:
    """What is wrong with the options is said before anything is started."""
    if not 0 < options.seconds <= LONGEST_SECONDS:
        raise InputError(
            f"--seconds {options.seconds:g}: must be more than 0, at most {LONGEST_SECONDS:g}"
        )
    for name in ("synthdefs", "samples"):
        folder = getattr(options, name)
        if folder is not None and not folder.is_dir():
            raise InputError(f"--{name} {folder}: no such folder: check the path")
    if options.out is None:
        if not options.score_only:
            raise InputError("--out: name the WAV to write")
    else:
        _check_place(options.out, options.song)


def _check_place(out: Path, song: Path) -> None:
    if out.is_dir():
        raise InputError(f"--out {out}: is a folder: name a file in it")
    if not out.parent.is_dir():
        raise InputError(f"--out {out}: its folder does not exist: make it first")
    if out.exists() and not out.is_file():
        raise InputError(f"--out {out}: is no ordinary file: name another one")
    if out.exists() and out.samefile(song):
        raise InputError(f"--out {out}: is the program itself: name another file")


def _folders(folder: Path | None) -> tuple[Path, ...]:
    return () if folder is None else (folder,)


def _refuse(song: Path, errors: tuple[ProgramError, ...]) -> None:
    """A program that was not run, or could not be, is bad input."""
    for error in errors:
        if error.kind in ("refused", "syntax"):
            raise InputError(_visible(f"{song}: {error}"))


def _say(options: RenderOptions, render: Render, progress: Progress) -> None:
    """What the program said, and what went wrong, each with its line."""
    for line in _said(options, render):
        progress.note(_visible(line))


def _visible(line: str) -> str:
    """A program's own words as one line that cannot steer the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


def _said(options: RenderOptions, render: Render) -> Iterator[str]:
    for line in render.prints:
        yield f"{_place(options.song, line.line)}: {line.text}"
    if options.cues:
        for cue in render.cues:
            place = _place(options.song, cue.line)
            yield f"{place}: {cue.time:.3f} s: cue {cue.path} {json.dumps(cue.arguments)}"
    for notice in render.notices:
        yield f"{_place(options.song, notice.line)}: {notice.message}"
    for error in render.errors:
        thread = f" (in {error.thread})" if error.thread else ""
        yield f"{_place(options.song, error.line)}: error: {error.message}{thread}"
    if render.errors and render.wave is not None:
        yield f"{options.song}: the sound has what was played before the errors above"
    if render.level is not None and render.level.peak_db == -math.inf:
        yield f"{options.song}: the program makes no sound in {options.seconds:g} s"


def _place(song: Path, line: int | None) -> str:
    return str(song) if line is None else f"{song}:{line}"


def _write(options: RenderOptions, render: Render) -> None:
    from trichord.files import write_atomically

    if options.out is None:
        return
    if options.score_only:
        write_atomically(options.out, _score_json(render).encode())
    elif render.wave is not None:
        write_atomically(options.out, render.wave)


def _lines(options: RenderOptions, render: Render, timings: dict[str, float]) -> list[str]:
    written = options.out if options.score_only or render.wave is not None else None
    if options.json:
        report = {"path": None if written is None else str(written), **timings, **_report(render)}
        if options.score_only and options.out is None:
            report["score"] = json.loads(_score_json(render))
        return [json.dumps(report)]
    if options.score_only and options.out is None:
        return [_score_json(render).rstrip("\n")]
    return [] if written is None else [str(written)]


def _score_json(render: Render) -> str:
    from trichord.score import to_json

    return json.dumps(to_json(render.score)) + "\n"


def _report(render: Render) -> dict[str, Any]:
    level = render.level
    return {
        "seconds": render.recording.seconds,
        "finished": render.recording.finished,
        "events": len(render.score.events),
        "cpu_seconds": render.cpu_seconds,
        "render_hash": render.render_hash,
        "peak_db": _finite(level.peak_db) if level else None,
        "rms_db": _finite(level.rms_db) if level else None,
        "prints": [asdict(line) for line in render.prints],
        "cues": len(render.cues),
        "notices": [asdict(notice) for notice in render.notices],
        "errors": [asdict(error) for error in render.errors],
    }


def _finite(value: float) -> float | None:
    """JSON has no infinity: silence has no level."""
    return value if math.isfinite(value) else None
