"""Records of programs are read strictly: they come from a process that ran a stranger's text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from trichord.livecode.sonicpi.record import parse
from trichord.livecode.sonicpi.recording import Buffer, Message, ProgramError

RECORD: dict[str, Any] = {
    "version": 1,
    "zero_ns": 1_500_000_000,
    "end_ns": 2_000_000_000,
    "finished": True,
    "messages": [[-5, None, None, None, "/g_new", [2, 0, 0]]],
    "prints": [[0.5, "live_loop_a", "hi", 2]],
    "cues": [[1, "/cue/a", [1, "x", {"b": None}], None]],
    "errors": [
        {"kind": "syntax", "message": "no", "line": 3, "column": 4, "thread": None},
    ],
    "notices": [{"message": "silent", "line": None}],
    "synthdefs": {"sonic-pi-beep": "/somewhere/beep.scsyndef"},
    "buffers": {"1": ["/somewhere/kick.flac", 100, 2, 44100]},
    "ends": {"10": 1_000_000},
    "cpu_seconds": 0.04,
}


def changed(**fields: Any) -> bytes:
    return json.dumps({**RECORD, **fields}).encode()


def test_a_record_becomes_a_typed_recording() -> None:
    found = parse(changed())
    assert found.messages == (Message(-5, 0, "", None, None, "/g_new", (2, 0, 0)),)
    assert found.buffers == {1: Buffer("/somewhere/kick.flac", 100, 2, 44100.0)}
    assert found.ends == {10: 1_000_000}
    assert found.errors == (ProgramError("syntax", "no", 3, 4),)
    assert (found.prints[0].text, found.cues[0].path, found.notices[0].line) == (
        "hi",
        "/cue/a",
        None,
    )
    assert found.seconds == 2.0


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        changed(version=2),
        changed(messages=[[0, "", 0, 1, "/cmd", []]]),
        changed(messages=[[0, "", 0, 1, "/s_new", [["nested"]]]]),
        changed(messages=[[0, "", 0, 1, "/s_new"]]),
        changed(errors=[{"kind": "fine", "message": "", "line": 1, "column": 1, "thread": ""}]),
        changed(buffers={"one": ["x", 1, 1, 1]}),
        changed(buffers={"1": ["x", 1, 1, float("nan")]}),
        changed(end_ns=1e999),
        changed(end_ns=10**15),
        changed(messages=[[True, "", 0, 1, "/s_new", []]]),
        changed(messages=[[0, "", 0, 0, "/s_new", []]]),
        changed(messages=[[0, "", 0, 1, "/s_new", [True]]]),
        changed(messages=[[0, "", 0, 1, "/n_free", [2**31]]]),
        changed(messages=[[0, "", 0, 1, "/s_new", []]]),
        changed(messages=[[0, "", 0, 1, "/s_new", ["beep", 1, 0, 0, "amp"]]]),
        changed(messages=[[0, "", 0, 1, "/n_set", ["1", "amp", 2.0]]]),
        b"[" + b"[]," * 2_000_000 + b"0]",
    ],
    ids=lambda record: repr(record[:12]),
)
def test_anything_else_is_refused(record: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(record)
