"""What each verb does with its words: options in, work in the verb's own room, result to stdout.

Every room is imported inside the function that needs it; see `trichord.cli`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import tyro

from trichord.options import parse, parse_with_config, peek
from trichord.progress import Progress, Task

if TYPE_CHECKING:
    from trichord.instrument.shot import Shot

Options = TypeVar("Options")
Watch = Callable[[str, int, int], None]
Follow = Callable[[dict[str, Any]], None]


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
        _print(str(made.path))
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
        _print(told if options.json else str(made.path))
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
        _print_report(report.to_json())
    else:
        report.print_to(Console())
    return 0 if report.passed else 1


def render(words: Sequence[str], prog: str) -> int:
    """`trichord render`: prints the path of the WAV; 1 when the program raised."""
    from trichord.livecode.sonicpi.song import RenderOptions, render_song

    options = parse(RenderOptions, words, prog)
    outcome = render_song(options, Progress())
    for line in outcome.lines:
        _print(line)
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
        _print(line)
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
        _print(line)
    return 0


def data_soundfont(words: Sequence[str], prog: str) -> int:
    """`trichord data soundfont`: prints the report."""
    from trichord.data.soundfont import SoundfontOptions, build

    return _with_watch(build, parse(SoundfontOptions, words, prog))


def data_nsynth(words: Sequence[str], prog: str) -> int:
    """`trichord data nsynth`: prints the report."""
    from trichord.data.nsynth import NsynthOptions, build

    return _with_watch(build, parse(NsynthOptions, words, prog))


def data_sfz(words: Sequence[str], prog: str) -> int:
    """`trichord data sfz`: prints the report."""
    from trichord.data.sfz import SfzOptions, build

    return _with_watch(build, parse(SfzOptions, words, prog))


def data_vary(words: Sequence[str], prog: str) -> int:
    """`trichord data vary`: prints the report."""
    from trichord.data.vary import VaryOptions, build

    return _with_watch(build, parse(VaryOptions, words, prog))


def data_template(words: Sequence[str], prog: str) -> int:
    """`trichord data template`: prints the template, the programs, or where they are."""
    from trichord.livecode.templates.command import TemplateOptions, run

    for line in run(parse(TemplateOptions, words, prog)):
        _print(line)
    return 0


def data_programs(words: Sequence[str], prog: str) -> int:
    """`trichord data programs`: prints the report and what the build cost."""
    from trichord.data.clips.programs import ProgramsOptions, build

    return _with_watch(build, parse(ProgramsOptions, words, prog))


def train_codec(words: Sequence[str], prog: str) -> int:
    """`trichord train codec`: prints the last metrics; `kind` says whether of notes or of clips."""
    if peek("kind", words) == "general":
        from trichord.train.general_codec import GeneralCodecTrainConfig, train_general_codec

        general = parse_with_config(GeneralCodecTrainConfig, words, prog)
        return _with_bar(train_general_codec, general, general.loop.steps)
    from trichord.train.codec import CodecTrainConfig, train_codec

    config = parse_with_config(CodecTrainConfig, words, prog)
    return _with_bar(train_codec, config, config.loop.steps)


def train_space(words: Sequence[str], prog: str) -> int:
    """`trichord train space`: prints the figures on held-out instruments."""
    from trichord.train.space import SpaceTrainConfig, train_space

    config = parse_with_config(SpaceTrainConfig, words, prog)
    return _with_bar(train_space, config, config.loop.steps)


def train_align(words: Sequence[str], prog: str) -> int:
    """`trichord train align`: prints the figures on held-out templates."""
    from trichord.train.align import AlignTrainConfig, train_align

    config = parse_with_config(AlignTrainConfig, words, prog)
    return _with_bar(train_align, config, config.loop.steps)


def train_code(words: Sequence[str], prog: str) -> int:
    """`trichord train code`: prints the figures on held-out programs."""
    from trichord.train.code import CodeTrainConfig, train_code

    config = parse_with_config(CodeTrainConfig, words, prog)
    return _with_bar(train_code, config, config.loop.steps)


def train_motion(words: Sequence[str], prog: str) -> int:
    """`trichord train motion`: prints the last metrics."""
    from trichord.train.motion import MotionTrainConfig, train_motion

    config = parse_with_config(MotionTrainConfig, words, prog)
    return _with_bar(train_motion, config, config.loop.steps)


def train_judge(words: Sequence[str], prog: str) -> int:
    """`trichord train judge`: prints the figures on held-out instruments."""
    from trichord.train.judge import JudgeTrainConfig, train_judge

    config = parse_with_config(JudgeTrainConfig, words, prog)
    return _with_bar(train_judge, config, config.fit.epochs)


def train_tagger(words: Sequence[str], prog: str) -> int:
    """`trichord train tagger`: prints the last metrics."""
    from trichord.train.tagger import TaggerTrainConfig, train_tagger

    config = parse_with_config(TaggerTrainConfig, words, prog)
    return _with_bar(train_tagger, config, config.loop.steps)


def train_lm(words: Sequence[str], prog: str) -> int:
    """`trichord train lm`: prints the last metrics."""
    from trichord.train.lm import LMTrainConfig, train_lm

    config = parse_with_config(LMTrainConfig, words, prog)
    return _with_bar(train_lm, config, config.loop.steps)


def train_clip(words: Sequence[str], prog: str) -> int:
    """`trichord train clip`: prints the last metrics."""
    from trichord.train.clip import ClipTrainConfig, train_clip

    config = parse_with_config(ClipTrainConfig, words, prog)
    return _with_bar(train_clip, config, config.lm.loop.steps)


def study_spine(words: Sequence[str], prog: str) -> int:
    """`trichord study spine`: prints what was asked and what was measured, by table."""
    from trichord.studies.spine import study_spine
    from trichord.studies.study import SpineOptions

    options = parse(SpineOptions, words, prog)
    with Progress() as progress:
        return _print_report(study_spine(options, progress))


def study_conditioning(words: Sequence[str], prog: str) -> int:
    """`trichord study conditioning`: prints what was asked and what was measured, by table."""
    from trichord.studies.conditioning.contents import study_conditioning
    from trichord.studies.conditioning.study import ConditioningOptions

    options = parse(ConditioningOptions, words, prog)
    with Progress() as progress:
        return _print_report(study_conditioning(options, progress))


def study_sonicpi(words: Sequence[str], prog: str) -> int:
    """`trichord study sonicpi`: prints what was asked and what was measured, by table."""
    from trichord.studies.rendering.study import SonicPiOptions, study_sonicpi

    options = parse(SonicPiOptions, words, prog)
    with Progress() as progress:
        return _print_report(study_sonicpi(options, progress))


def study_alignment(words: Sequence[str], prog: str) -> int:
    """`trichord study alignment`: prints what was asked and what was measured, by table."""
    from trichord.studies.alignment.contents import study_alignment
    from trichord.studies.alignment.study import AlignmentOptions

    options = parse(AlignmentOptions, words, prog)
    with Progress() as progress:
        return _print_report(study_alignment(options, progress))


def study_regularisation(words: Sequence[str], prog: str) -> int:
    """`trichord study regularisation`: prints what was asked and what was measured, by table."""
    from trichord.studies.regularisation.contents import study_regularisation
    from trichord.studies.regularisation.study import RegularisationOptions

    options = parse(RegularisationOptions, words, prog)
    with Progress() as progress:
        return _print_report(study_regularisation(options, progress))


def study_lm(words: Sequence[str], prog: str) -> int:
    """`trichord study lm`: prints what was asked and what was measured, by table."""
    from trichord.studies.lm.contents import study_lm
    from trichord.studies.lm.study import LMOptions

    options = parse(LMOptions, words, prog)
    with Progress() as progress:
        return _print_report(study_lm(options, progress))


def study_clip(words: Sequence[str], prog: str) -> int:
    """`trichord study clip`: prints what was asked and what was measured, by table."""
    from trichord.studies.clip.contents import study_clip
    from trichord.studies.clip.study import ClipStudyOptions

    options = parse(ClipStudyOptions, words, prog)
    with Progress() as progress:
        return _print_report(study_clip(options, progress))


def study_exactness(words: Sequence[str], prog: str) -> int:
    """`trichord study exactness`: prints what was shown; exits 1 where something differs."""
    from trichord.studies.sonicpi.exactness import ExactnessOptions, study_exactness

    options = parse(ExactnessOptions, words, prog)
    with Progress() as progress:
        report = study_exactness(options, progress)
    _print_report(report)
    return 1 if report["differ"] else 0


def _with_watch(build: Callable[[Options, Watch], dict[str, Any]], options: Options) -> int:
    """Runs a build that tells how many of what are done, with a bar for each; prints its report."""
    tasks: dict[str, Task] = {}
    with Progress() as progress:

        def watch(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.task(what, total)
            tasks[what].advance(done - tasks[what].done)

        return _print_report(build(options, watch))


def _with_bar(
    train: Callable[[Options, Follow], dict[str, Any]], config: Options, steps: int
) -> int:
    """Runs a training with its lines of metrics above a bar of `steps`; prints what it returns.

    Of several processes that torchrun started the first one alone speaks.
    """
    if os.environ.get("RANK", "0") != "0":
        train(config, lambda _metrics: None)
        return 0
    with Progress() as progress:
        task = progress.task("training", steps)

        def follow(metrics: dict[str, Any]) -> None:
            progress.note("  ".join(f"{name} {_short(value)}" for name, value in metrics.items()))
            task.advance(metrics["step"] - task.done)

        return _print_report(train(config, follow))


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _print_report(report: dict[str, Any]) -> int:
    _print(json.dumps(report, indent=2, default=str))
    return 0


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
