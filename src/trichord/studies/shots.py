"""Sample to instrument: does the instrument made of one note sound like the one it came from?"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from trichord.audio.io import write_wav
from trichord.audio.resample import resample
from trichord.instrument.shot import SAMPLE_RATE, Shot, read_shot
from trichord.instrument.wish import wish_like
from trichord.studies.play import Wanted, play
from trichord.studies.study import HeldNote, Study
from trichord.studies.tables import Table, Target, percent

_EACH = 2
"""One-shots of every held-out instrument."""
_BANK = 16
"""Other notes of each that stand for it."""
_AROUND = (-5, 0, 7)
"""Keys of the made instrument that are listened to, about the shot's own."""
_VELOCITY, _SECONDS = 100, 2.0
_SEED = 7
_NEAR_CENTS = 20.0
_RATES = (44100, 48000, 96000)
LEAST_FOUND, LEAST_IN_TUNE = 0.60, 0.95


@dataclass(frozen=True)
class Bank:
    """Real held-out instruments: a mean vector each, from notes that are no shots."""

    vectors: Tensor
    """Unit `[M, D]`."""
    groups: tuple[int, ...]


def shots_table(study: Study) -> Table:
    """One-shots of held-out instruments become instruments; the nearest real one is sought."""
    notes = study.draw("shots", "test", study.count(_EACH, least=1))
    with tempfile.TemporaryDirectory(prefix="trichord-") as folder:
        shots = [as_recorded(note, Path(folder), study.rng(note.note_id)) for note in notes]
    bank = real_bank(study, {note.note_id for note in notes})
    asked = [note.instrument.group for note in notes]
    direct = study.space.embed_audio([shot.wave for shot in shots], SAMPLE_RATE)
    made = made_vectors(study, shots)
    rows: list[tuple[str, int, float, float]] = []
    chance = float(np.mean([bank.groups.count(group) / len(bank.groups) for group in asked]))
    found = found_share(made, asked, bank)
    rows.append(("instrument made of the shot, three notes", len(notes), found, chance))
    rows.append(("ceiling: the shot itself", len(notes), found_share(direct, asked, bank), chance))
    off = np.array([100 * (s.pitch - n.pitch) for s, n in zip(shots, notes, strict=True)])
    tuned = float(np.mean(np.abs(off) <= _NEAR_CENTS))
    missed = [
        f"{note.instrument.family} {note.pitch} ({cents / 100:+.1f} semitones)"
        for note, cents in zip(notes, off.tolist(), strict=True)
        if abs(cents) > _NEAR_CENTS
    ]
    return Table(
        title="Sample to instrument",
        columns=("", "shots", "nearest real instrument is the right one", "chance"),
        rows=tuple(rows),
        about=(
            f"{len(notes)} notes of the {len(bank.groups)} instruments of the test split, random "
            "keys and velocities, written as recordings (silence before and after, any level, "
            f"{', '.join(map(str, _RATES))} Hz) and read as `trichord make --from` reads "
            "them. The instrument made of each is heard at three keys about the shot's; the "
            f"nearest real instrument, by vectors of {_BANK} other notes of it through the audio "
            "door, is right when it is the shot's own or its twin in the other font "
            f"({len(set(bank.groups))} distinct sounds). `make` chooses among several draws "
            "through the same door, so this figure does not judge with other ears than the "
            f"maker's. Pitch within {_NEAR_CENTS:g} cents of the "
            f"key that was played: {percent(tuned)}"
            + (f"; missed: {', '.join(missed)}." if missed else ".")
        ),
        targets=(
            Target(
                "one-shot to instrument: nearest real instrument is the right one",
                f"≥ {percent(LEAST_FOUND)}",
                f"{percent(found)} (chance {percent(chance)})",
                found >= LEAST_FOUND,
            ),
            Target(
                "one-shot: pitch found within 20 cents",
                f"≥ {percent(LEAST_IN_TUNE)}",
                f"{100 * tuned:.1f} %",
                tuned >= LEAST_IN_TUNE,
            ),
        ),
        raw={"shots": [note.note_id for note in notes], "cents": off.tolist()},
    )


def as_recorded(note: HeldNote, folder: Path, rng: np.random.Generator) -> Shot:
    """The note as a user's recording: some rate, some silence, some level; read back."""
    rate = int(rng.choice(_RATES))
    wave = resample(note.wave, SAMPLE_RATE, rate) if rate != SAMPLE_RATE else note.wave
    peak = float(np.abs(wave).max())
    silence = [np.zeros(int(rng.uniform(0.0, 0.5) * rate), np.float32) for _ in range(2)]
    level = np.float32(rng.uniform(0.2, 0.9) / max(peak, 1e-9))
    path = folder / f"{note.note_id}.wav"
    write_wav(path, np.concatenate([silence[0], wave * level, silence[1]]), rate)
    shot = read_shot(path)
    path.unlink()
    return shot


def real_bank(study: Study, left_out: set[str]) -> Bank:
    """Mean vectors of the real instruments of the test split."""
    rng = study.rng("shots bank")
    vectors: list[Tensor] = []
    groups: list[int] = []
    for instrument in study.instruments("test"):
        ids = [k.note_id for k in study.keys_of(instrument) if k.note_id not in left_out]
        chosen = set(rng.choice(ids, min(_BANK, len(ids)), replace=False).tolist())
        waves = [note.wave for note in study.read(chosen)]
        vectors.append(study.space.embed_instrument(waves, SAMPLE_RATE))
        groups.append(instrument.group)
    return Bank(torch.stack(vectors), tuple(groups))


def made_vectors(study: Study, shots: Sequence[Shot]) -> Tensor:
    """Mean vector of the notes of the instrument made of each shot: unit `[N, D]`."""
    wanted = [
        Wanted(index, min(max(round(shot.pitch) + step, 21), 108), _VELOCITY, _SECONDS)
        for index, shot in enumerate(shots)
        for step in _AROUND
    ]
    wishes = [wish_like(study.models, shot) for shot in shots]
    waves = play(study.models, wishes, wanted, _SEED, study.progress)
    vectors = study.space.embed_audio([_audible(wave) for wave in waves], SAMPLE_RATE)
    return F.normalize(vectors.view(len(shots), len(_AROUND), -1).mean(dim=1), dim=-1)


def _audible(wave: NDArray[np.float32]) -> NDArray[np.float32]:
    """A silent note has no vector: a click stands in for it, and is not like anything."""
    if float(np.abs(wave).max(initial=0.0)) > 1e-6:
        return wave
    click = np.zeros(SAMPLE_RATE // 10, np.float32)
    click[0] = 1.0
    return click


def found_share(vectors: Tensor, groups: Sequence[int], bank: Bank) -> float:
    """Share of vectors `[N, D]` whose nearest instrument is of the right group."""
    nearest = (vectors @ bank.vectors.T).argmax(dim=1).tolist()
    return float(np.mean([bank.groups[i] == g for i, g in zip(nearest, groups, strict=True)]))
