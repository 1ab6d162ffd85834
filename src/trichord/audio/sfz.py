"""A reader of SFZ instrument files: headers, inheritance, macros and includes; no sound yet.

The format has no official grammar; this follows sfzformat.com and the habits of sfizz. Files come
from anywhere, so includes stay inside the instrument's folder and every size is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trichord.audio.sfz_text import SfzLine, SfzReader
from trichord.errors import InputError

MOST_OPCODES = 5_000_000
"""Of all regions together, inherited ones counted each time."""

LEVELS = ("global", "master", "group", "region")
"""Headers that hand their opcodes down, outermost first."""

LOOP_MODES = ("no_loop", "one_shot", "loop_continuous", "loop_sustain")


@dataclass(frozen=True)
class SfzRegion:
    """One region with everything that it inherits.

    Attributes:
        sample: path of the audio file, `default_path` applied; not checked for existence.
        lokey, hikey, pitch_keycenter: MIDI keys; lokey and hikey are -1 for a region that no key
            starts.
        lovel, hivel: MIDI velocities 0..127.
        tune: cents, `transpose` included.
        offset: first sample that is played.
        end: last sample that is played, inclusive; None for the file's last.
        loop_mode: one of `LOOP_MODES`, or None where the file itself decides.
        loop_start, loop_end: samples, the end inclusive; None where the file decides.
        opcodes: all opcodes as written, for whoever needs another one.
    """

    sample: Path
    lokey: int = 0
    hikey: int = 127
    pitch_keycenter: int = 60
    lovel: int = 0
    hivel: int = 127
    tune: float = 0.0
    offset: int = 0
    end: int | None = None
    loop_mode: str | None = None
    loop_start: int | None = None
    loop_end: int | None = None
    opcodes: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class SfzInstrument:
    """What an SFZ file says.

    Attributes:
        regions: those with an audio file, in the order of the file; those of a generator such as
            `*sine` are left out.
        control: opcodes of `<control>`, such as `default_path` and `hint_*`.
    """

    path: Path
    regions: tuple[SfzRegion, ...]
    control: Mapping[str, str]


def parse_sfz(path: Path) -> SfzInstrument:
    """Read an SFZ file and what it includes.

    Raises:
        InputError: a file is missing or no text, an include leaves the folder, a value is no
            number or key, a bound is passed, or there is no region with a sample.
    """
    reader = SfzReader(path)
    builder = _Builder(path)
    for line in reader.lines(path):
        builder.read(line)
    return builder.finish()


_TOKEN = re.compile(r"<([^<>]*)>|(?:(?<=\s)|(?<=>)|^)([A-Za-z_]\w*)=")


class _Builder:
    """Collects opcodes under their headers and closes a region when the next header comes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._control: dict[str, str] = {}
        self._levels: dict[str, dict[str, str]] = {level: {} for level in LEVELS}
        self._header = ""
        self._place = str(path)
        self._regions: list[SfzRegion] = []
        self._generated = False
        self._opcodes = 0

    def read(self, line: SfzLine) -> None:
        tokens = list(_TOKEN.finditer(line.text))
        for index, token in enumerate(tokens):
            end = tokens[index + 1].start() if index + 1 < len(tokens) else len(line.text)
            if token[1] is not None:
                self._open(token[1].strip().lower(), line.place)
            else:
                self._set(token[2].lower(), line.text[token.end() : end].strip())

    def _open(self, header: str, place: str) -> None:
        self._close()
        self._header, self._place = header, place
        if header in LEVELS:
            for inner in LEVELS[LEVELS.index(header) :]:
                self._levels[inner] = {}

    def _set(self, opcode: str, value: str) -> None:
        if self._header == "control":
            self._control[opcode] = value
        elif self._header in LEVELS:
            if opcode == "sample":
                value = self._control.get("default_path", "") + value
            self._levels[self._header][opcode] = value

    def _close(self) -> None:
        if self._header != "region":
            return
        opcodes: dict[str, str] = {}
        for level in LEVELS:
            opcodes |= self._levels[level]
        self._opcodes += len(opcodes)
        if self._opcodes > MOST_OPCODES:
            raise InputError(f"{self._place}: more than {MOST_OPCODES} opcodes; split the file")
        self._header = ""
        if "sample" not in opcodes:
            return
        if opcodes["sample"].removeprefix(self._control.get("default_path", "")).startswith("*"):
            self._generated = True
            return
        self._regions.append(self._region(opcodes))

    def _region(self, opcodes: dict[str, str]) -> SfzRegion:
        values = _Values(opcodes, self._place)
        shift = self._key_shift()
        key = values.key("key", shift)
        centre = values.key("pitch_keycenter", shift)
        low, high = values.key("lokey", shift), values.key("hikey", shift)
        sample = opcodes["sample"].replace("\\", "/")
        return SfzRegion(
            sample=self._path.parent / sample,
            lokey=_first(low, key, 0),
            hikey=_first(high, key, 127),
            pitch_keycenter=_first(centre, key, 60),
            lovel=_first(values.whole(0, 127, "lovel"), 0),
            hivel=_first(values.whole(0, 127, "hivel"), 127),
            tune=values.number("tune", "pitch") + 100.0 * values.number("transpose"),
            offset=_first(values.whole(0, _MOST_SAMPLES, "offset"), 0),
            end=values.whole(-1, _MOST_SAMPLES, "end"),
            loop_mode=values.loop_mode(),
            loop_start=values.whole(0, _MOST_SAMPLES, "loop_start", "loopstart"),
            loop_end=values.whole(0, _MOST_SAMPLES, "loop_end", "loopend"),
            opcodes=opcodes,
        )

    def _key_shift(self) -> int:
        values = _Values(self._control, f"{self._path}, <control>")
        octaves = _first(values.whole(-10, 10, "octave_offset"), 0)
        return _first(values.whole(-127, 127, "note_offset"), 0) + 12 * octaves

    def finish(self) -> SfzInstrument:
        """The instrument, once every line was read."""
        self._close()
        if not self._regions and not self._generated:
            raise InputError(f"{self._path}: no <region> with a sample; give an SFZ instrument")
        return SfzInstrument(self._path, tuple(self._regions), self._control)


