"""Notes: transposed, in other modes and chords, upside down and backwards."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from trichord.livecode.edits.base import Change, Choices, Draft, Mutation, Value
from trichord.livecode.edits.known import places
from trichord.livecode.edits.numbers import LIMITS, midi_of, spell_note
from trichord.livecode.edits.options import add_option
from trichord.livecode.edits.parts import EVERYTHING, choose_part
from trichord.livecode.templates.key import pitch_classes
from trichord.livecode.templates.places import Place
from trichord.livecode.tree import Tree, span

if TYPE_CHECKING:
    from tree_sitter import Node

MODES = ("major", "minor", "dorian", "phrygian", "lydian", "mixolydian", "harmonic_minor",
         "minor_pentatonic", "major_pentatonic", "hirajoshi", "egyptian", "whole_tone",
         "blues_minor")  # fmt: skip
CHORDS = {
    "triad": ("major", "minor", "sus2", "sus4"),
    "seventh": ("major7", "m7", "dom7", "m9", "maj9", "minor7", "add9", "madd9"),
}
_ALIASES = {"M": "major", "m": "minor", "M7": "major7", "maj": "major", "min": "minor"}


def notes(tree: Tree) -> list[Place]:
    """The notes that are written out."""
    return [each for each in places(tree) if each.meaning == "note" and midi_of(each) is not None]


def shifted(found: Sequence[Place], by: float) -> list[Change] | None:
    """Changes that move notes by semitones; None where one would leave what can be heard."""
    low, high = LIMITS["note"]
    changes: list[Change] = []
    for place in found:
        midi = midi_of(place)
        if midi is None or midi == 0:
            continue
        if not low <= midi + by <= high:
            return None
        changes.append((span(place.node), spell_note(midi + by, place)))
    return changes


class Transpose(Mutation):
    """Moves every written note by some semitones."""

    name = "transpose"
    choices: ClassVar[Choices] = {"semitones": (-7, -5, -4, -3, -2, 2, 3, 4, 5, 7)}

    def sites(self, tree: Tree) -> Sequence[Place]:
        """Notes by name or number."""
        return notes(tree)

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft | None:
        """The whole program moves, so that it stays in one key."""
        by = int(drawn["semitones"])
        changes = shifted(self.sites(tree), by)
        where = "up" if by > 0 else "down"
        return (
            None
            if changes is None
            else Draft(changes, f"everything {where} {abs(by)} semitones", {"part": EVERYTHING})
        )


class Octave(Mutation):
    """Moves a part by octaves."""

    name = "octave_shift"
    choices: ClassVar[Choices] = {"octaves": (-1, 1)}

    def sites(self, tree: Tree) -> Sequence[Place]:
        """Notes by name or number."""
        return notes(tree)

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft | None:
        """One part, or all of them."""
        chosen, part = choose_part(tree, self.sites(tree), rng, whole=0.15)
        octaves = int(drawn["octaves"])
        changes = shifted(chosen, 12 * octaves)
        where = "higher" if octaves > 0 else "lower"
        return (
            None if changes is None else Draft(changes, f"{part} an octave {where}", {"part": part})
        )


class ChangeMode(Mutation):
    """Another scale on the same tonic."""

    name = "change_mode"
    choices: ClassVar[Choices] = {"mode": MODES}

    def sites(self, tree: Tree) -> Sequence[Place]:
        """Names of scales."""
        return [each for each in places(tree) if each.meaning == "scale"]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """Every scale of the name that most places have."""
        found = [str(each.value) for each in self.sites(tree)]
        old = max(sorted(set(found)), key=found.count)
        new = str(drawn["mode"])
        if new == old:
            new = rng.choice([each for each in MODES if each != old])
        changes = [_renamed(each, new) for each in self.sites(tree) if each.value == old]
        return Draft(changes, f"{_said(old)} becomes {_said(new)}", {"from": old, "mode": new})


class ChangeChord(Mutation):
    """Another kind of chord on the same root."""

    name = "change_chord"

    def sites(self, tree: Tree) -> Sequence[Place]:
        """Kinds of chords that a family knows."""
        return [each for each in places(tree) if each.meaning == "chord" and _family(each.value)]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """One chord."""
        place = rng.choice(list(self.sites(tree)))
        old = str(place.value)
        known = _ALIASES.get(old, old)
        new = rng.choice([each for each in _family(old) if each != known])
        return Draft(
            [_renamed(place, new)],
            f"a {_said(old)} chord becomes {_said(new)}",
            {"from": old, "to": new},
        )


class WiderChord(Mutation):
    """A chord or scale over more octaves."""

    name = "widen_range"
    choices: ClassVar[Choices] = {"octaves": (2, 3)}

    def sites(self, tree: Tree) -> Sequence[object]:
        """Chords and scales over one octave, their arguments in parentheses."""
        return [
            call
            for call in tree.calls
            if call.name in ("scale", "chord") and len(call.positional) == 2 and not call.keywords
        ]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """One of them."""
        found = [call for call in tree.calls if call in self.sites(tree)]
        call = rng.choice(found)
        change = add_option(call, "num_octaves", str(drawn["octaves"]))
        return Draft([change], f"a {call.name} over {drawn['octaves']} octaves", {})


class InvertChord(Mutation):
    """A chord in another inversion."""

    name = "invert_chord"
    choices: ClassVar[Choices] = {"inversion": (1, 2, -1)}

    def sites(self, tree: Tree) -> Sequence[object]:
        """Chords that nothing is said of."""
        return [
            call
            for call in tree.calls
            if call.name == "chord" and len(call.positional) == 2 and not call.keywords
        ]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """One chord."""
        call = rng.choice([each for each in tree.calls if each in self.sites(tree)])
        change = add_option(call, "invert", str(drawn["inversion"]))
        return Draft([change], f"a chord in inversion {drawn['inversion']}", {})


# --- lines of notes
def note_lists(tree: Tree) -> list[list[Place]]:
    """Lists that are nothing but three notes or more: lines that somebody wrote."""
    by_node = {place.node.id: place for place in notes(tree)}
    found: list[list[Place]] = []
    for node in tree.nodes:
        items = _items(tree, node)
        line = [by_node[each.id] for each in items if each.id in by_node]
        if len(line) >= 3 and len(line) == len(items):
            found.append(line)
    return found


def _items(tree: Tree, node: Node) -> list[Node]:
    if node.type == "array":
        return list(node.named_children)
    if node.type == "call" and tree.call(node).name == "ring" and tree.call(node).positional:
        return list(tree.call(node).positional)
    return []


class _Line(Mutation):
    """A change of one line of notes."""

    def sites(self, tree: Tree) -> Sequence[list[Place]]:
        """Lines of three notes or more that are not all alike."""
        return [each for each in note_lists(tree) if len({midi_of(place) for place in each}) > 1]


class InvertMelody(_Line):
    """A line upside down: what rose now falls."""

    name = "invert_melody"

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft | None:
        """Mirrored about its first note, each note taken to the nearest of the program's key."""
        line = rng.choice(list(self.sites(tree)))
        classes = pitch_classes(places(tree))
        axis = midi_of(line[0]) or 0.0
        low, high = LIMITS["note"]
        changes: list[Change] = []
        for place in line[1:]:
            target = 2 * axis - (midi_of(place) or axis)
            near = min(
                range(round(target) - 6, round(target) + 7),
                key=lambda n: (n % 12 not in classes, abs(n - target), n),
            )
            if not low <= near <= high:
                return None
            changes.append((span(place.node), spell_note(near, place)))
        return Draft(changes, "a line of notes upside down", {"length": len(line)})


