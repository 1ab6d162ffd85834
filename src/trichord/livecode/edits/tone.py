"""Colour and envelope: filters, attacks, releases, other synths."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import ClassVar

from trichord.livecode.calls import Call
from trichord.livecode.compose.sounds import BASSES, FILTERED, LEADS, NOISES, PADS, STABS
from trichord.livecode.edits.base import Choices, Draft, Mutation, Value
from trichord.livecode.edits.known import places
from trichord.livecode.edits.options import ScaleOption, ShiftOption, bare_sounds, synth_of
from trichord.livecode.edits.parts import sounding
from trichord.livecode.templates.places import Place
from trichord.livecode.tree import Tree, span

_FILTERS = ("lpf", "rlpf", "nlpf", "nrlpf")


class _Filter(ShiftOption):
    meanings = ("cutoff", "cutoff_max")
    targets = ("synth", "sample", "effect")

    def _numbers(self, tree: Tree) -> list[Place]:
        """Cut-offs that let less through when lower: those of high-pass effects do not."""
        return [
            place
            for place in super()._numbers(tree)
            if place.target != "effect" or place.meaning != "cutoff" or _lets_low_through(place)
        ]


def _lets_low_through(place: Place) -> bool:
    return bool(place.names) and place.names[0] in _FILTERS


class OpenFilter(_Filter):
    """Raises cut-offs: brighter."""

    name = "open_filter"
    choices: ClassVar[Choices] = {"by": (8, 15, 25)}
    said = "brighter (filter opened)"


class CloseFilter(_Filter):
    """Lowers cut-offs, or gives one to synths that have none: darker."""

    name = "close_filter"
    choices: ClassVar[Choices] = {"by": (-10, -20, -30)}
    said = "darker (filter closed)"

    def addable(self, tree: Tree) -> list[Call]:
        """Notes of synths with a filter, and samples."""
        return [
            call
            for call in bare_sounds(tree, "cutoff")
            if call.name == "sample" or synth_of(tree, call) in FILTERED
        ]

    def added(self, drawn: Mapping[str, Value]) -> tuple[str, str]:
        """From the 110 or so that synths have by default."""
        return "cutoff", str(105 + int(drawn["by"]))


class LongerRelease(ScaleOption):
    """Lets notes ring on."""

    name = "longer_release"
    choices: ClassVar[Choices] = {"factor": (1.5, 2.0, 3.0)}
    meanings, targets, said = ("release",), ("synth",), "with a longer release"

    def addable(self, tree: Tree) -> list[Call]:
        """Notes whose release is the default of one beat."""
        return [call for call in bare_sounds(tree, "release") if call.name != "sample"]

    def added(self, drawn: Mapping[str, Value]) -> tuple[str, str]:
        """The default times the factor."""
        return "release", f"{drawn['factor']:g}"


class ShorterRelease(LongerRelease):
    """Cuts notes short."""

    name = "shorter_release"
    choices: ClassVar[Choices] = {"factor": (0.25, 0.4, 0.6)}
    said = "with a shorter release"


class SofterAttack(ScaleOption):
    """Lets notes swell."""

    name = "softer_attack"
    choices: ClassVar[Choices] = {"factor": (2.0, 3.0)}
    meanings, targets, said = ("attack",), ("synth",), "with a softer attack"

    def addable(self, tree: Tree) -> list[Call]:
        """Notes that begin at once, as they do by default."""
        return [call for call in bare_sounds(tree, "attack") if call.name != "sample"]

    def added(self, drawn: Mapping[str, Value]) -> tuple[str, str]:
        """A tenth of a beat or so."""
        return "attack", f"{float(drawn['factor']) * 0.06:.2g}"


class HarderAttack(ScaleOption):
    """Lets notes that swell begin sooner."""

    name = "harder_attack"
    choices: ClassVar[Choices] = {"factor": (0.1, 0.3, 0.5)}
    meanings, targets, said = ("attack",), ("synth",), "with a harder attack"


class SwapSynth(Mutation):
    """Plays a part on another synth of the same role."""

    name = "swap_synth"

    def sites(self, tree: Tree) -> Sequence[Place]:
        """Names of synths that a role knows."""
        return [each for each in places(tree) if each.meaning == "synth" and _role(each.value)]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """One name becomes another; options that the new synth does not know are ignored by it."""
        place = rng.choice(list(self.sites(tree)))
        old = str(place.value)
        pool = [each for each in _role(old) if each != old and _fits(tree, place, each)]
        new = rng.choice(sorted(pool) or [old])
        like = (place.node.text or b"").decode()
        change = (span(place.node), like.replace(old, new, 1))
        return Draft([change], f"{old} becomes {new}", {"from": old, "to": new})


def _role(name: object) -> tuple[str, ...]:
    """The synths that may stand for one another: the first role that knows the name."""
    for pool in (NOISES, PADS, BASSES, STABS, LEADS):
        if name in pool:
            return tuple(pool)
    return ()


def _fits(tree: Tree, place: Place, new: str) -> bool:
    """A synth may be refused for an option's value that it knows other limits for."""
    names = {each.name for call in sounding(tree) for each in call.keywords}
    if "pluck" in (new, place.value):
        return "decay" not in names and "attack" not in names
    return not ({"wave", "phase", "range", "res", "divisor", "depth"} & names) or new in FILTERED
