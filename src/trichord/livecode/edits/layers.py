"""Layers: one less, one more, one doubled."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from trichord.livecode.compose.effects import around, draw_effects
from trichord.livecode.compose.engine import block
from trichord.livecode.compose.genres import GENRES
from trichord.livecode.compose.layers import ROLES
from trichord.livecode.compose.piece import Piece, Song
from trichord.livecode.compose.style import draw_style
from trichord.livecode.compose.theory import MODES, progression
from trichord.livecode.edits.base import Change, Choices, Draft, Mutation, Value
from trichord.livecode.edits.known import places
from trichord.livecode.edits.numbers import midi_of
from trichord.livecode.edits.parts import SOUNDS, Part, indent_of, line_start, newline, parts
from trichord.livecode.edits.pitch import notes, shifted
from trichord.livecode.literals import number, word
from trichord.livecode.tree import Tree

if TYPE_CHECKING:
    from tree_sitter import Node

_WORD = re.compile(r"\w+")
_QUIET = ("use_", "load_", "set", "define", "defonce", "live_audio", "puts", "print", "ndefine")


def _sounds(tree: Tree, part: Part) -> bool:
    return any(call.name in SOUNDS and part.holds(call.node) for call in tree.calls)


def _asked_for(tree: Tree, part: Part) -> bool:
    """Whether other parts wait for the part's cue, or call it."""
    start, end = part.span
    outside = tree.source[:start] + b" " + tree.source[end:]
    return bool(part.name) and part.name in _WORD.findall(outside.decode())


class DropLayer(Mutation):
    """Leaves a loop out."""

    name = "drop_layer"

    def sites(self, tree: Tree) -> Sequence[Part]:
        """Loops that sound and that no other waits for, where another still sounds."""
        sounding = [
            part
            for part in parts(tree)
            if part.call.name in ("live_loop", "in_thread") and _sounds(tree, part)
        ]
        free = [part for part in sounding if not _asked_for(tree, part)]
        return free if len(sounding) > 1 else []

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """One loop with the effects and the comment that are its own."""
        part = rng.choice(list(self.sites(tree)))
        start, end = _whole_lines(tree, part.outer)
        return Draft([((start, end), "")], f"{part.label} dropped", {"part": part.label})


def _whole_lines(tree: Tree, node: Node) -> tuple[int, int]:
    """From the first line of the comment above a node to the blank line below it."""
    start = line_start(tree, node.start_byte)
    while start > 0:
        above = line_start(tree, start - 1)
        line = tree.source[above:start].strip()
        if not line.startswith(b"#"):
            break
        start = above
    end = tree.source.find(b"\n", node.end_byte) + 1 or len(tree.source)
    following = tree.source.find(b"\n", end) + 1
    if following and not tree.source[end:following].strip():
        end = following
    return start, end


class DoubleLayer(Mutation):
    """Plays a loop a second time, an octave away."""

    name = "double_layer"
    choices: ClassVar[Choices] = {"octaves": (-1, 1)}

    def sites(self, tree: Tree) -> Sequence[Part]:
        """Named live loops with written notes, not in an effect that they control."""
        found = notes(tree)
        return [
            part
            for part in parts(tree)
            if part.call.name == "live_loop"
            and part.name
            and any(part.holds(each.node) for each in found)
        ]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft | None:
        """The copy stands behind the loop, under a name of its own."""
        part = rng.choice(list(self.sites(tree)))
        octaves = int(drawn["octaves"])
        own = [each for each in notes(tree) if part.holds(each.node)]
        changes = shifted(own, 12 * octaves)
        if changes is None:
            return None
        name = _fresh(tree, f"{part.name}_{'high' if octaves > 0 else 'low'}")
        label = part.call.positional[0]
        start, end = part.span
        moved: list[Change] = [((a - start, b - start), new) for (a, b), new in changes]
        moved.append(((label.start_byte - start, label.end_byte - start), f":{name}"))
        copy = _replaced(tree.source[start:end], moved)
        text = newline(tree) * 2 + indent_of(tree, part.call.node) + copy
        where = "above" if octaves > 0 else "below"
        return Draft(
            [((end, end), text)], f"{part.label} doubled an octave {where}", {"part": part.label}
        )


def _replaced(source: bytes, changes: Sequence[Change]) -> str:
    pieces: list[bytes] = []
    at = 0
    for (start, end), new in sorted(changes):
        pieces += [source[at:start], new.encode()]
        at = end
    return b"".join([*pieces, source[at:]]).decode()


