"""What a SoundFont holds, by its headers: presets, and the keys that they have samples for."""

from __future__ import annotations

import logging
import struct
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trichord.data.schema import HIGHEST_PITCH, LOWEST_PITCH
from trichord.errors import InputError
from trichord.files import file_sha256

NEAR_SEMITONES = 6
"""A key counts as sampled when some zone that sounds there is transposed by no more than this."""

PERCUSSION_BANK = 128


@dataclass(frozen=True)
class Preset:
    """One preset of a font.

    Attributes:
        keys: MIDI keys 21..108 where a sample plays within `NEAR_SEMITONES` of its own pitch.
        samples: for each of these keys, the indices of the samples that sound there.
    """

    bank: int
    program: int
    name: str
    keys: tuple[int, ...]
    samples: tuple[frozenset[int], ...]


@dataclass(frozen=True)
class Font:
    """A SoundFont file and its presets, sorted by bank and program."""

    path: Path
    sha256: str
    title: str
    copyright: str
    presets: tuple[Preset, ...]


@dataclass(frozen=True)
class _Zone:
    low: int
    high: int
    shift: int  # semitones from the key to the key at which the sample keeps its own pitch
    sample: int


def read_font(path: Path) -> Font:
    """Read the headers of a SoundFont 2 file.

    Raises:
        InputError: the file is missing, is no SoundFont, or is truncated.
    """
    check_riff(path)
    from sf2utils.sf2parse import Sf2File

    parse_errors = (ValueError, TypeError, LookupError, AttributeError, EOFError, struct.error)
    with path.open("rb") as file, _quiet_parser():
        try:
            parsed: Any = Sf2File(file)
            info = parsed.info
            presets = [_read_preset(raw) for raw in parsed.presets if hasattr(raw, "bank")]
        except parse_errors as error:
            raise InputError(
                f"{path}: the SoundFont's tables cannot be read ({error}); fetch the file again"
            ) from error
    if not presets:
        raise InputError(f"{path}: this SoundFont has no presets; give another one")
    presets.sort(key=lambda preset: (preset.bank, preset.program))
    title, copyright_line = info.bank_name or path.stem, info.copyright or ""
    return Font(path, file_sha256(path), title, copyright_line, tuple(presets))


def check_riff(path: Path) -> None:
    """Refuse what is no SoundFont, or less of one than its header promises, in one line.

    Raises:
        InputError: see above.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(12)
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise InputError(f"{path}: {reason.lower()}; give the path of a .sf2 file") from error
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:12] != b"sfbk":
        raise InputError(f"{path}: not a SoundFont 2 file (no RIFF/sfbk header); give a .sf2 file")
    promised = int.from_bytes(head[4:8], "little") + 8
    if size < promised:
        raise InputError(
            f"{path}: truncated SoundFont ({size} of {promised} bytes); fetch the file again"
        )


@contextmanager
def _quiet_parser() -> Generator[None]:
    """sf2utils warns about every odd loop through the root logger; those are not our errors."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def _read_preset(raw: Any) -> Preset:
    sounding: dict[int, set[int]] = {}
    near: set[int] = set()
    for zone in _zones(raw):
        for key in range(max(zone.low, LOWEST_PITCH), min(zone.high, HIGHEST_PITCH) + 1):
            sounding.setdefault(key, set()).add(zone.sample)
            if abs(key + zone.shift) <= NEAR_SEMITONES:
                near.add(key)
    keys = tuple(sorted(near))
    name = " ".join(raw.name.split())
    return Preset(raw.bank, raw.preset, name, keys, tuple(frozenset(sounding[k]) for k in keys))


def _zones(raw: Any) -> Iterator[_Zone]:
    for outer in raw.bags:
        if outer.instrument is None:
            continue
        outer_low, outer_high = outer.key_range or (0, 127)
        bags = outer.instrument.bags
        fallback = bags[0] if bags and bags[0].sample is None else None
        for bag in bags:
            if bag.sample is None:
                continue
            low, high = _either(bag, fallback, "key_range") or (0, 127)
            root = _either(bag, fallback, "base_note")
            root = bag.sample.original_pitch if root is None else root
            shift = (_either(bag, fallback, "tuning") or 0) + (outer.tuning or 0) - root
            index = bag.gens[53].word  # generator 53: sampleID
            yield _Zone(max(low, outer_low), min(high, outer_high), shift, index)


def _either(bag: Any, fallback: Any, field: str) -> Any:
    """A generator of the zone, or else of the instrument's global zone."""
    value = getattr(bag, field)
    return getattr(fallback, field) if value is None and fallback is not None else value
