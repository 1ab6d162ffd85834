"""What each verb does with its words: options in, work in the verb's own room, result to stdout.

Every room is imported inside the function that needs it; see `trichord.cli`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tyro

from trichord.options import parse, parse_with_config
from trichord.progress import Progress, Task


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
        made = make_instrument(options, load, progress)
        progress.note(f"{made.zones} samples in {made.seconds:.1f} s, seed {made.seed}")
    if not options.json:
        _print(str(made.path))
    return 0


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
        _print_report(report.to_json())
    else:
        report.print_to(Console())
    return 0 if report.passed else 1


def data_soundfont(words: Sequence[str], prog: str) -> int:
    """`trichord data soundfont`: prints the report."""
    from trichord.data.soundfont import SoundfontOptions, build

    options = parse(SoundfontOptions, words, prog)
    with Progress() as progress:
        return _print_report(build(options, _watch(progress)))


def data_nsynth(words: Sequence[str], prog: str) -> int:
    """`trichord data nsynth`: prints the report."""
    from trichord.data.nsynth import NsynthOptions, build

    options = parse(NsynthOptions, words, prog)
    with Progress() as progress:
        return _print_report(build(options, _watch(progress)))


def data_sfz(words: Sequence[str], prog: str) -> int:
    """`trichord data sfz`: prints the report."""
    from trichord.data.sfz import SfzOptions, build

    options = parse(SfzOptions, words, prog)
    with Progress() as progress:
        return _print_report(build(options, _watch(progress)))


def train_codec(words: Sequence[str], prog: str) -> int:
    """`trichord train codec`: prints the last metrics."""
    from trichord.train.codec import CodecTrainConfig, train_codec

    config = parse_with_config(CodecTrainConfig, words, prog)
    with Progress() as progress:
        return _print_report(train_codec(config, _follow(progress, config.loop.steps)))


def train_space(words: Sequence[str], prog: str) -> int:
    """`trichord train space`: prints the figures on held-out instruments."""
    from trichord.train.space import SpaceTrainConfig, train_space

    config = parse_with_config(SpaceTrainConfig, words, prog)
    with Progress() as progress:
        return _print_report(train_space(config, _follow(progress, config.loop.steps)))


def train_lm(words: Sequence[str], prog: str) -> int:
    """`trichord train lm`: prints the last metrics."""
    from trichord.train.lm import LMTrainConfig, train_lm

    config = parse_with_config(LMTrainConfig, words, prog)
    with Progress() as progress:
        return _print_report(train_lm(config, _follow(progress, config.loop.steps)))


def _watch(progress: Progress) -> Callable[[str, int, int], None]:
    """Counts of named pieces of work, as a room tells them, made into bars."""
    tasks: dict[str, Task] = {}

    def watch(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = progress.task(what, total)
        tasks[what].advance(done - tasks[what].done)

    return watch


def _follow(progress: Progress, steps: int) -> Callable[[dict[str, Any]], None]:
    """Lines of metrics as notes above a bar of `steps` steps."""
    task = progress.task("training", steps)

    def tell(metrics: dict[str, Any]) -> None:
        progress.note("  ".join(f"{name} {_short(value)}" for name, value in metrics.items()))
        task.advance(metrics["step"] - task.done)

    return tell


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _print_report(report: dict[str, Any]) -> int:
    _print(json.dumps(report, indent=2, default=str))
    return 0


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
