"""What the parts of a program do in the music: drums, bass or melody."""

from __future__ import annotations

import re
from statistics import median
from typing import Literal

from trichord.data.clips.sounds import DRUMS, find_name
from trichord.livecode.edits.base import Edit
from trichord.livecode.edits.known import places
from trichord.livecode.edits.numbers import midi_of
from trichord.livecode.edits.parts import Part, parts
from trichord.livecode.tree import Span, Tree

Role = Literal["drums", "bass", "melody", "none"]

LOWEST_MELODY = 48.0
"""MIDI; a part whose notes lie below C3 in the middle is a bass."""

_BASS_NAME = re.compile(r"bass|sub|low_end|acid|303", re.IGNORECASE)
_BASS_ROLES = frozenset({"bass", "acid"})


def role_of(tree: Tree, part: Part) -> Role:
    """What a part does, told by its name, its samples, its synths and its notes."""
    found = [each for each in places(tree) if part.holds(each.node)]
    samples = [str(each.value) for each in found if each.meaning == "sample"]
    drums = sum(_row_role("sample", name) in DRUMS for name in samples)
    notes = [midi for each in found if each.meaning == "note" and (midi := midi_of(each))]
    if drums > len(notes):
        return "drums"
    synths = {str(each.value) for each in found if each.meaning == "synth"}
    low = bool(notes) and median(notes) < LOWEST_MELODY
    named = any(_row_role("synth", name) in _BASS_ROLES for name in synths)
    if notes and (low or named or _BASS_NAME.search(part.name)):
        return "bass"
    return "melody" if notes else "none"


def spans_of(tree: Tree, role: Role) -> list[Span]:
    """The bytes of the parts that have a role."""
    return [part.span for part in parts(tree) if role_of(tree, part) == role]


def keeps_to(tree: Tree, edit: Edit, role: Role) -> bool:
    """Whether an edit of the program changes one part of the role and nothing else."""
    start, end = changed(tree.source, edit.code.encode())
    return any(low <= start and end <= high for low, high in spans_of(tree, role))


def changed(before: bytes, after: bytes) -> Span:
    """The bytes of `before` between the first and the last that differ from `after`."""
    shorter = min(len(before), len(after))
    start = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    rest = shorter - start
    tail = next((at for at in range(rest) if before[-1 - at] != after[-1 - at]), rest)
    return start, len(before) - tail


def _row_role(kind: str, name: str) -> str:
    row = find_name(kind, name)
    return "" if row is None else row.role
