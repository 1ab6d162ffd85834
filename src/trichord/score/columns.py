"""Many scores as a few flat arrays: the compact form for tens of thousands of programs.

Texts are stored once, in one table; events, parameters and changes are rows of structured arrays
that lie behind each other. `numpy.savez(path, **pack(scores))` keeps them, and `unpack` gives the
same scores again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trichord.score.events import KINDS, Change, Event, Score
from trichord.score.single import shortest

Columns = dict[str, NDArray[Any]]

# How many rows of each list belong to an event; they lie behind each other in the same order.
_COUNTS = [(name, "<u4") for name in ("given", "changes", "route", "files", "pauses")]

SCORE = np.dtype(
    [("duration", "<f8"), ("latency", "<f8"), ("events", "<u4"), ("instruments", "<u4")]
)
EVENT = np.dtype(
    [
        ("node", "<i8"),
        ("kind", "u1"),
        ("name", "<u4"),
        ("instrument", "<u4"),
        ("start", "<f8"),
        ("end", "<f8"),
        ("beat", "<f8"),  # NaN: none
        ("thread", "<u4"),
        ("line", "<i8"),  # 0: not known
        *_COUNTS,
    ]
)
VALUE = np.dtype([("name", "<u4"), ("value", "<f4")])
CHANGE = np.dtype(
    [
        ("time", "<f8"),
        ("parameter", "<u4"),
        ("value", "<f4"),
        ("slide", "<f4"),
        ("shape", "<f4"),
        ("curve", "<f4"),
    ]
)
FILE = np.dtype([("name", "<u4"), ("path", "<u4")])
PAUSE = np.dtype([("time", "<f8"), ("on", "u1")])
INSTRUMENT = np.dtype([("name", "<u4"), ("defaults", "<u4")])  # number of a set of defaults
SET = np.dtype([("values", "<u4")])


def pack(scores: Iterable[Score]) -> Columns:
    """Scores as arrays by name.

    `scores`, `events`, `given`, `changes`, `route`, `files` and `pauses` are the rows of all scores
    behind each other; `instruments` name a row of `sets`, and that counts rows of `defaults`;
    `texts` (UTF-8, `text_bytes` each) are what the numbers in columns of names stand for.
    Parameters are stored as 32-bit floats, which is what a synthesiser gets.
    """
    return _Packer().pack(scores)


def unpack(columns: Mapping[str, NDArray[Any]]) -> list[Score]:
    """The scores that `pack` was given."""
    return list(_Reader(columns).scores())


class _Packer:
    def __init__(self) -> None:
        self._texts: dict[str, int] = {}
        self._sets: dict[tuple[tuple[int, float], ...], int] = {}
        self._rows: dict[str, list[Any]] = {name: [] for name in _KINDS_OF_ROWS}

    def pack(self, scores: Iterable[Score]) -> Columns:
        for score in scores:
            self._score(score)
        for values in self._sets:
            self._rows["sets"].append((len(values),))
            self._rows["defaults"] += values
        columns = {name: np.array(rows, _KINDS_OF_ROWS[name]) for name, rows in self._rows.items()}
        texts = [text.encode("utf-8", "surrogatepass") for text in self._texts]
        return {
            **columns,
            "texts": np.frombuffer(b"".join(texts), np.uint8),
            "text_bytes": np.array([len(text) for text in texts], "<u4"),
        }

    def _score(self, score: Score) -> None:
        self._rows["scores"].append(
            (score.duration, score.latency, len(score.events), len(score.instruments))
        )
        for name, defaults in score.instruments.items():
            values = tuple(self._values(defaults))
            number = self._sets.setdefault(values, len(self._sets))
            self._rows["instruments"].append((self._text(name), number))
        for event in score.events:
            self._event(event)

    def _event(self, event: Event) -> None:
        rows, text = self._rows, self._text
        rows["events"].append(
            (
                event.node,
                KINDS.index(event.kind),
                text(event.name),
                text(event.instrument),
                event.start,
                event.end,
                np.nan if event.beat is None else event.beat,
                text(event.thread),
                event.line or 0,
                *(len(getattr(event, name)) for name, _ in _COUNTS),
            )
        )
        rows["given"] += self._values(event.given)
        rows["changes"] += [
            (c.time, text(c.parameter), c.value, c.slide, c.shape, c.curve) for c in event.changes
        ]
        rows["route"] += event.route
        rows["files"] += [(text(name), text(path)) for name, path in event.files.items()]
        rows["pauses"] += event.pauses

    def _values(self, values: Mapping[str, float]) -> list[tuple[int, float]]:
        return [(self._text(name), value) for name, value in values.items()]

    def _text(self, text: str) -> int:
        return self._texts.setdefault(text, len(self._texts))


class _Reader:
    """Reads rows in the order in which they were written."""

    def __init__(self, columns: Mapping[str, NDArray[Any]]) -> None:
        self._texts = _read_texts(columns["texts"].tobytes(), columns["text_bytes"])
        self._rows = {name: columns[name].tolist() for name in _KINDS_OF_ROWS}
        self._at = dict.fromkeys(self._rows, 0)
        self._sets = [dict(self._values("defaults", count)) for (count,) in self._rows["sets"]]

    def scores(self) -> Iterator[Score]:
        for duration, latency, events, instruments in self._rows["scores"]:
            yield Score(
                duration=duration,
                latency=latency,
                instruments={
                    self._texts[name]: self._sets[number]
                    for name, number in self._take("instruments", instruments)
                },
                events=tuple(self._event(row) for row in self._take("events", events)),
            )

    def _event(self, row: Sequence[Any]) -> Event:
        node, kind, name, instrument, start, end, beat, thread, line, *counts = row
        given, changes, route, files, pauses = counts
        return Event(
            node=node,
            kind=KINDS[kind],
            name=self._texts[name],
            instrument=self._texts[instrument],
            start=start,
            end=end,
            beat=None if beat != beat else beat,
            thread=self._texts[thread],
            line=line or None,
            given=dict(self._values("given", given)),
            changes=tuple(
                Change(time, self._texts[parameter], *map(shortest, numbers))
                for time, parameter, *numbers in self._take("changes", changes)
            ),
            route=tuple(self._take("route", route)),
            files={
                self._texts[name]: self._texts[path] for name, path in self._take("files", files)
            },
            pauses=tuple((time, bool(on)) for time, on in self._take("pauses", pauses)),
        )

    def _values(self, column: str, count: int) -> Iterator[tuple[str, float]]:
        for name, value in self._take(column, count):
            yield self._texts[name], shortest(value)

    def _take(self, column: str, count: int) -> list[Any]:
        start = self._at[column]
        self._at[column] = start + count
        return self._rows[column][start : start + count]


def _read_texts(content: bytes, sizes: NDArray[Any]) -> list[str]:
    ends = np.cumsum(sizes, dtype=np.int64).tolist()
    starts = [0, *ends]
    return [
        content[start:end].decode("utf-8", "surrogatepass")
        for start, end in zip(starts, ends, strict=False)
    ]


_KINDS_OF_ROWS: dict[str, np.dtype[Any]] = {
    "scores": SCORE,
    "instruments": INSTRUMENT,
    "sets": SET,
    "defaults": VALUE,
    "events": EVENT,
    "given": VALUE,
    "changes": CHANGE,
    "route": np.dtype("<i8"),
    "files": FILE,
    "pauses": PAUSE,
}
