"""The hand of one writer: spellings that differ from person to person, kept within a program."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from trichord.livecode.compose.engine import weighted
from trichord.livecode.compose.theory import name_of

Options = dict[str, str]


@dataclass(frozen=True)
class Style:
    """How this writer spells what may be spelt in several ways.

    Attributes:
        notes: "names" (`:e3`) or "numbers" (52).
        flats: black keys as flats.
        calls: "outer" `(scale :e3, :minor)`, "inner" `scale(:e3, :minor)`.
        rings: "call" `(ring 1, 2)`, "paren" `ring(1, 2)`, "method" `[1, 2].ring`.
        synths: "use" (use_synth), "with" (with_synth … do), "direct" (synth :x, note: …).
        ticks: "first" (`.tick`, then `.look`), "line" (a line `tick`, then `.look`), "named".
        conditions: "suffix" (`play 60 if …`) or "block".
        parens: statements with parentheses: `play(60)`.
        comments: share of places for a comment that get one.
        names: theme of the names of loops, see `names.py`.
        amp_first: `amp:` stands before the other options, or after them.
        spaced: a blank line between the parts of a loop.
        quote: mark around strings.
        live: prefers live_loop to loops in threads.
        fractions: a quarter is `1.0 / 4` rather than 0.25.
    """

    notes: str
    flats: bool
    calls: str
    rings: str
    synths: str
    ticks: str
    conditions: str
    parens: bool
    comments: float
    names: str
    amp_first: bool
    spaced: bool
    quote: str
    fractions: bool

    def number(self, value: float) -> str:
        """A number without a tail of zeros: 2, 0.25."""
        text = f"{value:.4g}" if abs(value) < 100 else f"{value:.0f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def duration(self, value: float) -> str:
        """A length of time; this writer may like fractions of a beat."""
        if self.fractions and value in (0.25, 0.5, 0.125, 0.75):
            return {0.25: "1.0 / 4", 0.5: "1.0 / 2", 0.125: "1.0 / 8", 0.75: "3.0 / 4"}[value]
        return self.number(value)

    def note(self, midi: int) -> str:
        """A note by name or number."""
        return str(midi) if self.notes == "numbers" else f":{name_of(midi, flats=self.flats)}"

    def function(self, name: str, *arguments: str) -> str:
        """A call whose value is used, ready for `.tick` or a comma behind it."""
        inside = ", ".join(arguments)
        return f"({name} {inside})" if self.calls == "outer" else f"{name}({inside})"

    def ring(self, items: Sequence[str]) -> str:
        """A ring of the items."""
        head, tail = self.ring_marks()
        return f"{head}{', '.join(items)}{tail}"

    def ring_marks(self) -> tuple[str, str]:
        """What stands before and behind the items of a ring."""
        return {"method": ("[", "].ring"), "call": ("(ring ", ")"), "paren": ("ring(", ")")}[
            self.rings
        ]

    def statement(self, name: str, arguments: Sequence[str], options: Options) -> str:
        """A call that stands by itself, its options in this writer's order."""
        pairs = list(options.items())
        pairs.sort(key=lambda pair: (pair[0] == "amp") != self.amp_first)
        inside = ", ".join([*arguments, *(f"{name}: {value}" for name, value in pairs)])
        if self.parens:
            return f"{name}({inside})"
        # `play [1, 2].ring` and `play (ring 1)` are read as people mean them; a lone leading
        # bracket before more arguments is not, and is written with parentheses.
        return f"{name} {inside}" if inside else name

    def text(self, words: str) -> str:
        """A string in this writer's quotes."""
        return f"{self.quote}{words}{self.quote}"


def draw_style(rng: random.Random, tonic: int) -> Style:
    """A writer. Keys with flats are spelt with flats."""
    return Style(
        notes=weighted(rng, {"names": 5, "numbers": 1.5}),
        flats=tonic in (1, 3, 5, 8, 10),
        calls=weighted(rng, {"outer": 3, "inner": 2}),
        rings=weighted(rng, {"call": 3, "paren": 1, "method": 2}),
        synths=weighted(rng, {"use": 5, "with": 1.5, "direct": 3}),
        ticks=weighted(rng, {"first": 4, "line": 2, "named": 1.5}),
        conditions=weighted(rng, {"suffix": 3, "block": 1}),
        parens=rng.random() < 0.08,
        comments=weighted(rng, {0.0: 3, 0.25: 3, 0.6: 2, 0.9: 1}),
        names=weighted(rng, {"plain": 4, "short": 1, "poetic": 1.5, "role": 2, "test": 0.7}),
        amp_first=rng.random() < 0.4,
        spaced=rng.random() < 0.2,
        quote=weighted(rng, {'"': 3, "'": 2}),
        fractions=rng.random() < 0.06,
    )