class ReverseMelody(_Line):
    """A line backwards."""

    name = "reverse_melody"

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """The same spellings in the other order."""
        line = rng.choice(list(self.sites(tree)))
        return Draft(
            _reordered(line, line[::-1]), "a line of notes backwards", {"length": len(line)}
        )


class RotateMelody(_Line):
    """A line that begins later in itself."""

    name = "rotate_melody"
    choices: ClassVar[Choices] = {"by": (1, 2, 3)}

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """The same spellings, turned."""
        line = rng.choice(list(self.sites(tree)))
        by = int(drawn["by"]) % len(line) or 1
        return Draft(
            _reordered(line, line[by:] + line[:by]),
            f"a line of notes turned by {by}",
            {"length": len(line)},
        )


class VaryNote(Mutation):
    """One note of a line goes to its neighbour in the key."""

    name = "vary_note"
    choices: ClassVar[Choices] = {"steps": (-2, -1, 1, 2)}

    def sites(self, tree: Tree) -> Sequence[list[Place]]:
        """Lines of three notes or more."""
        return note_lists(tree)

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft | None:
        """A step counts in notes of the program's key."""
        line = rng.choice(list(self.sites(tree)))
        place = rng.choice(line)
        old = midi_of(place)
        if old is None:
            return None
        classes, steps, new = pitch_classes(places(tree)), int(drawn["steps"]), round(old)
        for _ in range(abs(steps)):
            new += 1 if steps > 0 else -1
            while new % 12 not in classes:
                new += 1 if steps > 0 else -1
        low, high = LIMITS["note"]
        if not low <= new <= high:
            return None
        return Draft(
            [(span(place.node), spell_note(new, place))],
            "one note of a line moved",
            {"from": round(old), "to": new},
        )


def _reordered(line: Sequence[Place], order: Sequence[Place]) -> list[Change]:
    texts = [(each.node.text or b"").decode() for each in order]
    return [(span(place.node), new) for place, new in zip(line, texts, strict=True)]


def _renamed(place: Place, new: str) -> Change:
    like = (place.node.text or b"").decode()
    return span(place.node), like.replace(str(place.value), new, 1)


def _family(kind: object) -> tuple[str, ...]:
    kind = _ALIASES.get(str(kind), str(kind))
    return next((family for family in CHORDS.values() if kind in family), ())


def _said(name: str) -> str:
    return name.replace("_", " ")
