"""A recorded run as the score file that `scsynth -N` plays."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from trichord.livecode.sonicpi import osc
from trichord.livecode.sonicpi.osc import Argument
from trichord.livecode.sonicpi.recording import Message, Recording

# What a score may ask of scsynth: nodes, buses and buffers. Nothing writes, loads code or quits.
ALLOWED = frozenset(
    {
        *("/s_new", "/n_set", "/n_setn", "/n_fill", "/n_map", "/n_mapn", "/n_mapa", "/n_mapan"),
        *("/n_free", "/n_run", "/n_before", "/n_after", "/n_order"),
        *("/g_new", "/g_head", "/g_tail", "/g_freeAll", "/g_deepFree"),
        *("/b_alloc", "/b_allocRead", "/b_free", "/b_zero", "/b_set", "/b_setn", "/b_fill"),
        *("/c_set", "/c_setn", "/c_fill"),
    }
)

# These only look at the sound, and crash a scsynth that has no screen to show it on.
LOOKERS = frozenset(
    {"sonic-pi-scope", "sonic-pi-fx_scope_out", "sonic-pi-recorder", "sonic-pi-server-info"}
)

SEED_NAME = "trichord-seed"
SEED_NODE = 900_000_000


@dataclass(frozen=True)
class ScoreFile:
    """The bytes of a score and how long it plays, in seconds."""

    content: bytes
    seconds: float


def write(recording: Recording, definitions: Mapping[str, bytes], seed: int) -> ScoreFile:
    """Makes the score of a run.

    Args:
        recording: What the run sent.
        definitions: Compiled synth definitions, by name: all that the run uses.
        seed: Seeds scsynth's noise, which otherwise begins with the time of day.
    """
    timed = sorted(_timed(recording), key=lambda entry: entry[:3])
    beginning = [content for time, *_, content in timed if time == 0]
    loading = [osc.message("/d_recv", [seed_definition()])]
    loading += [osc.message("/d_recv", [content]) for content in definitions.values()]
    # Last at time zero, at the head of the root group: it runs before every other node.
    beginning.append(osc.message("/s_new", [SEED_NAME, SEED_NODE, 0, 0, "seed", float(seed)]))
    bundles = [osc.bundle(0, loading), osc.bundle(0, beginning), *_later(timed)]
    # The end of a score is the time of its last message, whatever that does.
    bundles.append(osc.bundle(recording.end_ns, [osc.message("/c_set", [0, 0.0])]))
    return ScoreFile(b"".join(bundles), recording.end_ns / 1e9)


_Entry = tuple[int, int, int, bytes]
"""Time in ns, buffers before all else, order of sending, the message."""


def _timed(recording: Recording) -> Iterator[_Entry]:
    loaded: set[Argument] = set()
    for message in heard(recording.messages):
        time = max(message.time_ns, 0)
        first = 1
        if message.address in ("/b_alloc", "/b_allocRead") and message.arguments[0] not in loaded:
            # Buffers are there before the first sound, as they would be on a warm server.
            loaded.add(message.arguments[0])
            time, first = 0, 0
        if time <= recording.end_ns:
            content = osc.message(message.address, message.arguments)
            yield time, first, message.order, content


def heard(messages: Iterable[Message]) -> Iterator[Message]:
    """The messages that a score may hold."""
    for message in messages:
        if message.address not in ALLOWED:
            continue
        if message.address == "/s_new" and message.arguments[0] in LOOKERS:
            continue
        yield message


def instruments(recording: Recording) -> list[str]:
    """Names of the synth definitions that the score uses, in the order of their first use."""
    starts = (m for m in heard(recording.messages) if m.address == "/s_new")
    return list(dict.fromkeys(str(message.arguments[0]) for message in starts))


def _later(timed: Sequence[_Entry]) -> Iterator[bytes]:
    later = (entry for entry in timed if entry[0] > 0)
    for time, group in itertools.groupby(later, key=lambda entry: entry[0]):
        yield osc.bundle(time, [content for *_, content in group])


def seed_definition() -> bytes:
    """A synth of one unit, `RandSeed.kr(1, seed)`, in the SCgf format, version 2."""

    def text(name: str) -> bytes:
        return bytes([len(name)]) + name.encode()

    control, scalar_and_control = 1, 0
    parts = [
        b"SCgf" + struct.pack(">ih", 2, 1) + text(SEED_NAME),
        struct.pack(">if", 1, 1.0),  # one constant: the trigger
        struct.pack(">if", 1, 0.0),  # one parameter
        struct.pack(">i", 1) + text("seed") + struct.pack(">i", 0),
        struct.pack(">i", 2),  # two units
        text("Control") + struct.pack(">biihb", scalar_and_control, 0, 1, 0, 0),
        text("RandSeed") + struct.pack(">biih", control, 2, 1, 0),
        struct.pack(">iiii", -1, 0, 0, 0),  # the constant; the parameter
        struct.pack(">b", control),
        struct.pack(">h", 0),  # no variants
    ]
    return b"".join(parts)
