"""What travels down the grammar: the song (key, tempo, genre), the writer's style, names in use."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trichord.livecode.compose import theory
from trichord.livecode.compose.engine import Lines, weighted
from trichord.livecode.compose.genres import GENRES, WEIGHTS, Genre
from trichord.livecode.compose.names import COMMENTS, function_name, loop_name
from trichord.livecode.compose.style import Style, draw_style


@dataclass(frozen=True)
class Song:
    """What all layers of a piece share.

    Attributes:
        bpm: beats a minute.
        unit: what one beat is in the program's own time: 1 with `use_bpm`, else seconds a beat.
        tonic: pitch class of the key, 0 is C.
        mode: name of the mode, a key of `theory.MODES`.
        meter: beats a bar.
        progression: degrees of the chords, from 0.
        chord_beats: how long a chord lasts.
    """

    genre: Genre
    bpm: int
    unit: float
    tonic: int
    mode: str
    meter: int
    progression: tuple[int, ...]
    chord_beats: float


@dataclass(frozen=True)
class Body:
    """One round of a layer: its lines, its length in beats, and what stands before the loop."""

    lines: Lines
    beats: float
    setup: Lines = field(default_factory=list)


class Ticker:
    """How the rings of one body advance, in the manner of the writer."""

    def __init__(self, manner: str) -> None:
        self.manner = manner
        self.started = False

    def on(self, ring: str, name: str = "n") -> str:
        """The ring's present element."""
        if self.manner == "none":
            return f"{ring}.choose"
        if self.manner == "named":
            self.started = True
            return f"{ring}.tick(:{name})"
        return f"{ring}.{self._advance()}"

    def count(self) -> str:
        """The number of the present step."""
        return "look" if self.manner == "line" else self._advance()

    def _advance(self) -> str:
        if self.manner == "line" or self.started:
            self.started = True
            return "look"
        self.started = True
        return "tick"

    def head(self) -> Lines:
        """The line that advances, where this writer has one."""
        return ["tick"] if self.manner == "line" and self.started else []


class Piece:
    """The program that is being written."""

    def __init__(self, rng: random.Random, song: Song, style: Style) -> None:
        self.rng = rng
        self.song = song
        self.style = style
        self.used: list[str] = []
        self.names: set[str] = set()
        self.header: Lines = []
        self.shared: dict[str, str] = {}

    # --- chance
    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.rng.random() < probability

    def pick(self, items: Sequence[str]) -> str:
        """One of some texts."""
        return self.rng.choice(items)

    def value(self, *values: float) -> float:
        """One of some numbers."""
        return self.rng.choice(values)

    def weighted(self, table: Mapping[str, float]) -> str:
        """One key, drawn by its value."""
        return weighted(self.rng, table)

    # --- time
    def beats(self, beats: float) -> str:
        """A length of time in beats, in the program's own time."""
        return self.style.duration(round(beats * self.song.unit, 4))

    def sleep(self, beats: float) -> str:
        """The statement that waits."""
        return self.style.statement("sleep", [self.beats(beats)], {})

    def bar(self) -> int:
        """Beats of a bar."""
        return self.song.meter

    # --- pitch
    def tonic(self, low: int, high: int) -> int:
        """The tonic within [low, high], an octave or more."""
        return theory.into(60 + self.song.tonic, low, high)

    def note(self, midi: int) -> str:
        """A note as the writer spells it."""
        return self.style.note(midi)

    def melodic(self, degree: int, low: int) -> int:
        """MIDI note of a degree of the song's mode above its tonic at or over `low`."""
        return theory.degree_note(self.tonic(low, low + 11), self.song.mode, degree)

    def chord(self, degree: int, low: int, size: int = 3) -> tuple[int, str]:
        """Root and kind of the chord on a degree, its root at or over `low`."""
        root, kind = theory.chord_on(60 + self.song.tonic, self.song.mode, degree, size)
        return theory.into(root, low, low + 11), kind

    def chord_call(self, degree: int, low: int, size: int = 3, **options: str) -> str:
        """`(chord :e3, :m7)` for a degree."""
        root, kind = self.chord(degree, low, size)
        return self.style.function("chord", self.note(root), self.kind(kind), *_pairs(options))

    def kind(self, kind: str) -> str:
        """The kind of a chord as a symbol, or as a string where it is no word."""
        return f":{kind}" if kind[0].isalpha() else self.style.text(kind)

    def scale_call(self, low: int, octaves: int = 1) -> str:
        """`(scale :e3, :minor_pentatonic, num_octaves: 2)` in the song's key."""
        options = {"num_octaves": str(octaves)} if octaves > 1 else {}
        tonic = self.note(self.tonic(low, low + 11))
        return self.style.function("scale", tonic, f":{self.song.mode}", *_pairs(options))

    # --- names and comments
    def loop_name(self, role: str) -> str:
        """A fresh name for the loop of a role."""
        name = loop_name(self.rng, role, self.style.names, self.names)
        self.names.add(name)
        return name

    def function_name(self, role: str) -> str:
        """A fresh name for a function of a role."""
        name = function_name(self.rng, role, self.names)
        self.names.add(name)
        return name

    def variable(self, *wishes: str) -> str:
        """A fresh name of a variable: one of the wishes, numbered where they are all taken."""
        free = [each for each in wishes if each not in self.names]
        name = self.rng.choice(free) if free else ""
        at = 2
        while not name:
            trial = f"{wishes[0]}{at}"
            name, at = ("" if trial in self.names else trial), at + 1
        self.names.add(name)
        return name

    def comment(self, role: str) -> Lines:
        """A comment for a role, where this writer leaves one."""
        if not self.chance(self.style.comments):
            return []
        words = self.pick(COMMENTS[role])
        return [f"# {words}" if self.chance(0.85) else f"## {words}"]

    def ticker(self) -> Ticker:
        """A fresh ticker for a body."""
        return Ticker(self.style.ticks)


def _pairs(options: Mapping[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in options.items()]


def draw_song(rng: random.Random) -> Song:
    """Genre, tempo, key, mode, meter and chords of a piece."""
    genre = GENRES[weighted(rng, WEIGHTS)]
    low, high = genre.bpm
    bpm = rng.randrange(low, high + 1)
    if rng.random() < 0.7:
        bpm = min(high, max(low, round(bpm / 5) * 5))
    unit = 1.0
    if rng.random() < 0.18:  # no use_bpm: the program counts seconds
        unit = min((0.5, 0.4, 0.6, 0.75, 1.0, 0.8), key=lambda each: abs(60 / each - bpm))
        bpm = round(60 / unit)
    mode = weighted(rng, genre.modes)
    meter = weighted(rng, genre.meters)
    slow = genre.fast < 0.25
    bars = rng.choice((1, 1, 2)) if not slow else rng.choice((1, 2))
    return Song(
        genre=genre,
        bpm=bpm,
        unit=unit,
        tonic=weighted(
            rng, {0: 3, 2: 3, 4: 4, 5: 2, 7: 3, 9: 4, 11: 1.5, 1: 1, 3: 1, 6: 1, 8: 0.7, 10: 1}
        ),
        mode=mode,
        meter=meter,
        progression=theory.progression(rng, mode),
        chord_beats=float(meter * bars),
    )


def draw_piece(rng: random.Random) -> Piece:
    """An empty piece: song and style are drawn, nothing is written."""
    song = draw_song(rng)
    return Piece(rng, song, draw_style(rng, song.tonic))
