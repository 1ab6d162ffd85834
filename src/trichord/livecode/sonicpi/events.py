"""From the messages of a run to the events of a score.

The walk keeps what scsynth would keep: which nodes and groups there are, what their parameters
are, and who reads which bus. Source: "Server Command Reference" of SuperCollider.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from trichord.livecode.sonicpi.nodes import Groups
from trichord.livecode.sonicpi.recording import Argument, Message, Recording
from trichord.livecode.sonicpi.scorefile import heard
from trichord.livecode.sonicpi.synthdefs import SynthDefs
from trichord.score import Change, Event, Kind, Score, shortest

LATENCY = 0.02
"""Seconds by which Sonic Pi's master limiter delays everything."""

_PREFIX = "sonic-pi-"
_LARGEST = 3.4028235e38  # of the 32-bit floats; JSON has no infinity
_MIXERS = ("mixer", "basic_mixer")
_SLIDES = ("_slide", "_slide_shape", "_slide_curve")
_STRAIGHT = (0.0, 1.0, 0.0)


def score_of(recording: Recording, definitions: SynthDefs) -> Score:
    """Everything that a run plays, as a score.

    Args:
        recording: The run.
        definitions: Where the parameters and their defaults are read.
    """
    walk = _Walk(recording, definitions)
    order = sorted(heard(recording.messages), key=lambda m: (max(m.time_ns, 0), m.order))
    for message in order:
        if message.time_ns < recording.end_ns:
            walk.take(message)
    return walk.score()


def friendly(instrument: str, sample: str | None) -> tuple[Kind, str]:
    """What a definition is, and what a program calls it: `sonic-pi-fx_echo` is the effect echo."""
    name = instrument.removeprefix(_PREFIX)
    if name.startswith("fx_"):
        return "effect", name.removeprefix("fx_")
    if name in _MIXERS:
        return "mixer", name
    if name.endswith("_player"):
        return "sample", PurePath(sample).stem if sample else name
    return "synth", name


@dataclass
class _Node:
    """A synth while the walk goes on."""

    message: Message
    kind: Kind
    name: str
    instrument: str
    parameters: Mapping[str, float]
    given: dict[str, float]
    now: dict[str, float]
    files: dict[str, str]
    changes: list[Change] = field(default_factory=list[Change])
    pauses: list[tuple[float, bool]] = field(default_factory=list[tuple[float, bool]])
    end: float | None = None


