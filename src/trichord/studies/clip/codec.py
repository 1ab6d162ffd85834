"""The general codec on held-out clips, and on notes beside the codec that is made for them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch

from trichord.audio.loudness import loudness
from trichord.audio.mel import log_mel_distance
from trichord.audio.resample import resample
from trichord.codec import Codec, load_codec
from trichord.codec.general import GeneralCodec
from trichord.instrument.models import WEIGHTS
from trichord.studies.clip.study import ClipStudy, Row, Wave
from trichord.studies.figures import draw_spectrograms
from trichord.studies.lm.timing import circumstances
from trichord.studies.tables import Cell, Table, Target

RATE = 32000
"""At which both codecs are judged: what the general one keeps."""
CLIP_SECONDS, NOTE_SECONDS = 6.0, 4.0
_FEWER = (4, 2)
_COLUMNS = (
    "through",
    "sounds",
    "N",
    "kbit/s",
    "distance, floor -100 dB",
    "distance, floor -80 dB",
    "level error, dB",
    "encodes × real time",
    "decodes × real time",
)
LEAST_FASTER, MOST_KBPS = 3.0, 4.0

Way = Callable[[Wave, int | None], tuple[Wave, float, float]]
"""Wave at 32 kHz and pitch -> wave, seconds of encoding, seconds of decoding."""


def codec_table(study: ClipStudy) -> Table:
    """Distance, level, bits and speed."""
    torch.set_num_threads(1)
    general = study.models.codec
    clips = _cut(study.held_clips(), CLIP_SECONDS)
    notes = _cut(study.held_notes(), NOTE_SECONDS)
    note = load_codec(WEIGHTS / "codec")
    rows: list[tuple[Cell, ...]] = []
    first: list[float] = []
    for kept in (general.num_codebooks, *_FEWER):
        bits = kept * math.log2(general.cardinality) * general.frame_rate
        name = f"general codec, {kept} codebooks"
        figures = _measured(study, name, _through(general, kept), clips)
        first = first or figures
        rows.append((name, "clips", len(clips), bits / 1000, *_shown(figures)))
    bits = note.num_codebooks * math.log2(note.cardinality) * note.frame_rate
    for name, way, rate in (
        ("general codec, all codebooks", _through(general, 8), general.bits_per_second),
        ("note codec, told the pitch", _note_way(note), bits),
    ):
        figures = _measured(study, name, way, notes)
        rows.append((name, "notes", len(notes), rate / 1000, *_shown(figures)))
    _draw(study, general, clips[:4])
    return Table(
        title="The general codec on what it never heard",
        columns=_COLUMNS,
        rows=tuple(rows),
        about=(
            f"{len(clips)} clips of {CLIP_SECONDS:g} s, one of each template of the "
            f"{study.options.split} split in turn, and {len(notes)} notes of up to "
            f"{NOTE_SECONDS:g} s, one of each instrument in turn, all at {RATE} Hz. Distance: mean "
            "|Δ log10 mel| over windows of 2048, 512 and 128 samples under the original's peak "
            "gain; 0.05 is 1 dB. The general codec draws noise as noise: what it draws differs "
            "from the original's in every frame, which the distance counts as error. Level: "
            "K-weighted, of the loudest 400 ms. Speed: wall clock, the median sound, on "
            f"{circumstances(1)}"
        ),
        targets=(
            Target(
                "general codec decodes on one core",
                f"≥ {LEAST_FASTER:g} × real time at ≤ {MOST_KBPS:g} kbit/s",
                f"{first[4]:.0f} × at {general.bits_per_second / 1000:.1f} kbit/s",
                first[4] >= LEAST_FASTER and general.bits_per_second <= 1000 * MOST_KBPS,
            ),
        ),
        figures=("codec.png",),
    )


def _cut(rows: Sequence[Row], seconds: float) -> list[tuple[Wave, int | None]]:
    cut: list[tuple[Wave, int | None]] = []
    for row in rows:
        wave = resample(row.wave, row.rate, RATE)[: round(seconds * RATE)]
        if float(np.abs(wave).max()) > 1e-3:
            cut.append((wave, row.pitch))
    return cut


def _through(codec: GeneralCodec, kept: int) -> Way:
    def through(wave: Wave, pitch: int | None) -> tuple[Wave, float, float]:
        del pitch
        begun = time.perf_counter()
        codes = codec.encode(torch.from_numpy(wave)[None, None])[:, :kept]
        encoded = time.perf_counter()
        made = codec.decode(codes)[0, 0, : len(wave)].numpy()
        return made, encoded - begun, time.perf_counter() - encoded

    return through


def _note_way(codec: Codec) -> Way:
    def through(wave: Wave, pitch: int | None) -> tuple[Wave, float, float]:
        heard = torch.from_numpy(resample(wave, RATE, codec.sample_rate))[None, None]
        midi = torch.tensor([pitch or 0])
        begun = time.perf_counter()
        codes = codec.encode(heard, midi)
        encoded = time.perf_counter()
        made = codec.decode(codes, midi)[0, 0].numpy()
        took = time.perf_counter() - encoded
        return resample(made, codec.sample_rate, RATE)[: len(wave)], encoded - begun, took

    return through


def _measured(
    study: ClipStudy, name: str, way: Way, sounds: Sequence[tuple[Wave, int | None]]
) -> list[float]:
    """The last five cells of a row."""
    task = study.progress.task(name, len(sounds))
    found: list[tuple[float, ...]] = []
    with torch.no_grad():
        for wave, pitch in sounds:
            made, encoding, decoding = way(wave, pitch)
            seconds = len(wave) / RATE
            found.append(
                (
                    log_mel_distance(wave, made, RATE),
                    log_mel_distance(wave, made, RATE, floor_db=-80.0),
                    abs(loudness(made, RATE) - loudness(wave[: len(made)], RATE)),
                    seconds / encoding,
                    seconds / decoding,
                )
            )
            task.advance()
    columns = np.array(found)
    return [*columns[:, :3].mean(0).tolist(), *np.median(columns[:, 3:], axis=0).tolist()]


def _shown(figures: Sequence[float]) -> tuple[Cell, ...]:
    """Distances with the digits that they are compared by."""
    return (*(f"{distance:.3f}" for distance in figures[:2]), *figures[2:])


def _draw(study: ClipStudy, codec: GeneralCodec, sounds: Sequence[tuple[Wave, int | None]]) -> None:
    with torch.no_grad():
        columns = [
            (
                f"clip {i + 1}",
                [
                    ("original", wave),
                    ("8 codebooks", _through(codec, 8)(wave, None)[0]),
                    ("4 codebooks", _through(codec, 4)(wave, None)[0]),
                ],
            )
            for i, (wave, _) in enumerate(sounds)
        ]
    draw_spectrograms(columns, RATE, study.options.out / "codec.png")
