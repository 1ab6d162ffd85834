"""Speed of the note codec on one core."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from trichord.codec.note.codec import NoteCodec
from trichord.studies.codec import note_codec
from trichord.studies.study import HeldNote, Study
from trichord.studies.tables import Table, Target

LEAST_DECODE, LEAST_ENCODE = 60.0, 20.0
_RATE = 44100


def codec_speed_table(study: Study) -> Table:
    """Speed of the note codec on one core, as a multiple of real time."""
    codec = note_codec(study)
    notes = study.draw("codec speed", "test", 1)[: study.count(24)]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        speeds = [_speed(codec, note) for note in notes]
    finally:
        torch.set_num_threads(threads)
    encode, decode = (float(np.median(column)) for column in zip(*speeds, strict=True))
    rows = (
        ("encode", encode, float(min(s[0] for s in speeds))),
        ("decode", decode, float(min(s[1] for s in speeds))),
    )
    return Table(
        title="Speed of the note codec on one core",
        columns=("", "times real time, median", "slowest note"),
        rows=rows,
        about=(
            f"{len(notes)} notes of 5 s of the test split, one at a time, one thread; seconds of "
            "processor time, best of three, after one run that does not count."
        ),
        targets=(
            _speed_target("decode", LEAST_DECODE, decode),
            _speed_target("encode", LEAST_ENCODE, encode),
        ),
        raw={"encode_decode": speeds},
    )


def _speed_target(what: str, least: float, measured: float) -> Target:
    bound, shown = f"≥ {least:g} × real time", f"{measured:.0f} ×"
    return Target(f"note codec: {what}, one core", bound, shown, measured >= least)


def _speed(codec: NoteCodec, note: HeldNote) -> tuple[float, float]:
    wave, pitch = torch.from_numpy(note.wave)[None, None], torch.tensor([note.pitch])
    with torch.no_grad():
        codes = codec.encode(wave, pitch)
        encode = _seconds(lambda: codec.encode(wave, pitch))
        decode = _seconds(lambda: codec.decode(codes, pitch))
    seconds = len(note.wave) / _RATE
    return seconds / encode, seconds / decode


def _seconds(work: Callable[[], Any]) -> float:
    work()
    best = math.inf
    for _ in range(3):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best
