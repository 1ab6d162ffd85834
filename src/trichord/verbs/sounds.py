"""Verbs that make, measure, choose and find sound."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import tyro

from trichord.options import parse
from trichord.progress import Progress
from trichord.verbs.running import print_line, print_report

if TYPE_CHECKING:
    from trichord.instrument.shot import Shot


def doctor(words: Sequence[str], prog: str) -> int:
    """`trichord doctor`."""
    from trichord.doctor import DoctorOptions, doctor

    return doctor(parse(DoctorOptions, words, prog))


def make(words: Sequence[str], prog: str) -> int:
    """`trichord make`: prints the path of the file to open in a sampler."""
    from trichord.instrument.make import MakeOptions, make_instrument
    from trichord.instrument.models import load

    options = parse(MakeOptions, words, prog)
    with Progress("json" if options.json else "auto") as progress:
        made = make_instrument(options, load, progress, _voice)
        progress.note(f"{made.zones} samples in {made.seconds:.1f} s, seed {made.seed}")
    if not options.json:
        print_line(str(made.path))
    return 0


def clip(words: Sequence[str], prog: str) -> int:
    """`trichord clip`: prints the path of the WAV, or streams the sound itself."""
    from dataclasses import asdict

    from trichord.clip.make import make_clip
    from trichord.clip.models import load_models
    from trichord.clip.options import ClipOptions

    options = parse(ClipOptions, words, prog)
    with Progress("quiet" if options.json else "auto") as progress:
        made = make_clip(options, lambda: load_models(options.weights), progress, sys.stdout.buffer)
        progress.note(
            f"{made.seconds:g} s of sound in {made.whole:.1f} s, the first after "
            f"{made.first_audio:.1f} s, seed {made.seed}"
        )
    told = json.dumps(asdict(made), default=str)
    if options.to_stdout:
        sys.stderr.write(f"{told}\n" if options.json else "")
    else:
        print_line(told if options.json else str(made.path))
    return 0


def _voice(song: Path) -> Shot:
    from trichord.choose.voice import voice_shot

    return voice_shot(song)


@dataclass(frozen=True)
class CheckOptions:
    """Measures an instrument, ours or not: tuning, loudness, loops, velocity, consistency."""

    path: tyro.conf.Positional[Path]
    """An .sfz file, or the folder of one."""
    json: bool = False
    """One JSON object on stdout instead of the table."""


def check(words: Sequence[str], prog: str) -> int:
    """`trichord check`: prints the report; 1 when something failed."""
    from rich.console import Console

    from trichord.instrument.check import check_instrument

    options = parse(CheckOptions, words, prog)
    with Progress("quiet" if options.json else "auto") as progress:
        report = check_instrument(options.path, progress)
    if options.json:
        print_report(report.to_json())
    else:
        report.print_to(Console())
    return 0 if report.passed else 1


def render(words: Sequence[str], prog: str) -> int:
    """`trichord render`: prints the path of the WAV; 1 when the program raised."""
    from trichord.livecode.sonicpi.song import RenderOptions, render_song

    options = parse(RenderOptions, words, prog)
    outcome = render_song(options, Progress())
    for line in outcome.lines:
        print_line(line)
    return outcome.code


def rank(words: Sequence[str], prog: str) -> int:
    """`trichord rank`: prints the order; 2 when files were left out."""
    from trichord.choose.command import RankOptions, rank_files

    options = parse(RankOptions, words, prog)
    with Progress("quiet" if options.json else "auto") as progress:
        outcome = rank_files(options, progress)
        for note in outcome.notes:
            progress.note(note)
    for line in outcome.lines:
        print_line(line)
    return outcome.code


def search(words: Sequence[str], prog: str) -> int:
    """`trichord search`: prints what was found, the best first."""
    from trichord.choose.index.command import SearchOptions, search_folder

    options = parse(SearchOptions, words, prog)
    with Progress("quiet" if options.json else "auto") as progress:
        outcome = search_folder(options, progress)
        for note in outcome.notes:
            progress.note(note)
    for line in outcome.lines:
        print_line(line)
    return 0
