"""Samples: others of their kind, backwards, faster and slower."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import ClassVar

from trichord.livecode.calls import Call
from trichord.livecode.compose.sounds import ATMOSPHERES, BREAKS, KITS
from trichord.livecode.edits.base import Choices, Draft, Mutation, Value
from trichord.livecode.edits.known import places
from trichord.livecode.edits.numbers import source_of, spell_number
from trichord.livecode.edits.options import add_option, bare_sounds
from trichord.livecode.edits.parts import choose_part, sounding
from trichord.livecode.literals import number
from trichord.livecode.templates.places import Place
from trichord.livecode.tree import Tree, span

_PLAIN_KITS = ("house", "acoustic", "electro", "hop")

KINDS: dict[str, tuple[str, ...]] = {
    part: tuple(sorted({name for kit in _PLAIN_KITS for name in KITS[kit][part]}))
    for part in ("kick", "snare", "hat", "open", "perc")
} | {
    "loop": tuple(sorted(BREAKS)),
    "atmosphere": tuple(sorted(ATMOSPHERES)),
    "bass": ("bass_hit_c", "bass_hard_c", "bass_thick_c", "bass_woodsy_c", "bass_voxy_c",
             "bass_trance_c", "bass_drop_c"),
    "guitar": ("guit_e_fifths", "guit_e_slide", "guit_em9", "guit_harmonics"),
    "tabla": ("tabla_ghe1", "tabla_ghe3", "tabla_na", "tabla_na_o", "tabla_te1", "tabla_tun1"),
}  # fmt: skip
"""Samples that may stand for one another, by what they are to the ear."""
_PREFIXES = {"bd_": "kick", "sn_": "snare", "loop_": "loop", "ambi_": "atmosphere",
             "bass_": "bass", "guit_": "guitar", "tabla_": "tabla", "elec_": "perc",
             "perc_": "perc", "glitch_": "perc"}  # fmt: skip


def kind_of(name: object) -> str:
    """The kind of a sample; empty where none is known."""
    for kind, names in KINDS.items():
        if name in names:
            return kind
    return next((kind for prefix, kind in _PREFIXES.items() if str(name).startswith(prefix)), "")


class SwapSample(Mutation):
    """Another sample of the same kind."""

    name = "swap_sample"

    def sites(self, tree: Tree) -> Sequence[Place]:
        """Names of samples whose kind is known."""
        return [each for each in places(tree) if each.meaning == "sample" and kind_of(each.value)]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """Every place where the name stands, so that preloading follows."""
        old = str(rng.choice(list(self.sites(tree))).value)
        kind = kind_of(old)
        new = rng.choice([each for each in KINDS[kind] if each != old])
        changes = [
            (span(each.node), source_of(each.node).replace(old, new, 1))
            for each in self.sites(tree)
            if each.value == old
        ]
        return Draft(changes, f"{old} becomes {new}, another {kind}", {"from": old, "to": new})


class ReverseSample(Mutation):
    """Plays a sample backwards."""

    name = "reverse_sample"

    def sites(self, tree: Tree) -> Sequence[Call]:
        """Samples at a written rate, or at their own."""
        return _with_rate(tree)

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """One sample; its rate changes sign."""
        call = rng.choice(_with_rate(tree))
        node = call.keyword("rate")
        if node is None:
            return Draft([add_option(call, "rate", "-1")], "a sample backwards", {})
        rate = -(number(node) or 1.0)
        said = "a sample backwards" if rate < 0 else "a sample forwards again"
        return Draft([(span(node), spell_number(rate, source_of(node)))], said, {})


class SpeedSample(Mutation):
    """Plays samples faster and higher, or slower and lower."""

    name = "speed_sample"
    choices: ClassVar[Choices] = {"factor": (0.5, 0.75, 1.5, 2.0)}

    def sites(self, tree: Tree) -> Sequence[Call]:
        """Samples at a written rate, or at their own."""
        return _with_rate(tree)

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """Those of one part, or all."""
        chosen, part = choose_part(tree, _with_rate(tree), rng)
        factor = float(drawn["factor"])
        changes = []
        for call in chosen:
            node = call.keyword("rate")
            if node is None:
                changes.append(add_option(call, "rate", f"{factor:g}"))
            else:
                rate = (number(node) or 1.0) * factor
                changes.append((span(node), spell_number(rate, source_of(node))))
        said = "faster and higher" if factor > 1 else "slower and lower"
        return Draft(changes, f"samples of {part} {said}", {"part": part})


def _with_rate(tree: Tree) -> list[Call]:
    bare = [call for call in bare_sounds(tree, "rate") if call.name == "sample"]
    written = [
        call
        for call in sounding(tree)
        if call.name == "sample"
        and (node := call.keyword("rate")) is not None
        and number(node) not in (None, 0)
    ]
    return written + [call for call in bare if call.keyword("rpitch") is None]
