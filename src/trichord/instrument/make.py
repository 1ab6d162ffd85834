"""`trichord make`: a sentence or a recording in, a playable instrument out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import tyro
from numpy.typing import NDArray

from trichord.audio.io import write_wav
from trichord.audio.notes import note_name
from trichord.audio.riff import SampleLoop
from trichord.errors import InputError
from trichord.files import file_sha256, write_atomically
from trichord.instrument import provenance
from trichord.instrument.finish import (
    FinishedInstrument,
    FinishedZone,
    PreparedNote,
    finish,
    finish_alone,
    prepare,
)
from trichord.instrument.formats import FORMATS, ExportedInstrument, formats_of
from trichord.instrument.generator import NotePlayer
from trichord.instrument.naming import slug
from trichord.instrument.perform import perform
from trichord.instrument.plan import Plan, Zone, make_plan
from trichord.instrument.prompt import check_prompt, unknown_script
from trichord.instrument.shot import Shot, read_shot
from trichord.instrument.store import RECORD, SAMPLES, Store, read_record, to_json
from trichord.instrument.wish import player_of, wish_like, wishes_of
from trichord.progress import Progress

if TYPE_CHECKING:
    from trichord.instrument.models import Models


@dataclass(frozen=True)
class MakeOptions:
    """Makes a playable instrument of a sentence, or of a recording of one note."""

    out: Path
    """Folder for the instrument; new or empty, or one that this same command has begun."""
    prompt: tyro.conf.Positional[str] = ""
    """The sound in words, such as "warm felt piano"."""
    from_: Annotated[Path | None, tyro.conf.arg(name="from")] = None
    """A recording of one note to start from, in place of a prompt; any rate, any pitch."""
    from_code: Path | None = None
    """A Sonic Pi program whose sound to start from; the synth that it leans on is played alone."""
    format: Annotated[
        str,
        tyro.conf.arg(help=f"Formats to write, separated by commas: {', '.join(FORMATS)}."),
    ] = "sfz"
    keys: str = "A0-C8"
    """Lowest and highest key."""
    every: int = 3
    """Semitones from sample to sample."""
    layers: int = 3
    """Velocity layers."""
    seconds: float = 4.0
    """Length of the low notes; from C3 upwards they get shorter, down to 40 % at C8."""
    seed: int = 7
    """The same seed gives the same bytes."""
    force: bool = False
    """Write into a folder that holds something else; earlier instruments in it are removed."""
    json: bool = False
    """Tell of progress in JSON lines on stdout: one per zone, the last one a summary."""


@dataclass(frozen=True)
class MakeResult:
    """What was made."""

    path: Path
    """The file to open in a sampler."""
    middle: Path
    """The sample that was there first."""
    seconds: float
    """That it took."""
    seed: int
    zones: int
    warnings: tuple[str, ...]
    """What was assumed, one line each."""


@dataclass(frozen=True)
class Sound:
    """What is to be made, and who plays it."""

    source: Mapping[str, Any]
    """`{"prompt": …}` or `{"recording": …, "sha256": …}`: what provenance tells of it."""
    title: str
    name: str
    player: NotePlayer
    models: Mapping[str, Any]
    """Hashes and sampling, as far as they decide the notes."""
    licences: Mapping[str, str]
    warnings: tuple[str, ...] = ()


def make_instrument(
    options: MakeOptions,
    models: Callable[[], Models],
    progress: Progress,
    hear: Callable[[Path], Shot] = read_shot,
) -> MakeResult:
    """Makes an instrument of a sentence, of a recording or of a program.

    Args:
        options: of the command.
        models: gives the models, once the options have been found good.
        progress: told of every zone; stays open.
        hear: what plays one note of the program that the options name.

    Raises:
        InputError: an option, the prompt, the recording, the weights or the folder is wrong.
    """
    started = time.monotonic()
    plan, prompt, shot = check_options(options, hear)
    sound = sound_of(options, prompt, shot, models())
    return make_from(options, sound, plan, progress, started)


def check_options(
    options: MakeOptions, hear: Callable[[Path], Shot] = read_shot
) -> tuple[Plan, str, Shot | None]:
    """Everything that can be told wrong before a model is loaded."""
    plan = make_plan(options.keys, options.every, options.layers, options.seconds)
    formats_of(options.format)
    if not 0 <= options.seed < 2**31:
        raise InputError(f"--seed {options.seed}: use 0 to {2**31 - 1}")
    given = [bool(options.prompt.strip()), bool(options.from_), bool(options.from_code)]
    if sum(given) > 1:
        raise InputError("give one of a prompt, --from and --from-code: leave the others out")
    if options.from_ is not None:
        return plan, "", read_shot(options.from_)
    if options.from_code is not None:
        return plan, "", hear(options.from_code)
    return plan, check_prompt(options.prompt), None


def sound_of(options: MakeOptions, prompt: str, shot: Shot | None, models: Models) -> Sound:
    """The sound that is asked for, as one vector of the joint space under the language model."""
    from dataclasses import asdict

    from trichord.instrument.models import default_sampling

    sampling = replace(default_sampling(), seed=options.seed)
    if shot is None:
        warning = unknown_script(prompt)
        source: dict[str, Any] = {"prompt": prompt}
        title, warnings = prompt, () if warning is None else (warning,)
        wish = wishes_of(models, [prompt])[0]
    else:
        path = options.from_ or options.from_code or Path()
        nearest = note_name(round(shot.pitch))
        what = "recording" if options.from_ else "program"
        source = {what: path.name, "sha256": shot.sha256, "pitch": nearest}
        title, warnings = path.stem, shot.warnings
        wish = wish_like(models, shot)
    return Sound(
        source=source,
        title=title,
        name=slug(title.replace("_", " ").replace("-", " ")),
        player=player_of(models, wish),
        models={"hashes": dict(models.hashes), "sampling": asdict(sampling)},
        licences=models.licences,
        warnings=warnings,
    )


def make_from(
    options: MakeOptions,
    sound: Sound,
    plan: Plan,
    progress: Progress,
    started: float | None = None,
) -> MakeResult:
    """Plays, finishes and writes an instrument; see `make_instrument`.

    Args:
        options: of the command.
        sound: what is to be made, and its player.
        plan: of `check_options`.
        progress: told of every zone; stays open.
        started: when the work began, on the monotonic clock; now if not given.
    """
    started = time.monotonic() if started is None else started
    plan, warnings = _within_reach(plan, sound)
    for warning in warnings:
        progress.note(f"note: {warning}")
    store = Store(options.out, _request(options, sound))
    files = {zone.name: f"{SAMPLES}/{sound.name}_{zone.name}.wav" for zone in plan.zones}
    middle = options.out / files[plan.middle.name]
    if not store.open(force=options.force):
        try:
            _perform(options, sound, plan, store, progress, middle)
        except InputError:
            store.abandon_if_empty()
            raise
        instrument = _finish(plan, store, sound.player.sample_rate, progress)
        _write(options, sound, instrument, files, store.request, warnings, progress)
        store.close()
    path = options.out / _main_file(options.out)
    seconds = time.monotonic() - started
    result = MakeResult(path, middle, seconds, options.seed, len(plan.zones), warnings)
    progress.event(
        event="summary",
        sfz=str(path),
        seconds=round(seconds, 2),
        seed=options.seed,
        zones=len(plan.zones),
        warnings=list(warnings),
    )
    return result


def _within_reach(plan: Plan, sound: Sound) -> tuple[Plan, tuple[str, ...]]:
    """The plan without notes longer than the player can play, and a warning if there were any."""
    most = sound.player.longest_seconds
    if max(zone.seconds for zone in plan.zones) <= most:
        return plan, sound.warnings
    zones = tuple(replace(zone, seconds=min(zone.seconds, most)) for zone in plan.zones)
    return Plan(zones), (*sound.warnings, f"the model's notes end after {most:.1f} s: so do these")


def _request(options: MakeOptions, sound: Sound) -> dict[str, Any]:
    chosen = {
        name: getattr(options, name)
        for name in ("format", "keys", "every", "layers", "seconds", "seed")
    }
    return provenance.request_of(sound.source, chosen, sound.models)


def _perform(
    options: MakeOptions, sound: Sound, plan: Plan, store: Store, progress: Progress, middle: Path
) -> None:
    player = sound.player

    def on_middle(zone: Zone, wave: NDArray[np.float32]) -> None:
        alone = finish_alone(wave, player.sample_rate, zone.pitch)
        write_wav(middle, alone, player.sample_rate, pitch=zone.pitch)
        progress.note(f"{note_name(zone.pitch)} is ready to be heard: {middle}")
        progress.event(event="audible", file=str(middle))

    perform(plan, player, store, options.seed, progress, on_middle)


def _finish(plan: Plan, store: Store, sample_rate: int, progress: Progress) -> FinishedInstrument:
    task = progress.task("tuning and trimming", len(plan.zones))
    notes: dict[Zone, PreparedNote] = {}
    for zone in plan.zones:
        notes[zone] = prepare(store.get(zone), sample_rate, zone.pitch)
        task.advance()
    return finish(plan, notes, sample_rate)


def _write(
    options: MakeOptions,
    sound: Sound,
    instrument: FinishedInstrument,
    files: Mapping[str, str],
    request: Mapping[str, Any],
    warnings: tuple[str, ...],
    progress: Progress,
) -> None:
    """Samples first, then what points to them, the record last: it stands for completeness."""
    info = provenance.wav_info(sound.title, request, sound.licences)
    task = progress.task("writing samples", len(instrument.zones))
    for each in instrument.zones:
        file = files[each.zone.name]
        _write_sample(options.out / file, each, instrument.sample_rate, info)
        task.advance(1, **_zone_event(each, file))
    exported = ExportedInstrument(
        sound.name,
        sound.title,
        instrument.zones,
        files,
        instrument.sustained,
        instrument.sample_rate,
    )
    mains = [each.write(exported, options.out).name for each in formats_of(options.format)]
    digests = {name: file_sha256(options.out / name) for name in (*mains, *sorted(files.values()))}
    record = provenance.record_of(request, instrument, files, digests, sound.licences, warnings)
    write_atomically(options.out / RECORD, to_json(record))


def _write_sample(
    path: Path, finished: FinishedZone, sample_rate: int, info: Mapping[str, str]
) -> None:
    zone, loop = finished.zone, finished.loop
    write_wav(
        path,
        finished.wave,
        sample_rate,
        loop=None if loop is None else SampleLoop(loop.start, loop.end_inclusive),
        pitch=zone.pitch,
        keys=(zone.lokey, zone.hikey),
        velocities=(zone.lovel, zone.hivel),
        info=info,
    )


def _zone_event(finished: FinishedZone, file: str) -> dict[str, object]:
    return {
        "event": "zone",
        "zone": finished.zone.name,
        "file": file,
        "pitch": finished.zone.pitch,
        "velocity": finished.zone.velocity,
        "cents": round(finished.cents, 2),
        "loudness_db": round(finished.loudness, 2),
        "looped": finished.loop is not None,
    }


def _main_file(out: Path) -> str:
    record = read_record(out) or {}
    return next(iter(record.get("files", {})), "")