class _Walk:
    def __init__(self, recording: Recording, definitions: SynthDefs) -> None:
        self._duration = recording.seconds
        self._ends = recording.ends
        self._definitions = definitions
        self._nodes: dict[int, _Node] = {}
        self._groups = Groups()
        self._readers: dict[float, list[int]] = {}  # bus -> effects and mixers that read it
        self._files: dict[int, str] = {}
        self._steps: dict[str, Callable[[Message], None]] = {
            "/s_new": self._start,
            "/g_new": self._group,
            "/n_set": self._set,
            "/n_free": self._free,
            "/g_freeAll": self._free_inside,
            "/g_deepFree": self._free_inside,
            "/n_run": self._run,
            "/n_order": self._order,
            "/b_allocRead": self._load,
        }

    def take(self, message: Message) -> None:
        step = self._steps.get(message.address)
        if step is not None:
            step(message)

    def score(self) -> Score:
        used = {node.instrument: node.parameters for node in self._nodes.values()}
        events = [self._event(number, node) for number, node in self._nodes.items()]
        return Score(self._duration, tuple(events), used, LATENCY)

    def _event(self, number: int, node: _Node) -> Event:
        return Event(
            node=number,
            kind=node.kind,
            name=node.name,
            instrument=node.instrument,
            start=_time(node.message),
            end=self._end(number, node),
            beat=node.message.beat,
            thread=node.message.thread,
            line=node.message.line,
            given=node.given,
            changes=tuple(node.changes),
            route=tuple(self._route(node)),
            files=node.files,
            pauses=tuple(node.pauses),
        )

    def _end(self, number: int, node: _Node) -> float:
        ends = [self._duration]
        if node.end is not None:
            ends.append(node.end)
        if number in self._ends:
            ends.append(self._ends[number] / 1e9)
        return max(min(ends), _time(node.message))

    def _start(self, message: Message) -> None:
        instrument, number, place, target, *pairs = message.arguments
        instrument, number = str(instrument), _whole(number)
        definition = self._definitions.get(instrument)
        known = definition.defaults if definition else {}
        given = {
            name: value for name, value in _pairs(pairs) if definition is None or name in known
        }
        now = {**known, **given}
        files = {
            name: self._files[int(value)]
            for name, value in now.items()
            if _names_buffer(name) and value in self._files
        }
        kind, name = friendly(instrument, files.get("buf"))
        self._nodes[number] = _Node(message, kind, name, instrument, known, given, now, files)
        self._groups.add(number, _whole(place), _whole(target))
        if kind in ("effect", "mixer") and "in_bus" in now:
            self._readers.setdefault(now["in_bus"], []).append(number)

    def _route(self, node: _Node) -> Iterator[int]:
        """Who reads the bus that a node writes to, and so on to the last.

        Sonic Pi makes the outer effect first, though the inner one may begin earlier, and gives a
        bus to another effect only after the last one is gone. So the reader is the one that was
        sent last before the node.
        """
        while (reader := self._reader(node)) is not None:
            yield reader
            node = self._nodes[reader]

    def _reader(self, node: _Node) -> int | None:
        order = node.message.order
        bus = {**node.parameters, **node.given}.get("out_bus", -1.0)
        readers = ((self._nodes[each].message.order, each) for each in self._readers.get(bus, ()))
        sent, reader = max((pair for pair in readers if pair[0] < order), default=(-1, -1))
        if sent < 0 or self._end(reader, self._nodes[reader]) < _time(node.message):
            return None
        return reader

    def _group(self, message: Message) -> None:
        for group, place, target in _by(3, message.arguments):
            self._groups.add(_whole(group), _whole(place), _whole(target))

    def _set(self, message: Message) -> None:
        target, *pairs = message.arguments
        values = dict(_pairs(pairs))
        time = _time(message)
        for node in self._alive(_whole(target), time):
            known = {k: v for k, v in values.items() if not node.parameters or k in node.now}
            node.now.update(known)
            node.changes += [
                Change(time, name, value, *_slide(node.now, name))
                for name, value in known.items()
                if not _is_slide(name, node.now)
            ]

    def _run(self, message: Message) -> None:
        for target, on in _by(2, message.arguments):
            for node in self._alive(_whole(target), _time(message)):
                node.pauses.append((_time(message), bool(on)))

    def _free(self, message: Message) -> None:
        for target in message.arguments:
            self._stop(_whole(target), message)

    def _free_inside(self, message: Message) -> None:
        for target in message.arguments:
            for child in self._groups.children(_whole(target)):
                self._stop(child, message)

    def _stop(self, target: int, message: Message) -> None:
        for node in self._alive(target, _time(message)):
            node.end = _time(message)
        self._groups.remove(target)

    def _order(self, message: Message) -> None:
        place, target, *numbers = message.arguments
        for number in numbers:
            self._groups.add(_whole(number), _whole(place), _whole(target))

    def _load(self, message: Message) -> None:
        number, path, *_ = message.arguments
        self._files[_whole(number)] = str(path)

    def _alive(self, target: int, time: float) -> Iterator[_Node]:
        """The synth of this number, or all synths in the group of this number."""
        for number in self._groups.within(target):
            node = self._nodes.get(number)
            if node is not None and self._end(number, node) >= time:
                yield node


def _time(message: Message) -> float:
    return max(message.time_ns, 0) / 1e9


def _pairs(arguments: Sequence[Argument]) -> Iterator[tuple[str, float]]:
    for name, value in _by(2, arguments):
        if isinstance(name, str) and isinstance(value, int | float):
            yield name, shortest(min(max(float(value), -_LARGEST), _LARGEST))


def _by(size: int, arguments: Sequence[Argument]) -> Iterable[tuple[Argument, ...]]:
    return zip(*[iter(arguments)] * size, strict=False)


def _whole(value: Argument) -> int:
    return int(value)


def _names_buffer(parameter: str) -> bool:
    return parameter == "buf" or parameter.endswith("_buf")


def _is_slide(name: str, parameters: Mapping[str, float]) -> bool:
    """Whether this only says how another parameter moves."""
    return any(
        name.endswith(ending) and name.removesuffix(ending) in parameters for ending in _SLIDES
    )


def _slide(parameters: Mapping[str, float], name: str) -> tuple[float, float, float]:
    """Seconds, shape and curve with which a parameter moves now; a jump has neither."""
    seconds = parameters.get(f"{name}_slide", 0.0)
    if not seconds > 0:
        return _STRAIGHT
    shape = parameters.get(f"{name}_slide_shape", 1.0)
    return seconds, shape, parameters.get(f"{name}_slide_curve", 0.0)