def _fresh(tree: Tree, wish: str) -> str:
    taken = set(_WORD.findall(tree.code))
    at, name = 2, wish
    while name in taken:
        name, at = f"{wish}_{at}", at + 1
    return name


class AddLayer(Mutation):
    """Adds a loop from the grammar of `compose`, in the program's key and tempo."""

    name = "add_layer"
    choices: ClassVar[Choices] = {"role": tuple(ROLES)}

    def sites(self, tree: Tree) -> Sequence[Node]:
        """The first line that takes time or sounds: the loop is written before it."""
        return [node for node in tree.root.named_children if _takes_time(tree, node)][:1]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """A live loop of the role that was drawn."""
        role = str(drawn["role"])
        tonic, mode = read_key(tree)
        piece = _piece(tree, tonic, mode, rng)
        body = ROLES[role].expand(piece)
        name = piece.loop_name(role)
        loop = around(
            piece, draw_effects(piece, role, most=1), block(f"live_loop :{name} do", body.lines)
        )
        head = [*piece.header, *body.setup]
        lines = [*head, *([""] if head else []), *loop, ""]
        end = newline(tree)
        start, _ = _whole_lines(tree, self.sites(tree)[0])
        text = end.join(lines) + end
        return Draft(
            [((start, start), text)], f"{role} added: :{name}", {"loop": name, "mode": mode}
        )


def _takes_time(tree: Tree, node: Node) -> bool:
    if node.type in ("comment", "assignment"):
        return False
    if node.type != "call":
        return node.type not in ("identifier", "operator_assignment")
    return not tree.call(node).name.startswith(_QUIET)


def read_tempo(tree: Tree) -> float | None:
    """The first tempo that a program sets; None where it keeps the default."""
    calls = (
        call for call in tree.calls if call.name in ("use_bpm", "with_bpm") and call.positional
    )
    return next((found for call in calls if (found := number(call.positional[0]))), None)


def read_key(tree: Tree) -> tuple[int, str]:
    """Pitch class of the tonic and a mode that holds the program's notes, as far as one can read.

    A written scale says it. Else the mode is the first of the usual ones that holds the most of
    the written notes, its tonic the note that occurs most.
    """
    for call in tree.calls:
        if call.name == "scale" and len(call.positional) >= 2:
            mode = word(call.positional[1])
            root = next(
                (each for each in notes(tree) if each.node.id == call.positional[0].id), None
            )
            midi = midi_of(root) if root else None
            if mode in MODES and midi is not None:
                return round(midi) % 12, mode
    counted = Counter(round(midi) % 12 for each in notes(tree) if (midi := midi_of(each)))
    if not counted:
        return 4, "minor_pentatonic"
    chords = [each for each in places(tree) if each.meaning == "chord"]
    minorish = any(
        str(each.value).startswith(("m", "minor")) and not str(each.value).startswith("maj")
        for each in chords
    )
    order = (
        ("minor", "dorian", "major", "mixolydian", "phrygian")
        if minorish
        else ("major", "minor", "mixolydian", "dorian")
    )
    tonic = max(sorted(counted), key=lambda each: counted[each])

    def inside(mode: str) -> int:
        steps = {(tonic + step) % 12 for step in MODES[mode]}
        return sum(count for each, count in counted.items() if each in steps)

    return tonic, max(order, key=inside)


def _piece(tree: Tree, tonic: int, mode: str, rng: random.Random) -> Piece:
    """An empty piece that takes its key, its tempo and its names from the program."""
    bpm = read_tempo(tree)
    song = Song(
        genre=GENRES["sketch"],
        bpm=round(bpm or 120),
        # Without a tempo, programs count seconds: half a second is the beat most write.
        unit=1.0 if bpm else 0.5,
        tonic=tonic,
        mode=mode,
        meter=4,
        progression=progression(rng, mode),
        chord_beats=4.0,
    )
    drawn = draw_style(rng, tonic)
    by_number = any(not isinstance(each.value, str) for each in notes(tree)[:4])
    style = replace(
        drawn, notes="numbers" if by_number else "names", comments=0.0, parens=False, names="plain"
    )
    piece = Piece(rng, song, style)
    piece.names |= set(_WORD.findall(tree.code))
    return piece
