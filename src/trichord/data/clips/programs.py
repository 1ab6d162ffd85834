"""`trichord data programs`: programs rendered into a corpus of clips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trichord import __version__
from trichord.data.choose import Watch, unwatched
from trichord.data.clips.one import Settings
from trichord.data.clips.plan import ClipsPlan, lay_out, load_clips_plan, save_clips_plan
from trichord.data.clips.renderer import OpenRenderer, open_sonicpi
from trichord.data.clips.report import write_clips_report
from trichord.data.clips.schema import Counting
from trichord.data.clips.shard import (
    ShardJob,
    find_duplicates,
    read_header,
    remove_duplicates,
    render_shard,
)
from trichord.data.clips.sources import Family, Ranges, Wishes, assign, gather
from trichord.data.clips.store import parse_audio
from trichord.data.clips.timing import note_shard, read_log, summarise
from trichord.data.executor import Executor, LocalExecutor
from trichord.data.folder import open_folder
from trichord.data.shards import write_json
from trichord.errors import InputError

SOURCES = ("examples", "own", "generated")


@dataclass(frozen=True)
class ProgramsOptions:
    """Which programs are rendered into which folder, and how they are stored."""

    out: Path
    """Folder of the corpus; a killed build in it is taken up again."""

    sources: str = "examples,own"
    """Where programs come from: any of examples, own, generated, with commas between them."""

    variations: int = 500
    """Programs drawn from each template of an example."""

    own_variations: int | None = None
    """Programs drawn from each of our base programs; as many as of an example if not given."""

    generate: int = 0
    """Programs composed by the generator; above 0, `generated` is among the sources."""

    seconds: float = 18.0
    """Rendered of each program: 9 bars at 120 BPM."""

    bpm: float = 120.0
    """Tempo in which bars are counted; a program keeps its own."""

    seed: int = 1
    """Of the variations, of the generator, of the splits, of the captions and of the noise."""

    ranges: Ranges = "musical"
    """Within which the holes of a template are filled; `paper` has its impossible values too."""

    audio: str = "44100:stereo"
    """How the sound is stored: RATE:stereo or RATE:mono, as 32000:mono."""

    excerpt: float | None = None
    """Keep only so many seconds of each clip, the loudest ones, from a whole beat on."""

    keep_all: bool = False
    """Keep silent, clipped, faulty and duplicate clips too, as the paper did."""

    only: tuple[str, ...] = ()
    """Only templates whose names fit one of these shell patterns; all if empty."""

    shard_clips: int = 50
    """Clips per file."""

    workers: int = 2
    """Processes that render at the same time."""

    ray: str | None = None
    """Address of a Ray cluster to render on, or `local` to start one on this machine."""

    force: bool = False
    """Build over what the folder holds."""

    def __post_init__(self) -> None:
        for name in ("workers", "shard_clips", "variations", "own_variations"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} = {value}: must be at least 1")
        if self.generate < 0:
            raise InputError(f"generate = {self.generate}: must be 0 or more")
        for name, low, high in (("seconds", 1.0, 3600.0), ("bpm", 1.0, 1000.0)):
            if not low <= getattr(self, name) <= high:
                raise InputError(f"{name} = {getattr(self, name):g}: from {low:g} to {high:g}")
        if self.excerpt is not None and not 0.5 <= self.excerpt <= self.seconds:
            raise InputError(
                f"excerpt = {self.excerpt:g}: from 0.5 seconds to seconds = {self.seconds:g}"
            )
        unknown = [name for name in self.chosen if name not in SOURCES]
        if unknown or not self.chosen:
            raise InputError(f"sources = {self.sources!r}: any of {', '.join(SOURCES)}")
        if "generated" in self.chosen and not self.generate:
            raise InputError("sources has generated: say how many with --generate N")
        parse_audio(self.audio)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The sources by name."""
        named = tuple(name.strip() for name in self.sources.split(",") if name.strip())
        return named if not self.generate or "generated" in named else (*named, "generated")


@dataclass(frozen=True)
class Parts:
    """What a build works with; tests put others in their place."""

    gather: Callable[[Wishes], list[Family]] = gather
    open_renderer: OpenRenderer = open_sonicpi


