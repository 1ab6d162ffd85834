"""What the real server sent, played by the same scsynth offline, beside our sound."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trichord.errors import InputError
from trichord.livecode.sonicpi import install, pcm
from trichord.livecode.sonicpi.recording import Message, Recording
from trichord.livecode.sonicpi.sandbox import Limits
from trichord.livecode.sonicpi.stage import Sound, Stage
from trichord.livecode.sonicpi.synthdefs import SynthDefs
from trichord.studies.sonicpi.capture import Capture
from trichord.studies.sonicpi.compare import lay
from trichord.studies.sonicpi.match import TOLERANCE_NS

SEED = 1
_THIRD_OF_A_BLOCK_NS = round(64 / 3 / 44100 * 1e9)
"""scsynth starts a synth with a block of 64 samples, and times of music often lie where a block
begins. Both scores are moved by a third of a block, so that what is less than a microsecond apart,
as a time on the wire is from ours, lies in the same block."""


@dataclass(frozen=True)
class Replay:
    """Two sounds of one program, sample by sample."""

    name: str
    samples: int
    """Of both channels."""
    equal: int
    largest: int
    """Largest difference, in steps of 16 bits."""
    peak: int
    """Highest sample of ours: nobody can be equal to silence by chance."""


def replay(captures: Sequence[Capture], recordings: Sequence[Recording]) -> list[Replay]:
    """Plays captures and our recordings and compares the samples.

    What the real server sends at once, without a time, comes when its processor gets to it, a few
    hundredths of a second later than in a score; and what its threads send for one time comes in
    any order, which decides whose noise is drawn first. Here both are as in our score, so that what
    is compared is what was said, and not how busy a machine was.
    """
    installation = install.find()
    definitions = SynthDefs([installation.synthdef_folder])
    readable = [installation.shared]
    stage = Stage(definitions, readable, Limits(), sandbox=True, hosted=False)
    try:
        sounds = [
            (stage.play(_moved(as_recording(one, ours)), SEED), stage.play(_moved(ours), SEED))
            for one, ours in zip(captures, recordings, strict=True)
        ]
        return [
            _compared(one.name, *(_wave(one.name, future) for future in pair))
            for one, pair in zip(captures, sounds, strict=True)
        ]
    finally:
        stage.close()


def as_recording(capture: Capture, ours: Recording) -> Recording:
    """The capture as a recording of ours: its own messages, times and numbers."""
    left, right, matching = lay(capture, ours, ours.end_ns / 1e9)
    partners = {pair.left: pair for pair in matching.pairs}
    messages: list[Message] = []
    for place, one in enumerate(left):
        pair = partners.get(place)
        if pair is None and not one.timed:
            continue  # it makes no sound (see the exceptions), and has no time
        time = one.time_ns if pair is None or pair.kind != "at once" else right[pair.right].time_ns
        order = len(right) + place if pair is None else pair.right
        messages.append(Message(time, order, "", None, None, one.address, one.arguments))
    return replace(ours, messages=tuple(messages))


def _moved(recording: Recording) -> Recording:
    """Off the edges of blocks; what is there at the start stays there, the seed of noise last."""
    messages = (
        replace(
            one,
            time_ns=0 if one.time_ns < TOLERANCE_NS else one.time_ns + _THIRD_OF_A_BLOCK_NS,
        )
        for one in recording.messages
    )
    return replace(recording, messages=tuple(messages))


def _wave(name: str, future: Future[Sound]) -> NDArray[np.int16]:
    sound = future.result()
    if sound.wave is None:
        raise InputError(f"{name}: scsynth made no sound of it: {sound.errors[0]}")
    return np.frombuffer(pcm.samples(sound.wave), "<i2")


def _compared(name: str, theirs: NDArray[np.int16], ours: NDArray[np.int16]) -> Replay:
    length = min(len(theirs), len(ours))
    apart = np.abs(theirs[:length].astype(np.int32) - ours[:length])
    return Replay(
        name=name,
        samples=length,
        equal=int(np.count_nonzero(apart == 0)),
        largest=int(apart.max(initial=0)),
        peak=int(np.abs(ours.astype(np.int32)).max(initial=0)),
    )
