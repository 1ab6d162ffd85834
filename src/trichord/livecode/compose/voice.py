"""A synth in its role: which one, how loud, with which of its own options, and how it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from trichord.livecode.compose.engine import Lines, block
from trichord.livecode.compose.piece import Body, Piece
from trichord.livecode.compose.sounds import (
    BASSES,
    FILTERED,
    LEADS,
    OWN_OPTIONS,
    PADS,
    SAMPLE_TRIM,
    STABS,
)
from trichord.livecode.compose.style import Options

LEVELS = {
    "drums": 1.5, "hats": 0.7, "break": 1.6, "bass": 1.1, "melody": 0.8, "arp": 0.6, "bell": 0.6,
    "chords": 0.8, "drone": 0.6, "texture": 0.9,
}  # fmt: skip
"""`amp` of a role for a synth of trim 1; the mixer leaves 14 dB above a single voice."""

POOLS = {"bass": BASSES, "melody": LEADS, "arp": LEADS, "bell": {"pretty_bell": 4, "dull_bell": 2,
          "beep": 2, "sine": 1.5, "pluck": 2, "piano": 2, "fm": 1, "tri": 1, "chiplead": 0.3},
          "chords": STABS, "drone": PADS, "texture": PADS}  # fmt: skip
_CUTOFFS = {"bass": (60, 70, 80, 90, 100), "drone": (60, 70, 80, 90), "chords": (75, 85, 95, 105)}


@dataclass
class Voice:
    """A synth with the way in which this writer calls it.

    Attributes:
        manner: "use", "with" or "direct", as in `Style.synths`.
        fixed: options that every note of the voice has.
        defaults: the fixed options stand in `use_synth_defaults`.
    """

    piece: Piece
    synth: str
    role: str
    manner: str
    fixed: Options = field(default_factory=dict)
    defaults: bool = False

    def play(self, note: str, options: Mapping[str, str] | None = None) -> str:
        """The statement that plays a note or a chord."""
        given = {**({} if self.defaults else self.fixed), **(options or {})}
        if self.manner == "direct":
            return self.piece.style.statement("synth", [f":{self.synth}"], {"note": note, **given})
        return self.piece.style.statement("play", [note], given)

    def dress(self, lines: Lines) -> Lines:
        """The lines of a body under this synth."""
        style = self.piece.style
        if self.defaults and self.fixed:
            lines = [style.statement("use_synth_defaults", [], self.fixed), *lines]
        if self.manner == "direct":
            return lines
        if self.manner == "with":
            return block(f"with_synth :{self.synth} do", lines)
        return [style.statement("use_synth", [f":{self.synth}"], {}), *lines]

    def dressed(self, body: Body) -> Body:
        """A body whose lines are under this synth."""
        return replace(body, lines=self.dress(body.lines))

    @property
    def filtered(self) -> bool:
        """The synth takes `cutoff`."""
        return self.synth in FILTERED


def level(piece: Piece, role: str, trim: float = 1.0, share: float = 1.0) -> float:
    """`amp` for a role, a little different each time, as rounded as people write it."""
    value = LEVELS[role] * trim * share * piece.rng.uniform(0.75, 1.2)
    return round(value, 1) if value >= 0.3 else max(0.05, round(value * 20) / 20)


def draw_voice(piece: Piece, role: str, *, can_default: bool = True) -> Voice:
    """A synth for the role by the genre's taste, with some of its own options."""
    genre = piece.song.genre
    taste = {"bass": genre.basses, "melody": genre.leads, "arp": genre.leads, "bell": genre.leads,
             "chords": genre.leads, "drone": genre.pads, "texture": genre.pads}[role]  # fmt: skip
    pool = {name: weight * taste.get(name, 1.0) for name, weight in POOLS[role].items()}
    synth = piece.weighted(pool)
    manner = piece.style.synths if piece.chance(0.8) else piece.weighted({"use": 2, "direct": 1})
    voice = Voice(piece, synth, role, manner)
    own = OWN_OPTIONS.get(synth, {})
    for name in own:
        if piece.chance(0.35):
            voice.fixed[name] = piece.style.number(piece.rng.choice(own[name]))
    voice.defaults = can_default and manner != "direct" and piece.chance(0.15)
    return voice


def draw_series(piece: Piece, role: str) -> Voice:
    """A voice for a line written out note by note: what the notes share stands in one place."""
    voice = draw_voice(piece, role)
    if piece.chance(0.8):
        voice.manner = "use" if voice.manner == "direct" else voice.manner
        voice.defaults = piece.chance(0.75)
    return voice


def sample_level(piece: Piece, name: str, role: str, share: float = 1.0) -> str:
    """`amp` of a sample in a role."""
    return piece.style.number(level(piece, role, SAMPLE_TRIM.get(name, 1.0), share))


def cutoffs(role: str) -> tuple[int, ...]:
    """Filter cut-offs (MIDI) that suit the role."""
    return _CUTOFFS.get(role, (80, 90, 100, 110))
