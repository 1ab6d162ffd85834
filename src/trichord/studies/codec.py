"""The note codec on held-out instruments, beside its own floors and a codec that knows no pitch."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from trichord.audio.loudness import loudness
from trichord.audio.mel import log_mel_distance
from trichord.audio.pitch import cents_from
from trichord.codec.note import layout as lay
from trichord.codec.note.analysis import NoteParameters, analyse
from trichord.codec.note.codec import NoteCodec
from trichord.codec.note.synthesis import synthesise
from trichord.errors import InputError
from trichord.studies.figures import draw_spectrograms
from trichord.studies.study import HeldNote, Study
from trichord.studies.tables import Cell, Table, Target

Wave = NDArray[np.float32]
Figures = dict[str, float]

_RATE = 44100
_EACH = 4
"""Notes of every held-out instrument."""
_ATTACK_SECONDS = 0.05
_READABLE = 0.3
"""Least confidence of both pitch readings."""
_FEWER = (6, 4)
"""Codebooks of the rows that leave the last ones out."""
_SHOWN = 4
_COLUMNS = (
    "through",
    "notes",
    "bits/s",
    "distance, floor -100 dB",
    "distance, floor -80 dB",
    "level error, dB",
    "attack error, dB",
    "pitch error, cents",
)

MOST_DISTANCE, MOST_KBPS, MOST_CENTS = 0.30, 4.0, 3.0


@dataclass(frozen=True)
class Judged:
    """One row of the table: a way through which a note goes, and what was measured behind it."""

    name: str
    bits_per_second: float | None
    notes: tuple[Figures, ...]


def codec_table(study: Study) -> Table:
    """Distance, level, attack, pitch and bits of the note codec and of its floors."""
    notes = held_notes(study)
    ways = note_ways(note_codec(study))
    judged = [_judge(study, name, bits, way, notes) for name, (bits, way) in ways.items()]
    main = judged[0]
    _draw(study, {name: way for name, (_, way) in ways.items()}, notes, "codec.png")
    families = sorted({note.instrument.family for note in notes})
    by_family = [_family_row(main, notes, family) for family in families]
    distance = _mean(main, "distance")
    kbps = (main.bits_per_second or 0.0) / 1000.0
    cents = _median_cents(main)
    return Table(
        title="The note codec on held-out instruments",
        columns=_COLUMNS,
        rows=(*(_row(each) for each in judged), *by_family),
        about=f"{_measures(notes)} Rows of families are those of all codebooks.",
        targets=(
            Target(
                "note codec: mean log-mel distance",
                f"≤ {MOST_DISTANCE:.2f} at ≤ {MOST_KBPS:g} kbit/s",
                f"{distance:.3f} at {kbps:.2f} kbit/s",
                distance <= MOST_DISTANCE and kbps <= MOST_KBPS,
            ),
            Target(
                "note codec: median pitch error",
                f"≤ {MOST_CENTS:g} cents",
                f"{cents:.2f} cents",
                cents <= MOST_CENTS,
            ),
        ),
        figures=("codec.png",),
        raw={"notes": [n.note_id for n in notes], **{j.name: j.notes for j in judged}},
    )


def generic_table(study: Study) -> Table:
    """The note codec beside a codec that is told no pitch, on the same notes."""
    from trichord.studies.generic_codec import trained_generic_codec

    notes = held_notes(study)
    own = note_codec(study)
    generic = trained_generic_codec(study)
    name = f"note codec, {own.num_codebooks} codebooks"
    ways: dict[str, tuple[float | None, Way]] = {
        f"{name}, {_size(own)}": note_ways(own)[name],
        f"generic codec, {generic.config.num_codebooks} codebooks, {_size(generic)}": (
            generic.bits_per_second,
            lambda note: generic.round_trip(note.wave),
        ),
    }
    judged = [_judge(study, name, bits, way, notes) for name, (bits, way) in ways.items()]
    _draw(study, {name: way for name, (_, way) in ways.items()}, notes, "generic.png")
    seconds = study.options.cpu_seconds * study.options.share
    return Table(
        title="The note codec and a generic codec of its size and training time",
        columns=_COLUMNS,
        rows=tuple(_row(each) for each in judged),
        about=(
            f"{_measures(notes)} The generic codec sees waves and is given no pitch: a transform, "
            "convolutions, the same residual quantiser, trained on the log-mel distance itself, on "
            f"notes of the same instruments, for {seconds:.0f} processor seconds: as long as the "
            "note codec."
        ),
        figures=("generic.png",),
        raw={"notes": [n.note_id for n in notes], **{j.name: j.notes for j in judged}},
    )


def held_notes(study: Study) -> list[HeldNote]:
    """The notes that codecs are judged on."""
    return study.draw("codec", "test", study.count(_EACH, least=1))


def _measures(notes: Sequence[HeldNote]) -> str:
    instruments = len({note.instrument.instrument_id for note in notes})
    return (
        f"{len(notes)} notes of the {instruments} instruments of the test split, keys and "
        "velocities drawn from all that exist. Distance: mean |Δ log10 mel| over windows of 2048, "
        "512 and 128 samples, both notes under the original's peak gain; 0.05 is 1 dB. Level: "
        "K-weighted, of the loudest 400 ms. Attack: energy of the first 50 ms. Pitch: median |Δ| "
        "of "
        "the same reader on both, where both readings are sure."
    )


def _size(codec: torch.nn.Module) -> str:
    return f"{sum(p.numel() for p in codec.parameters()) / 1e6:.1f} M parameters"


def note_codec(study: Study) -> NoteCodec:
    """The shipped codec; InputError where another codec is shipped."""
    codec = study.codec
    if not isinstance(codec, NoteCodec):
        raise InputError("weights/codec: not a note codec; this table is about the note codec")
    return codec


Way = Callable[[HeldNote], Wave]


def note_ways(codec: NoteCodec) -> dict[str, tuple[float | None, Way]]:
    """Name -> (bits per second, note -> wave): the codec whole and cut short, and its floors."""
    stages = codec.num_codebooks
    ways: dict[str, tuple[float | None, Way]] = {}
    for kept in (stages, *(k for k in _FEWER if k < stages)):
        bits = kept * math.log2(codec.cardinality) * codec.frame_rate
        ways[f"note codec, {kept} codebooks"] = (bits, _through_codec(codec, kept))
    ways["floor: its blocks, not quantised"] = (None, _through_blocks)
    ways["floor: its analysis, every frame"] = (None, _through_analysis)
    return ways


def _through_codec(codec: NoteCodec, kept: int) -> Way:
    def through(note: HeldNote) -> Wave:
        wave, pitch = torch.from_numpy(note.wave)[None, None], torch.tensor([note.pitch])
        codes = codec.encode(wave, pitch)[:, :kept]
        return codec.decode(codes, pitch)[0, 0].numpy()

    return through


def _through_blocks(note: HeldNote) -> Wave:
    found = analyse(torch.from_numpy(note.wave), note.pitch)
    return _sound(replace(found, features=lay.from_blocks(lay.to_blocks(found.features))), note)


def _through_analysis(note: HeldNote) -> Wave:
    return _sound(analyse(torch.from_numpy(note.wave), note.pitch), note)


def _sound(parameters: NoteParameters, note: HeldNote) -> Wave:
    generator = torch.Generator().manual_seed(note.pitch)
    return synthesise(parameters, note.pitch, generator).numpy()


def compare(reference: Wave, estimate: Wave, pitch: int) -> Figures:
    """Errors of a note after a way; `cents` is NaN where a pitch could not be read on both."""
    before, after = cents_from(reference, _RATE, pitch), cents_from(estimate, _RATE, pitch)
    readable = min(before.confidence, after.confidence) >= _READABLE
    return {
        "distance": log_mel_distance(reference, estimate, _RATE),
        "distance_80": log_mel_distance(reference, estimate, _RATE, floor_db=-80.0),
        "level": abs(loudness(estimate, _RATE) - loudness(reference, _RATE)),
        "attack": abs(_attack_db(estimate) - _attack_db(reference)),
        "cents": after.cents - before.cents if readable else math.nan,
    }


def _attack_db(wave: Wave) -> float:
    energy = np.square(wave[: int(_ATTACK_SECONDS * _RATE)].astype(np.float64)).mean()
    return 10.0 * math.log10(float(energy) + 1e-12)


def _judge(
    study: Study, name: str, bits: float | None, way: Way, notes: Sequence[HeldNote]
) -> Judged:
    task = study.progress.task(name, len(notes))
    figures: list[Figures] = []
    for note in notes:
        with torch.no_grad():
            figures.append(compare(note.wave, way(note), note.pitch))
        task.advance()
    return Judged(name, bits, tuple(figures))


def _mean(judged: Judged, name: str) -> float:
    return float(np.mean([figures[name] for figures in judged.notes]))


def _median_cents(judged: Judged) -> float:
    """Median size of the pitch error where it could be read; NaN where it never could."""
    read = [abs(n["cents"]) for n in judged.notes if math.isfinite(n["cents"])]
    return float(np.median(read)) if read else math.nan


def _row(judged: Judged) -> tuple[Cell, ...]:
    means = [_mean(judged, name) for name in ("distance", "distance_80", "level", "attack")]
    bits = None if judged.bits_per_second is None else round(judged.bits_per_second)
    pitch = _median_cents(judged)
    distances = tuple(f"{mean:.3f}" for mean in means[:2])
    return (judged.name, len(judged.notes), bits, *distances, *means[2:], pitch)


def _family_row(judged: Judged, notes: Sequence[HeldNote], family: str) -> tuple[Cell, ...]:
    rows = zip(judged.notes, notes, strict=True)
    own = tuple(figures for figures, note in rows if note.instrument.family == family)
    return _row(Judged(f"– {family}", judged.bits_per_second, own))


def _draw(study: Study, ways: dict[str, Way], notes: Sequence[HeldNote], picture: str) -> None:
    """Spectrograms of a few notes before and after."""
    chosen = [notes[i] for i in study.rng("codec picture").permutation(len(notes))[:_SHOWN]]
    with torch.no_grad():
        columns = [
            (
                f"{note.instrument.family} {note.pitch} v{note.velocity}",
                [("original", note.wave), *((name, way(note)) for name, way in ways.items())],
            )
            for note in chosen
        ]
    draw_spectrograms(columns, _RATE, study.folder / picture)
