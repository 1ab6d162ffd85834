"""A renderer and a source that stand in for Sonic Pi: a program is a line of words and numbers.

`play 60 0.5 sine` sounds a sine of that pitch every half second; `silence`, `clip` and `fail` do
what they say. It is importable by a fresh worker process.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import numpy as np

from trichord.data.clips.programs import Parts
from trichord.data.clips.renderer import Play, Rendering
from trichord.data.clips.schema import RENDER_RATE
from trichord.data.clips.sources import Draft, Family, Wishes
from trichord.score.events import Event, Score


def play(code: str, seconds: float, seed: int) -> Rendering:
    word, *rest = code.split()
    count = int(seconds * RENDER_RATE)
    time = np.arange(count) / RENDER_RATE
    if word == "fail":
        return Rendering(None, Score(seconds), (("syntax", "line 1: no"),), 0.0)
    if word == "silence":
        return Rendering(np.zeros((count, 2), np.int16), Score(seconds), (), 0.0)
    pitch, step = float(rest[0]), float(rest[1])
    hz = 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)
    tone = 0.3 * np.sin(2 * np.pi * hz * time) * np.exp(-4.0 * (time % step))
    if word == "clip":
        tone = np.clip(20.0 * tone, -1.0, 32767 / 32768)
    events = tuple(
        Event(i, "synth", "beep", "beep", i * step, min(seconds, (i + 1) * step), float(i))
        for i in range(int(seconds / step))
    )
    score = Score(seconds, events, {"beep": {"note": pitch, "amp": 1.0}})
    samples = np.rint(np.stack([tone, tone], axis=1) * 32768.0).astype(np.int16)
    return Rendering(samples, score, (), 0.01)


@contextmanager
def open_stand_in() -> Generator[Play]:
    yield play


def gather(wishes: Wishes) -> list[Family]:
    """Eleven templates of an example, one of them faulty, and generated programs."""
    families = []
    for number in range(11):
        codes = [f"play {50 + number} {0.25 + 0.01 * i}" for i in range(wishes.variations)]
        if number == 10:
            codes = ["silence", "clip 60 0.5", "fail", "play 60 0.5", "play 60 0.5", *codes]
        drafts = tuple(Draft(code, {"step": index}) for index, code in enumerate(codes))
        base = f"base of number {'abcdefghijk'[number]} " * 5
        name = f"example_{number:02d}"
        families.append(Family(name, "example", "stand-in", "CC0", base, drafts))
    for index in range(wishes.generate):
        code = f"play {40 + index} 0.5"
        name = f"generated_{index:05d}"
        drafts = (Draft(code, words=("dub",)),)
        families.append(Family(name, "generated", "stand-in", "CC0", code, drafts))
    return families


PARTS = Parts(gather, open_stand_in)
