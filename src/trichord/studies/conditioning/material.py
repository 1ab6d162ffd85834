"""Held-out notes in two halves: a reference, and the keys that a generator is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trichord.data.schema import Instrument
from trichord.errors import InputError
from trichord.files import write_arrays
from trichord.studies.conditioning.ears import Heard, Wave
from trichord.studies.family import round_trip
from trichord.studies.study import HeldNote

if TYPE_CHECKING:
    from trichord.studies.conditioning.study import ConditioningStudy

LOWEST, HIGHEST = 33, 96
VELOCITIES = (25, 75, 127)


@dataclass(frozen=True)
class HeldOut:
    """An instrument of the test split.

    Attributes:
        instrument: of the corpus.
        reference: notes that others are held against.
        asked: notes between them on the keyboard; what is made has their keys and velocities.
        shot: the reference note that stands for the instrument where a sample is asked for.
    """

    instrument: Instrument
    reference: tuple[HeldNote, ...]
    asked: tuple[HeldNote, ...]

    @property
    def shot(self) -> HeldNote:
        """The reference note nearest to middle C, then to velocity 100."""
        return min(self.reference, key=lambda n: (abs(n.pitch - 60), abs(n.velocity - 100)))

    @property
    def caption(self) -> str:
        """The sentence that the instrument is asked for with."""
        return self.instrument.captions[0]


class Material:
    """The held-out instruments, what is heard of them, and what was heard before."""

    def __init__(self, study: ConditioningStudy, keys: int) -> None:
        self.study, self.keys = study, keys

    @property
    def folder(self) -> Path:
        """Of what was heard under this codec, space and corpus."""
        return self.study.options.out / "heard" / self.study.heard_key

    @cached_property
    def held_out(self) -> list[HeldOut]:
        """The instruments of the test split that have notes enough.

        Raises:
            InputError: none has.
        """
        spine = self.study.spine
        found: list[HeldOut] = []
        for instrument in spine.instruments("test"):
            there = {
                (key.pitch, key.velocity): key.note_id
                for key in spine.keys_of(instrument)
                if LOWEST <= key.pitch <= HIGHEST
            }
            halves = halved(sorted(there), self.keys)
            if halves is not None:
                chosen = [{there[key] for key in half} for half in halves]
                notes = spine.read(chosen[0] | chosen[1])
                notes.sort(key=lambda note: (note.pitch, note.velocity))
                reference, asked = (
                    tuple(note for note in notes if note.note_id in half) for half in chosen
                )
                found.append(HeldOut(instrument, reference, asked))
        if not found:
            raise InputError(f"{self.study.options.corpus}: no test instrument has notes enough")
        return found

    @property
    def owners(self) -> list[int]:
        """For each asked note the number of its instrument."""
        return [number for number, one in enumerate(self.held_out) for _ in one.asked]

    @property
    def asked_keys(self) -> list[tuple[int, int]]:
        """For each asked note its pitch and velocity."""
        return [(note.pitch, note.velocity) for one in self.held_out for note in one.asked]

    @cached_property
    def reference(self) -> Heard:
        """The reference notes."""
        notes = [(number, n) for number, one in enumerate(self.held_out) for n in one.reference]
        return self.heard(
            "reference",
            lambda: [note.wave for _, note in notes],
            [number for number, _ in notes],
            [(note.pitch, note.velocity) for _, note in notes],
        )

    @cached_property
    def asked(self) -> Heard:
        """The real notes of the keys that are asked for."""
        return self.hear_asked("asked", self._asked_waves)

    @cached_property
    def coded(self) -> Heard:
        """The same through the codec and back: the floor."""
        codec = self.study.spine.codec
        notes = [note for one in self.held_out for note in one.asked]
        return self.hear_asked(
            "coded", lambda: [round_trip(codec, n, codec.num_codebooks) for n in notes]
        )

    def _asked_waves(self) -> list[Wave]:
        return [note.wave for one in self.held_out for note in one.asked]

    def hear_asked(self, name: str, waves: Callable[[], Sequence[Wave]]) -> Heard:
        """What is heard of notes made for the asked keys, in their order."""
        return self.heard(name, waves, self.owners, self.asked_keys)

    def heard(
        self,
        name: str,
        waves: Callable[[], Sequence[Wave]],
        owner: Sequence[int],
        keys: Sequence[tuple[int, int]],
    ) -> Heard:
        """What was heard of notes, kept in the study's folder by name and number of notes."""
        study = self.study
        path = self.folder / f"{name}-{len(keys)}-{study.options.seed}{study.heard_by}.npz"
        if not path.is_file():
            task = study.progress.task(f"listening: {name}", 1)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_arrays(path, vars(study.ears.hear(waves(), owner, keys)), compressed=False)
            task.advance()
        with np.load(path, allow_pickle=False) as stored:
            return Heard(**{name: stored[name] for name in stored.files})


def halved(
    keys: Sequence[tuple[int, int]], count: int
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]] | None:
    """Notes for the reference, and as many between them.

    Args:
        keys: (pitch, velocity) that exist.
        count: pitches of each half.

    Returns:
        Two lists of (pitch, velocity) at all of `VELOCITIES`, pitches taking turns; None where
        fewer than two pitches of each half exist.
    """
    there = set(keys)
    whole = sorted({p for p, _ in keys if all((p, v) in there for v in VELOCITIES)})
    places = min(2 * count, len(whole) // 2 * 2)
    if places < 4:
        return None
    pitches = [whole[round(i * (len(whole) - 1) / (places - 1))] for i in range(places)]
    first, second = pitches[0::2], pitches[1::2]
    return tuple([(p, v) for p in half for v in VELOCITIES] for half in (first, second))  # pyright: ignore[reportReturnType]
