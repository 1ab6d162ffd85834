"""`trichord check`: any SFZ as a sound designer would look at it, on its files and as it plays."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trichord.audio.io import read_mono
from trichord.audio.sfz import SfzRegion, parse_sfz
from trichord.errors import InputError
from trichord.instrument.check import set_rules
from trichord.instrument.check.findings import Finding, failure
from trichord.instrument.check.measure import ZoneMeasure, measure_region, zone_name
from trichord.instrument.check.played import (
    PlayedKey,
    check_played,
    play_instrument,
    played_loudness,
)
from trichord.instrument.check.report import CheckReport
from trichord.instrument.check.zone_rules import check_zone
from trichord.instrument.store import read_record
from trichord.metrics.consistency import timbral_consistency
from trichord.progress import Progress

__all__ = ["CheckReport", "Finding", "ZoneMeasure", "check_instrument", "find_sfz"]

Embed = Callable[[Sequence[NDArray[np.float32]], int], ArrayLike]

_EMBED_RATE = 44100
_OTHER_TRIGGERS = ("release", "release_key", "first", "legato")


@dataclass(frozen=True)
class _Files:
    """What the samples themselves showed."""

    zones: list[ZoneMeasure]
    findings: list[Finding]


def check_instrument(
    path: Path, progress: Progress, *, play: bool = True, embed: Embed | None = None
) -> CheckReport:
    """Measures an SFZ instrument.

    Args:
        path: an SFZ, or a folder that holds one.
        progress: told of every sample and key; stays open.
        play: also render it through sfizz.
        embed: waves `[T]` and their rate in Hz -> one vector each `[N, D]`, such as a joint space's
            `embed_audio`, in which consistency is measured; without it, in mel cepstra.

    Raises:
        InputError: there is no SFZ, or it cannot be read.
        MissingProgramError: it is to be played, and pysfizz is not installed.
    """
    sfz = find_sfz(path)
    regions = [region for region in parse_sfz(sfz).regions if _is_struck(region)]
    files = _measure(regions, progress)
    findings = [
        *set_rules.check_coverage(regions, _promised(sfz)),
        *files.findings,
        *(finding for zone in files.zones for finding in check_zone(zone)),
        *set_rules.check_brightness(files.zones),
        *set_rules.check_timbre(files.zones),
    ]
    played: list[PlayedKey] = []
    plain = [zone for zone in files.zones if not zone.conditional]
    if play and plain:
        played, more = play_instrument(sfz, plain, progress)
        findings += more
    findings += _loudness_and_tuning(plain, played)
    return CheckReport(
        path=str(sfz),
        zones=tuple(files.zones),
        played=tuple(played),
        findings=tuple(findings),
        consistency=_consistency(regions if embed else [], files.zones, embed),
    )


def find_sfz(path: Path) -> Path:
    """The SFZ itself, or the only one in a folder; InputError where that is not clear."""
    if path.is_file():
        if path.suffix.lower() != ".sfz":
            raise InputError(f"{path}: is no SFZ: give an .sfz file or the folder of one")
        return path
    if not path.is_dir():
        raise InputError(f"{path}: no such file or folder: check the path")
    found = sorted(each for each in path.iterdir() if each.suffix.lower() == ".sfz")
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(f"{path}: holds no .sfz: give the folder of an instrument")
    names = ", ".join(each.name for each in found[:5])
    raise InputError(f"{path}: holds {len(found)} SFZ files ({names}…): name one of them")


def _is_struck(region: SfzRegion) -> bool:
    """Whether a key press sounds it: not what answers to releases or pedals."""
    if region.opcodes.get("trigger", "attack") in _OTHER_TRIGGERS or region.lokey < 0:
        return False
    return not any(name.startswith(("on_locc", "on_hicc")) for name in region.opcodes)


def _promised(sfz: Path) -> tuple[int, int] | None:
    """Keys that our own record of this instrument promises; None for foreign ones."""
    record = read_record(sfz.parent)
    if record is None or sfz.name not in record.get("files", {}):
        return None
    low, high = record["keys"]
    return int(low), int(high)


def _measure(regions: list[SfzRegion], progress: Progress) -> _Files:
    """Measures every sample; those that cannot be read become failures."""
    task = progress.task("measuring samples", len(regions))
    files = _Files([], [])
    for region in regions:
        try:
            files.zones.append(measure_region(region))
        except InputError as error:
            reason = str(error).removeprefix(f"{region.sample}: ")
            why, _, mend = reason.partition(": ")
            where = zone_name(region)
            files.findings.append(failure("sample", where, why, mend or "replace the sample"))
        task.advance()
    return files


def _loudness_and_tuning(zones: list[ZoneMeasure], played: list[PlayedKey]) -> Iterator[Finding]:
    """Loudness is judged as it is heard, where the instrument was played."""
    pitched = {zone.root for zone in zones if zone.pitched}
    if played:
        keys = {key for z in zones if not z.pitched for key in range(z.keys[0], z.keys[1] + 1)}
        yield from check_played(played, frozenset(keys))
        levels = played_loudness(played, zones)
    else:
        levels = set_rules.file_loudness(zones)
    levels = {key: layers for key, layers in levels.items() if key in pitched}
    yield from set_rules.check_layers(levels)
    yield from set_rules.check_neighbours(levels)


def _consistency(
    regions: list[SfzRegion], zones: list[ZoneMeasure], embed: Embed | None
) -> float | None:
    """Mean cosine over all pairs of samples that sound."""
    if embed is None:
        vectors = [zone.cepstrum for zone in zones if np.any(zone.cepstrum)]
    else:
        waves: list[NDArray[np.float32]] = []
        for region in regions:
            with contextlib.suppress(InputError):  # told already, as a failure of its zone
                waves.append(read_mono(region.sample, _EMBED_RATE))
        vectors = list(np.asarray(embed(waves, _EMBED_RATE))) if waves else []
    return timbral_consistency(np.array(vectors)) if len(vectors) >= 2 else None
