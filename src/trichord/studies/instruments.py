"""Made instruments as a real sampler plays them: in tune, no key silent, layers that rise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trichord.audio.loudness import loudness, peak_db
from trichord.audio.pitch import PitchReading, cents_from
from trichord.instrument.make import MakeOptions, make_instrument
from trichord.instrument.player import SfizzPlayer, open_player
from trichord.progress import Progress
from trichord.studies.figures import draw_histograms
from trichord.studies.prompts import Prompt, held_out_prompts, prompts_in_captions
from trichord.studies.study import Study
from trichord.studies.tables import Cell, Table, Target, percent

PROMPTS = 20
EVERY, LAYERS, SECONDS = 6, 3, 2.5
"""Fewer and shorter notes than the default, so that twenty instruments are made in minutes."""

_VELOCITIES = (42, 85, 127)
"""Of the three layers, each at its hardest."""
_TUNED_KEYS = range(33, 97)
_ALL_KEYS = range(21, 109)
_HELD, _HEARD = 0.9, 1.2
_SILENT_DBFS = -60.0
_UNSURE = 0.1
_LEAST_RANGE_DB = 6.0

MOST_MEDIAN, MOST_HIGH = 5.0, 15.0
LEAST_RISING = 0.95


@dataclass(frozen=True)
class Played:
    """What was heard of one instrument."""

    prompt: str
    family: str
    cents: tuple[float, ...]
    """|cents| of keys 33..96 at the hardest velocity."""
    unsure: int
    """Keys whose reading explains less than a tenth of the power; they count all the same."""
    octave_errors: int
    silent: int
    """Keys 21..108."""
    rising: int
    """Keys whose loudness rises with each layer, by 6 dB or more in all."""
    range_db: float
    """Median over the keys, softest to hardest."""


def instruments_table(study: Study) -> Table:
    """Twenty instruments of twenty prompts, key by key through sfizz."""
    prompts = held_out_prompts()[: study.count(PROMPTS)]
    task = study.progress.task("instruments", len(prompts))
    played: list[Played] = []
    for prompt in prompts:
        played.append(hear(made_instrument(study, prompt), prompt))
        task.advance()
    cents = np.array([value for one in played for value in one.cents])
    rising = sum(one.rising for one in played) / (len(_ALL_KEYS) * len(played))
    ranges = np.array([one.range_db for one in played])
    panels = [("|cents| through sfizz", np.minimum(cents, 30.0), MOST_MEDIAN)]
    panels.append(("dB, softest to hardest layer", ranges, _LEAST_RANGE_DB))
    draw_histograms(panels, study.folder / "instruments.png")
    repeated = prompts_in_captions(prompts, study.corpus)
    return Table(
        title="Made instruments through a real sampler",
        columns=(
            "prompt",
            "median cents",
            "95th percentile",
            "octave errors",
            "silent keys",
            "keys that rise",
            "dB soft to hard",
        ),
        rows=tuple(_row(one) for one in played),
        about=(
            f"{len(prompts)} prompts ({repeated} of them among the captions), each made with "
            f"`--keys A0-C8 --every {EVERY} --layers {LAYERS} --seconds {SECONDS:g}` (fewer and "
            "shorter notes than the default) and played by sfizz through pysfizz: keys 33 to 96 "
            "for the tuning, 21 to 108 for silence (below "
            f"{_SILENT_DBFS:g} dBFS) and for the layers, at velocities {_VELOCITIES}. "
            f"{sum(one.unsure for one in played)} of {cents.size} pitch readings are unsure and "
            "count all the same."
        ),
        targets=_targets(played, cents, rising),
        figures=("instruments.png",),
        raw={"instruments": [asdict(one) for one in played]},
    )


def _targets(
    played: Sequence[Played], cents: NDArray[np.float64], rising: float
) -> tuple[Target, ...]:
    median, high = float(np.median(cents)), float(np.percentile(cents, 95))
    octaves, silent = sum(p.octave_errors for p in played), sum(p.silent for p in played)
    name = f"{len(played)} instruments, keys 33..96"
    return (
        _most(f"{name}: median cents", MOST_MEDIAN, median),
        _most(f"{name}: 95th percentile of cents", MOST_HIGH, high),
        Target("octave errors", "none", str(octaves), octaves == 0),
        Target("silent keys, 21..108", "none", str(silent), silent == 0),
        Target(
            "keys whose loudness rises with each layer, ≥ 6 dB in all",
            f"≥ {percent(LEAST_RISING)}",
            f"{100 * rising:.1f} %",
            rising >= LEAST_RISING,
        ),
    )


def _most(what: str, bound: float, value: float) -> Target:
    return Target(what, f"≤ {bound:g}", f"{value:.1f}", value <= bound)


def made_instrument(study: Study, prompt: Prompt) -> Path:
    """The SFZ of a prompt, made where it is not there yet."""
    number = held_out_prompts().index(prompt)
    options = MakeOptions(
        out=study.folder / "instruments" / f"{number:02d}_{prompt.family}",
        prompt=prompt.text,
        every=EVERY,
        layers=LAYERS,
        seconds=SECONDS,
        force=True,
    )
    return make_instrument(options, lambda: study.models, Progress("quiet")).path


def hear(sfz: Path, prompt: Prompt) -> Played:
    """Plays an instrument key by key and layer by layer."""
    with open_player(sfz) as player:
        heard = [_hear_key(player, key) for key in _ALL_KEYS]
    readings = [one.tuning for one in heard if one.tuning is not None]
    return Played(
        prompt=prompt.text,
        family=prompt.family,
        cents=tuple(abs(reading.cents) for reading in readings),
        unsure=sum(reading.confidence < _UNSURE for reading in readings),
        octave_errors=sum(reading.octave_error for reading in readings),
        silent=sum(one.peak_db < _SILENT_DBFS for one in heard),
        rising=sum(rises(one.levels) for one in heard),
        range_db=float(np.median([one.levels[-1] - one.levels[0] for one in heard])),
    )


@dataclass(frozen=True)
class _Key:
    levels: list[float]
    peak_db: float
    tuning: PitchReading | None


def _hear_key(player: SfizzPlayer, key: int) -> _Key:
    rate = player.sample_rate
    waves = [player.play(key, velocity, _HELD, _HEARD) for velocity in _VELOCITIES]
    tuning = cents_from(waves[-1], rate, key) if key in _TUNED_KEYS else None
    return _Key([loudness(wave, rate) for wave in waves], peak_db(waves[-1]), tuning)


def rises(levels: Sequence[float]) -> bool:
    """Whether each level is above the one before, and the last at least 6 dB above the first."""
    steps = np.diff(levels)
    return bool((steps > 0).all()) and float(steps.sum()) >= _LEAST_RANGE_DB


def _row(one: Played) -> tuple[Cell, ...]:
    cents = np.array(one.cents)
    high = float(np.percentile(cents, 95))
    share = percent(one.rising / len(_ALL_KEYS))
    tuning = (float(np.median(cents)), high, one.octave_errors, one.silent)
    return (f"{one.prompt} ({one.family})", *tuning, share, one.range_db)
