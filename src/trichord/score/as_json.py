"""Scores as JSON and back: what is written is read again as the same score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from trichord.errors import InputError
from trichord.score.events import KINDS, Change, Event, Score

VERSION = 1

_STILL = {"slide": 0.0, "shape": 1.0, "curve": 0.0}
"""How a parameter moves where nothing is said: it jumps."""

T = TypeVar("T")


def to_json(score: Score) -> dict[str, Any]:
    """A score as an object of JSON; every event has all its parameters, defaults filled in.

    `given` lists the parameters that are not defaults. Fields that would be empty are left out.
    """
    return {
        "version": VERSION,
        "duration": score.duration,
        "latency": score.latency,
        "instruments": {name: dict(defaults) for name, defaults in score.instruments.items()},
        "events": [_event_out(score, event) for event in score.events],
    }


def from_json(fields: Any) -> Score:
    """The score that `to_json` wrote.

    Raises:
        InputError: the object is no score; the message names the field.
    """
    fields = _object(fields, "score")
    if fields.get("version") != VERSION:
        raise InputError(f"score: version is {fields.get('version')}, only {VERSION} is known")
    return Score(
        duration=_number(fields, "duration", "score"),
        events=tuple(
            _event_in(event, f"events[{index}]")
            for index, event in enumerate(_list(fields, "events", "score"))
        ),
        instruments={
            name: _numbers(defaults, f"instruments.{name}")
            for name, defaults in _object(fields.get("instruments"), "instruments").items()
        },
        latency=_number(fields, "latency", "score"),
    )


def _event_out(score: Score, event: Event) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "node": event.node,
        "kind": event.kind,
        "name": event.name,
        "instrument": event.instrument,
        "start": event.start,
        "end": event.end,
        "beat": event.beat,
        "thread": event.thread,
        "line": event.line,
        "arguments": score.arguments(event),
        "given": list(event.given),
        "route": list(event.route),
    }
    if event.files:
        fields["files"] = dict(event.files)
    if event.changes:
        fields["changes"] = [_change_out(change) for change in event.changes]
    if event.pauses:
        fields["pauses"] = [list(pause) for pause in event.pauses]
    return fields


def _change_out(change: Change) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "time": change.time,
        "parameter": change.parameter,
        "value": change.value,
    }
    moves = {"slide": change.slide, "shape": change.shape, "curve": change.curve}
    return fields | {name: value for name, value in moves.items() if value != _STILL[name]}


def _event_in(fields: Any, where: str) -> Event:
    fields = _object(fields, where)
    kind = fields.get("kind")
    if kind not in KINDS:
        raise InputError(f"{where}.kind: {kind!r} is none of {', '.join(KINDS)}")
    arguments = _numbers(fields.get("arguments"), f"{where}.arguments")
    return Event(
        node=_typed(fields, "node", where, int),
        kind=kind,
        name=_typed(fields, "name", where, str),
        instrument=_typed(fields, "instrument", where, str),
        start=_number(fields, "start", where),
        end=_number(fields, "end", where),
        beat=None if fields.get("beat") is None else _number(fields, "beat", where),
        thread=_typed(fields, "thread", where, str),
        line=None if fields.get("line") is None else _typed(fields, "line", where, int),
        given={name: arguments[name] for name in _list(fields, "given", where)},
        changes=_many(fields, "changes", where, _change_in),
        route=tuple(_list(fields, "route", where)),
        files=dict(_object(fields.get("files", {}), f"{where}.files")),
        pauses=tuple((float(time), bool(on)) for time, on in fields.get("pauses", ())),
    )


def _change_in(fields: Any, where: str) -> Change:
    fields = _STILL | _object(fields, where)
    return Change(
        time=_number(fields, "time", where),
        parameter=_typed(fields, "parameter", where, str),
        value=_number(fields, "value", where),
        slide=_number(fields, "slide", where),
        shape=_number(fields, "shape", where),
        curve=_number(fields, "curve", where),
    )


def _many(
    fields: Mapping[str, Any], name: str, where: str, read: Callable[[Any, str], T]
) -> tuple[T, ...]:
    values = _list(fields, name, where) if name in fields else []
    return tuple(read(value, f"{where}.{name}[{index}]") for index, value in enumerate(values))


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{where}: must be an object")
    return value


def _numbers(value: Any, where: str) -> dict[str, float]:
    fields = _object(value, where)
    return {name: _number(fields, name, where) for name in fields}


def _list(fields: Mapping[str, Any], name: str, where: str) -> list[Any]:
    return _typed(fields, name, where, list)


def _number(fields: Mapping[str, Any], name: str, where: str) -> float:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{where}.{name}: must be a number, is {value!r}")
    return float(value)


def _typed(fields: Mapping[str, Any], name: str, where: str, kind: type[T]) -> T:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, kind):
        raise InputError(f"{where}.{name}: must be of type {kind.__name__}, is {value!r}")
    return value