def build(
    options: ProgramsOptions, watch: Watch | None = None, parts: Parts | None = None
) -> dict[str, Any]:
    """Plan, render, drop duplicates, report. A finished corpus stays, a killed build goes on.

    Args:
        options: see `ProgramsOptions`.
        watch: told what is being done, how many are done, how many there are.
        parts: the sources and the renderer; Sonic Pi's by default.

    Returns:
        The report as it stands in `report.json`, with what the build cost under `timing`.

    Raises:
        InputError: the folder is unusable or holds another build, or no program is left.
        MissingProgramError: Sonic Pi, scsynth, the sandbox or Ray is not installed.
    """
    watch = watch or unwatched
    parts = parts or Parts()
    choices = _choices(options)
    if open_folder(options.out, choices, options.force):
        plan = load_clips_plan(options.out)
    else:
        plan = _plan(options, choices, parts, watch)
        save_clips_plan(plan, options.out)
    _render(plan, options, parts, watch)
    if not options.keep_all:
        _drop_duplicates(plan, options.out, watch)
    report = write_clips_report(plan, options.out)
    timing = summarise(read_log(options.out))
    write_json(options.out / "timing.json", timing)
    return {k: v for k, v in report.items() if k != "faulty_clips"} | {"timing": timing}


def _choices(options: ProgramsOptions) -> dict[str, Any]:
    """What decides the bytes of a build; two builds with the same choices are the same build."""
    names = ("variations", "own_variations", "generate", "seconds", "bpm", "seed", "ranges")
    stored = ("audio", "excerpt", "keep_all", "shard_clips")
    chosen: dict[str, Any] = {"kind": "programs", "trichord": __version__}
    chosen["sources"] = list(options.chosen)
    chosen |= {name: getattr(options, name) for name in (*names, *stored)}
    return chosen | {"only": list(options.only)}


def _plan(
    options: ProgramsOptions, choices: dict[str, Any], parts: Parts, watch: Watch
) -> ClipsPlan:
    watch("writing programs", 0, 1)
    families = parts.gather(_wishes(options))
    programs = tuple(assign(families, options.seed))
    asked = _asked(options, families)
    watch("writing programs", 1, 1)
    return ClipsPlan(choices, asked, programs, lay_out(programs, options.shard_clips))


def _wishes(options: ProgramsOptions) -> Wishes:
    return Wishes(
        sources=options.chosen,
        variations=options.variations,
        own_variations=options.own_variations or options.variations,
        generate=options.generate,
        ranges=options.ranges,
        only=options.only,
        seed=options.seed,
    )


def _asked(options: ProgramsOptions, families: Sequence[Family]) -> dict[str, int]:
    """Programs asked for per kind."""
    wishes = _wishes(options)
    each = {"example": wishes.variations, "own": wishes.own_variations}
    asked = {kind: n * sum(f.kind == kind for f in families) for kind, n in each.items()}
    return {kind: n for kind, n in (asked | {"generated": options.generate}).items() if n}


def _settings(options: ProgramsOptions) -> Settings:
    bars = round(options.seconds * options.bpm / 240.0, 3)
    return Settings(
        counting=Counting(options.bpm, bars, options.seed),
        seconds=options.seconds,
        audio=parse_audio(options.audio),
        excerpt=options.excerpt,
        caption_seed=options.seed,
    )


def _render(plan: ClipsPlan, options: ProgramsOptions, parts: Parts, watch: Watch) -> None:
    settings = _settings(options)
    jobs = [
        ShardJob(path, tuple(plan.programs[i] for i in shard), settings, options.keep_all)
        for path, shard in zip(plan.paths(options.out), plan.shards, strict=True)
        if not path.exists()
    ]
    total, done = sum(len(job.programs) for job in jobs), 0
    if jobs:
        watch("rendering clips", 0, total)
    for _, result in _executor(options).run_with(parts.open_renderer, render_shard, jobs):
        note_shard(options.out, result)
        done += result.clips
        watch("rendering clips", done, total)


def _executor(options: ProgramsOptions) -> Executor:
    if options.ray is None:
        return LocalExecutor(options.workers)
    from trichord.data.cluster import RayExecutor

    return RayExecutor(options.ray, options.workers)


def _drop_duplicates(plan: ClipsPlan, folder: Path, watch: Watch) -> None:
    """Take out clips that sound exactly as an earlier one. A killed build starts this over."""
    paths = plan.paths(folder)
    headers = [read_header(path) for path in paths]
    duplicates = find_duplicates(headers)
    for index, (path, header) in enumerate(zip(paths, headers, strict=True), start=1):
        remove_duplicates(path, header, duplicates)
        watch("dropping duplicates", index, len(paths))