_MOST_SAMPLES = 2**32


def _first(*values: int | None) -> int:
    """The first that is given; the last is the default."""
    return next(value for value in values if value is not None)


class _Values:
    """Typed reading of opcodes, with the place and the mend in every complaint."""

    def __init__(self, opcodes: Mapping[str, str], place: str) -> None:
        self._opcodes = opcodes
        self._place = place

    def _find(self, *names: str) -> tuple[str, str] | None:
        return next(((name, self._opcodes[name]) for name in names if name in self._opcodes), None)

    def whole(self, low: int, high: int, *names: str) -> int | None:
        """A whole number within bounds, or None where no name is given."""
        found = self._find(*names)
        if found is None:
            return None
        name, text = found
        if not re.fullmatch(r"[+-]?\d{1,12}(\.0*)?", text) or not low <= int(float(text)) <= high:
            raise self._complaint(name, text, f"a whole number from {low} to {high}")
        return int(float(text))

    def number(self, *names: str) -> float:
        """A number, 0 where no name is given."""
        found = self._find(*names)
        if found is None:
            return 0.0
        name, text = found
        if not re.fullmatch(r"[+-]?(\d{1,9}(\.\d*)?|\.\d+)", text):
            raise self._complaint(name, text, "a number")
        return float(text)

    def key(self, name: str, shift: int) -> int | None:
        """A MIDI number or note name; -1 stays -1, which means that no key is meant."""
        text = self._opcodes.get(name)
        if text is None or text == "sample":  # "pitch_keycenter=sample": the file's own root
            return None
        key = parse_key(text)
        if key is None:
            raise self._complaint(name, text, "a key such as 60, c4 or f#3")
        return key if key < 0 else min(max(key + shift, 0), 127)

    def loop_mode(self) -> str | None:
        """The loop mode, or None."""
        found = self._find("loop_mode", "loopmode")
        if found is None:
            return None
        name, text = found
        if text not in LOOP_MODES:
            raise self._complaint(name, text, "one of " + ", ".join(LOOP_MODES))
        return text

    def _complaint(self, name: str, text: str, wanted: str) -> InputError:
        return InputError(f"{self._place}: {name}={text[:40]}: must be {wanted}")


_NAME = re.compile(r"([a-g])([#♯b♭]?)(-?\d{1,2})", re.IGNORECASE)


def parse_key(text: str) -> int | None:
    """MIDI key from "60" or "c4" (60 is C4); -1 for "-1"; None if it is neither or out of range."""
    if re.fullmatch(r"-?\d{1,3}", text):
        key = int(text)
    elif found := _NAME.fullmatch(text):
        degree = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}[found[1].lower()]
        accidental = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}[found[2].lower()]
        key = 12 * (int(found[3]) + 1) + degree + accidental
        if key < 0:
            return None
    else:
        return None
    return key if -1 <= key <= 127 else None
