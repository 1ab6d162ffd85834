"""Effects: added, removed, swapped, wetter, drier."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from trichord.livecode.calls import Call
from trichord.livecode.edits.base import Change, Choices, Draft, Mutation, Value
from trichord.livecode.edits.numbers import limit, source_of, spell_number
from trichord.livecode.edits.options import add_option
from trichord.livecode.edits.parts import Part, indent_of, line_start, newline, parts, statements
from trichord.livecode.literals import number, word
from trichord.livecode.tree import Tree, span

if TYPE_CHECKING:
    from tree_sitter import Node

ADDED: dict[str, str] = {
    "reverb": "room: 0.8, mix: 0.5", "echo": "phase: 0.375, decay: 4, mix: 0.4",
    "ping_pong": "phase: 0.375, mix: 0.4", "slicer": "phase: 0.25, mix: 0.7",
    "flanger": "phase: 4, mix: 0.5", "wobble": "phase: 2, mix: 0.5",
    "bitcrusher": "bits: 6, sample_rate: 8000, mix: 0.4", "distortion": "distort: 0.4, mix: 0.5",
    "lpf": "cutoff: 85", "hpf": "cutoff: 60", "tremolo": "phase: 0.5, depth: 0.6",
    "panslicer": "phase: 0.5, mix: 0.6", "krush": "gain: 3, mix: 0.3",
    "gverb": "room: 15, mix: 0.4", "ring_mod": "freq: 30, mix: 0.3", "octaver": "mix: 0.4",
    "ixi_techno": "phase: 4, mix: 0.6",
    "compressor": "threshold: 0.2",
}  # fmt: skip
"""Effects that an edit adds, with options that suit most sounds."""
_MIX = {"reverb": 0.4, "gverb": 1.0, "echo": 1.0}
"""The `mix` that an effect has where nothing is said; 1 for most."""


def effects(tree: Tree) -> list[Call]:
    """The calls of `with_fx` that name their effect."""
    return [
        call
        for call in tree.calls
        if call.name == "with_fx" and call.block is not None and call.positional and _name(call)
    ]


def _name(call: Call) -> str:
    return word(call.positional[0]) or ""


def _handle(call: Call) -> bool:
    """Whether the block takes the effect by name, to control it."""
    return call.block is not None and any(
        each.type == "block_parameters" for each in call.block.named_children
    )


class AddEffect(Mutation):
    """Puts an effect around a part."""

    name = "add_effect"
    choices: ClassVar[Choices] = {"effect": tuple(ADDED)}

    def sites(self, tree: Tree) -> Sequence[Part]:
        """Loops, threads and repeats on lines of their own."""
        return [
            part
            for part in parts(tree)
            if part.call.name not in ("define", "ndefine")
            and not _shares_line(tree, part.call.node)
            and "\n=begin" not in source_of(part.call.node)
        ]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """One part, its lines one step deeper."""
        part = rng.choice(list(self.sites(tree)))
        effect = str(drawn["effect"])
        node, end = part.call.node, newline(tree)
        pad = indent_of(tree, node)
        lines = source_of(node).splitlines()
        deeper = [
            f"{pad}  {lines[0]}",
            *(f"  {line}" if line.strip() else line for line in lines[1:]),
        ]
        text = end.join([f"with_fx :{effect}, {ADDED[effect]} do", *deeper, f"{pad}end"])
        return Draft([(span(node), text)], f"{effect} around {part.label}", {"part": part.label})


class RemoveEffect(Mutation):
    """Takes an effect away and leaves what was in it."""

    name = "remove_effect"

    def sites(self, tree: Tree) -> Sequence[Call]:
        """Effects that nothing controls, on lines of their own."""
        return [
            call
            for call in effects(tree)
            if not _handle(call)
            and call.keyword("reps") is None
            and statements(call)
            and not _shares_line(tree, call.node)
            and _body_on_lines(call)
        ]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """One effect; its lines move out by a step."""
        call = rng.choice(list(self.sites(tree)))
        assert call.block is not None
        source, end = tree.source, newline(tree)
        head_end = source.index(b"\n", _opening(call)) + 1
        tail_start = line_start(tree, call.node.end_byte)
        inner = source[head_end:tail_start].decode().rstrip("\r\n").splitlines()
        outer_pad = indent_of(tree, call.node)
        step = _step(inner, outer_pad)
        out = [line[step:] if line[:step].strip() == "" else line for line in inner]
        text = (
            end.join(out)[len(outer_pad) :]
            if out and out[0].startswith(outer_pad)
            else end.join(out).lstrip()
        )
        return Draft([(span(call.node), text)], f"{_name(call)} removed", {"effect": _name(call)})


def _opening(call: Call) -> int:
    """Where the block begins."""
    assert call.block is not None
    return call.block.start_byte


def _step(lines: Sequence[str], pad: str) -> int:
    """How much deeper the lines stand than the effect."""
    depths = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    return max(0, min(depths, default=0) - len(pad))


def _body_on_lines(call: Call) -> bool:
    body = statements(call)
    return (
        body[0].start_point[0] > call.node.start_point[0]
        and body[-1].end_point[0] < call.node.end_point[0]
    )


def _shares_line(tree: Tree, node: Node) -> bool:
    before = tree.source[line_start(tree, node.start_byte) : node.start_byte]
    after = tree.source[node.end_byte :].split(b"\n", 1)[0].split(b"#", 1)[0]
    return bool(before.strip() or after.strip())


class SwapEffect(Mutation):
    """Another effect in the place of one."""

    name = "swap_effect"
    choices: ClassVar[Choices] = {"effect": tuple(ADDED)}

    def sites(self, tree: Tree) -> Sequence[Call]:
        """Effects that nothing controls."""
        return [
            call for call in effects(tree) if not _handle(call) and call.keyword("reps") is None
        ]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """Name and options change; options that the old effect had are its own and go."""
        call = rng.choice(list(self.sites(tree)))
        old, new = _name(call), str(drawn["effect"])
        if new == old:
            new = rng.choice([each for each in ADDED if each != old])
        first = call.positional[0]
        last = max((first, *(each.value for each in call.keywords)), key=lambda n: n.end_byte)
        change = ((first.start_byte, last.end_byte), f":{new}, {ADDED[new]}")
        return Draft([change], f"{old} becomes {new}", {"from": old, "effect": new})


class Wetter(Mutation):
    """More of an effect."""

    name = "wetter"
    choices: ClassVar[Choices] = {"by": (0.15, 0.25, 0.4)}
    said = "more"

    def sites(self, tree: Tree) -> Sequence[Call]:
        """Effects with a written mix that can still move, or with none."""
        by = float(self.choices["by"][0])
        return [
            call
            for call in effects(tree)
            if _mix(call) is not None and 0 <= (_mix(call) or 0) + by <= 1
        ]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """One effect."""
        call = rng.choice(list(self.sites(tree)))
        value = limit("mix", (_mix(call) or 0.0) + float(drawn["by"]))
        node = call.keyword("mix")
        change: Change = (
            add_option(call, "mix", f"{value:.4g}")
            if node is None
            else (span(node), spell_number(value, source_of(node)))
        )
        return Draft([change], f"{self.said} {_name(call)}", {"effect": _name(call)})


class Drier(Wetter):
    """Less of an effect."""

    name = "drier"
    choices: ClassVar[Choices] = {"by": (-0.15, -0.25, -0.4)}
    said = "less"


def _mix(call: Call) -> float | None:
    """The mix of an effect; None where it is not a written number."""
    node = call.keyword("mix")
    if node is None:
        return None if _name(call) in ("level", "pan", "eq") else _MIX.get(_name(call), 1.0)
    return number(node)


class EffectTime(Mutation):
    """Echoes, slices and wobbles at another pace."""

    name = "effect_time"
    choices: ClassVar[Choices] = {"factor": (0.5, 0.75, 1.5, 2.0)}

    def sites(self, tree: Tree) -> Sequence[Call]:
        """Effects with a written phase."""
        return [
            call
            for call in effects(tree)
            if (node := call.keyword("phase")) is not None and number(node)
        ]

    def draft(self, tree: Tree, drawn: Mapping[str, Value], rng: random.Random) -> Draft:
        """One effect; echoes stay within the two beats that they can hold."""
        call = rng.choice(list(self.sites(tree)))
        node = call.keyword("phase")
        assert node is not None
        longest = {"echo": 2.0, "ping_pong": 1.0}.get(_name(call), 32.0)
        value = min(longest, limit("phase", float(number(node) or 1.0) * float(drawn["factor"])))
        change = (span(node), spell_number(value, source_of(node)))
        return Draft([change], f"{_name(call)} at another pace", {"effect": _name(call)})
