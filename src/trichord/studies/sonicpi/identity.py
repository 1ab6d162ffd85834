"""Messages without the numbers that a server happens to give to nodes, buses and buffers."""

from __future__ import annotations

import hashlib
import struct
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trichord.studies.sonicpi.wire import Argument

_BUS_ARGUMENTS = frozenset({"in_bus", "out_bus", "out-bus", "in-bus", "mod_bus"})
_BUFFER_ARGUMENTS = frozenset({"buf", "buffer", "rand_buf", "out-buf", "buf_num"})
_ROUNDS = 8
"""Rounds of refinement: how far along a chain of groups, effects and buses an identity looks."""

Identity = tuple[str, int]
"""A kind ("node", "bus", "buffer") and a number."""


@dataclass(frozen=True)
class Shape:
    """A message in two halves: what it says, and whom it says it of."""

    form: str
    """Address, types and values, a placeholder for every number that is an identity."""
    identities: tuple[Identity, ...]
    """The numbers that were taken out, in order."""


def shape(address: str, arguments: Sequence[Argument]) -> Shape:
    """Takes nodes, buses and buffers out of a message; floats get the precision of the wire."""
    kinds = _kinds(address, arguments)
    form = [address]
    identities: list[Identity] = []
    for place, argument in enumerate(arguments):
        kind = kinds.get(place)
        if kind is not None and not isinstance(argument, str):
            identities.append((kind, int(argument)))
            form.append(f"<{kind}>")
        else:
            form.append(repr(_on_the_wire(argument)))
    return Shape(" ".join(form), tuple(identities))


def _on_the_wire(argument: Argument) -> Argument:
    if isinstance(argument, float):
        return struct.unpack(">f", struct.pack(">f", argument))[0]
    return argument


def _kinds(address: str, arguments: Sequence[Argument]) -> dict[int, str]:
    """Which arguments are identities, by place."""
    count = len(arguments)
    if address == "/s_new":
        return {1: "node", 3: "node", **_named(arguments, 4)}
    if address == "/n_set":
        return {0: "node", **_named(arguments, 1)}
    if address == "/n_map":
        return {0: "node", **dict.fromkeys(range(2, count, 2), "bus")}
    if address in ("/n_free", "/g_freeAll", "/g_deepFree"):
        return dict.fromkeys(range(count), "node")
    if address == "/n_run":
        return dict.fromkeys(range(0, count, 2), "node")
    if address == "/n_order":
        return dict.fromkeys(range(1, count), "node")
    if address == "/g_new":
        return {place: "node" for place in range(count) if place % 3 != 1}
    if address.startswith("/b_"):
        return {0: "buffer"}
    if address == "/c_set":
        return dict.fromkeys(range(0, count, 2), "bus")
    return {}


def _named(arguments: Sequence[Argument], first: int) -> dict[int, str]:
    kinds: dict[int, str] = {}
    for place in range(first, len(arguments) - 1, 2):
        if arguments[place] in _BUS_ARGUMENTS:
            kinds[place + 1] = "bus"
        elif arguments[place] in _BUFFER_ARGUMENTS:
            kinds[place + 1] = "buffer"
    return kinds


Name = tuple[int, ...]
"""What an identity is called after looking 0, 1, 2 … steps around it."""


def names(messages: Sequence[tuple[object, tuple[Identity, ...]]]) -> list[tuple[Name, ...]]:
    """Names for identities that depend only on what is said of them, never on their numbers.

    This is colour refinement (Weisfeiler and Leman): at first an identity is its kind; then what
    its messages say; then also whom they name beside it; and so on. Streams that differ in numbers
    alone get the same names; where they differ otherwise, names agree up to the steps that it
    takes to get to the difference.

    Args:
        messages: for each what it says (with its time, in any hashable form) and of whom.

    Returns:
        For each message the names of its identities.
    """
    steps: list[Mapping[Identity, int]] = [
        {identity: hash_of(identity[0]) for _, all_ in messages for identity in all_}
    ]
    for _ in range(_ROUNDS):
        steps.append(_refined(messages, steps[-1]))
    named = {identity: tuple(step[identity] for step in steps) for identity in steps[0]}
    return [tuple(named[identity] for identity in all_) for _, all_ in messages]


def agreement(one: Sequence[Name], other: Sequence[Name]) -> int:
    """Over how many steps the identities of two messages have the same names."""
    return sum(
        a == b
        for name, partner in zip(one, other, strict=True)
        for a, b in zip(name, partner, strict=True)
    )


def _refined(
    messages: Sequence[tuple[object, tuple[Identity, ...]]], name: Mapping[Identity, int]
) -> dict[Identity, int]:
    said: defaultdict[Identity, list[int]] = defaultdict(list)
    for what, identities in messages:
        around = tuple(name[identity] for identity in identities)
        for place, identity in enumerate(identities):
            said[identity].append(hash_of((what, place, around)))
    return {identity: hash_of((name[identity], sorted(all_))) for identity, all_ in said.items()}


def hash_of(value: object) -> int:
    """A number for a value, the same in every run of Python."""
    return int.from_bytes(hashlib.blake2b(repr(value).encode(), digest_size=8).digest())
