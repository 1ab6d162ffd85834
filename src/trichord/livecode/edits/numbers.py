"""Numbers in a program: moved within their limits and spelt as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from trichord.livecode.edits.base import Change
from trichord.livecode.templates.key import spell
from trichord.livecode.templates.places import Place
from trichord.livecode.templates.words import pitch
from trichord.livecode.tree import span

if TYPE_CHECKING:
    from tree_sitter import Node

LIMITS: dict[str, tuple[float, float]] = {
    "amp": (0.0, 10.0), "pan": (-1.0, 1.0), "mix": (0.0, 1.0), "cutoff": (20.0, 130.0),
    "release": (0.01, 60.0), "attack": (0.0, 60.0), "sustain": (0.0, 60.0), "room": (0.0, 1.0),
    "sleep": (0.06, 64.0), "bpm": (20.0, 300.0), "res": (0.0, 0.95), "rate": (-4.0, 4.0),
    "phase": (0.05, 32.0), "decay": (0.05, 64.0), "note": (16.0, 115.0),
}  # fmt: skip
"""Lowest and highest value that an edit writes, by meaning."""


def spell_number(value: float, like: str) -> str:
    """A number as the program spells such numbers: whole ones stay whole where they can."""
    if "." not in like and abs(value - round(value)) < 1e-9:
        return str(round(value))
    rounded = f"{value:.4g}"
    return f"{float(rounded):g}" if "." not in like or "." in rounded else f"{rounded}.0"


def limit(meaning: str, value: float) -> float:
    """The value within the limits of its meaning."""
    low, high = LIMITS.get(meaning, (-1e9, 1e9))
    return min(high, max(low, value))


def moved(found: Iterable[Place], move: Callable[[float], float]) -> list[Change]:
    """Changes that move the numbers at some places, each within its limits."""
    changes: list[Change] = []
    for place in found:
        if isinstance(place.value, str):
            continue
        new = limit(place.meaning, move(float(place.value)))
        like = source_of(place.node)
        spelt = spell_number(new, like)
        if spelt != like:
            changes.append((span(place.node), spelt))
    return changes


def midi_of(place: Place) -> float | None:
    """The MIDI note at a place of a note; None for a word that is none."""
    return pitch(place.value) if isinstance(place.value, str) else float(place.value)


def spell_note(midi: float, place: Place) -> str:
    """A MIDI note spelt as the note at the place: a name stays a name of its kind."""
    like = source_of(place.node)
    if not isinstance(place.value, str):
        return spell_number(midi, like)
    name = spell(round(midi), place.value)
    return like.replace(place.value, name, 1)


def source_of(node: Node) -> str:
    """The text of a node."""
    return (node.text or b"").decode()
