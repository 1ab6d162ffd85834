"""From a render to what is stored: the stretch, the rate, the channels, 16-bit samples, FLAC."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.data.clips.schema import RENDER_RATE
from trichord.data.clips.sound import HOP, Wave
from trichord.errors import InputError

FLAC_LEVEL = 0.4
"""Three quarters of the work of the default level for files half a percent larger."""

Samples = NDArray[np.int16]
"""[T, channels]."""

_AUDIO = re.compile(r"(\d+):(mono|stereo)")


@dataclass(frozen=True)
class AudioFormat:
    """How the audio is stored.

    Attributes:
        sample_rate: Hz.
        channels: 1 or 2.
    """

    sample_rate: int = RENDER_RATE
    channels: int = 2


def parse_audio(text: str) -> AudioFormat:
    """Read "44100:stereo" or "32000:mono".

    Raises:
        InputError: it is neither, or the rate is not between 8000 and 48000 Hz.
    """
    match = _AUDIO.fullmatch(text)
    if match is None or not 8000 <= int(match[1]) <= 48000:
        raise InputError(
            f"audio = {text!r}: give RATE:mono or RATE:stereo with a rate of 8000 to 48000 Hz, "
            "as 44100:stereo or 32000:mono"
        )
    return AudioFormat(int(match[1]), 1 if match[2] == "mono" else 2)


def choose_start(
    weighted: NDArray[np.floating], total: float, excerpt: float, beat: float
) -> float:
    """Where the loudest stretch of `excerpt` seconds begins, on whole beats of the counting.

    Args:
        weighted: [frames] power, `sound.HOP` samples apart.
        total: seconds of the render.
        excerpt: seconds to keep.
        beat: seconds of a beat.
    """
    sums = np.concatenate([[0.0], np.cumsum(weighted, dtype=np.float64)])
    starts = np.arange(int(max(0.0, total - excerpt) / beat + 1e-6) + 1) * beat
    first = np.minimum((starts * RENDER_RATE / HOP).astype(int), len(weighted))
    last = np.minimum(((starts + excerpt) * RENDER_RATE / HOP).astype(int), len(weighted))
    energy = np.round(sums[last] - sums[first], 9)
    return float(starts[int(np.argmax(energy))])


def to_float(samples: Samples) -> Wave:
    """16-bit samples as float32 of the same shape, full scale 1."""
    return samples.astype(np.float32) * np.float32(1.0 / 32768.0)


def convert(samples: Samples, form: AudioFormat) -> Samples:
    """A stretch in the stored format; where that is the renderer's own, the samples themselves.

    Args:
        samples: int16 [T, 2] at `RENDER_RATE`.
        form: rate and channels.

    Returns:
        int16 [T', channels].
    """
    if form == AudioFormat():
        return np.ascontiguousarray(samples)
    audio = to_float(samples)
    if form.channels == 1:
        audio = audio.mean(axis=1, keepdims=True)
    if form.sample_rate != RENDER_RATE:
        import soxr

        audio = soxr.resample(audio, RENDER_RATE, form.sample_rate, quality="HQ")
    scaled = np.clip(np.rint(audio * np.float32(32768.0)), -32768, 32767)
    return np.ascontiguousarray(scaled.astype(np.int16))


def hash_pcm(samples: Samples) -> str:
    """The clip's `render_hash`."""
    return hashlib.sha256(samples.astype("<i2", copy=False).data).hexdigest()[:32]


def encode(samples: Samples, sample_rate: int) -> bytes:
    """FLAC of [T, channels], quickly."""
    import soundfile

    buffer = io.BytesIO()
    with soundfile.SoundFile(
        buffer,
        "w",
        sample_rate,
        samples.shape[1],
        format="FLAC",
        subtype="PCM_16",
        compression_level=FLAC_LEVEL,
    ) as file:
        file.write(samples)
    return buffer.getvalue()


def decode(data: bytes) -> tuple[Samples, int]:
    """Samples [T, channels] and rate of one row's `audio["bytes"]`."""
    import soundfile

    samples, rate = soundfile.read(io.BytesIO(data), dtype="int16", always_2d=True)
    return np.asarray(samples, np.int16), int(rate)
