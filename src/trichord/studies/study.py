"""What every table needs: the options, the models, held-out notes, draws, made notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trichord.codec import Codec, load_codec
from trichord.data.notes import Corpus, decode_flac, open_corpus
from trichord.data.schema import Instrument
from trichord.errors import InputError
from trichord.files import file_sha256
from trichord.instrument.models import WEIGHTS, Models, default_sampling, load
from trichord.space.joint import JointSpace
from trichord.studies.base import StudyInProgress

Wave = NDArray[np.float32]


@dataclass(frozen=True)
class SpineOptions:
    """Measures what docs/results/spine.md shows, on held-out instruments and prompts only.

    Tables that are in the folder already, made with the same models, seed and share, are kept.
    """

    out: Path
    """Folder for tables, pictures and what they are made from."""
    only: str = ""
    """Names of tables, separated by commas; all of them where empty."""
    corpus: Path = Path("build/notes")
    """Folder of notes that `trichord data soundfont` wrote."""
    space_run: Path = Path("build/space")
    """Folder of the run that `trichord train space` wrote: its report is shown."""
    weights: Path = WEIGHTS
    """Folder of the models."""
    cpu_seconds: float = 1200.0
    """Processor seconds that the generic codec is trained for: as many as the note codec was."""
    share: float = 1.0
    """Below 1: a quick look at so small a share of the notes, prompts and pairs."""
    seed: int = 0
    """Draws notes, keys and velocities."""
    before: Path | None = None
    """Folder of a run with other weights: what it measured stands beside."""
    page: Path | None = None
    """Also write the page of all tables here, its pictures into a folder of the same name."""


@dataclass(frozen=True)
class HeldNote:
    """A note of the corpus."""

    note_id: str
    instrument: Instrument
    pitch: int
    velocity: int
    wave: Wave
    """Mono `[T]` at 44.1 kHz, held for 4 s, then released."""


class Study(StudyInProgress[SpineOptions]):
    """One run of a study; models and corpus are opened when first needed."""

    @property
    def folder(self) -> Path:
        """Of the tables, and of what they are made from."""
        return self.options.out

    @cached_property
    def corpus(self) -> Corpus:
        """The notes."""
        return open_corpus(self.options.corpus)

    @cached_property
    def models(self) -> Models:
        """The three models that `trichord make` uses."""
        return load(self.options.weights)

    @cached_property
    def codec(self) -> Codec:
        """The shipped codec; it needs no other model."""
        return load_codec(self.options.weights / "codec")

    @cached_property
    def space(self) -> JointSpace:
        """The shipped space; it needs no other model."""
        return JointSpace.load(self.options.weights / "space")

    @property
    def flags(self) -> str:
        """The words of the command line that decide every table."""
        share = self.options.share
        return f"--seed {self.options.seed}" + ("" if share == 1.0 else f" --share {share:g}")

    def count(self, full: int, least: int = 2) -> int:
        """`full` of something, or the share of it that was asked for."""
        return min(full, max(least, round(full * self.options.share)))

    def inputs(self, rooms: Sequence[str], options: Sequence[str] = ()) -> dict[str, Any]:
        """What decides the figures of a table that uses some models and some of the options."""
        names = [
            f"{room}/{file}" for room in rooms for file in ("model.safetensors", "config.json")
        ]
        files = {name: self.options.weights / name for name in names}
        for file in files.values():
            if not file.is_file():
                raise InputError(f"{file}: missing weights: give --weights, or train the model")
        return {
            "seed": self.options.seed,
            "share": self.options.share,
            **self.asked(options),
            "corpus": self.corpus_digest,
            "models": {name: file_sha256(file) for name, file in files.items()},
            "sampling": asdict(default_sampling()) if "lm" in rooms else None,
        }

    @property
    def corpus_digest(self) -> str | None:
        """Checksum of the plan of the corpus; None where there is none: some tables need none."""
        plan = self.options.corpus / "plan.json"
        return file_sha256(plan) if plan.is_file() else None

    def instruments(self, split: str) -> list[Instrument]:
        """The instruments of a split that have notes."""
        alive = {key.instrument_id for key in self._keys}
        return [one for one in self.corpus.of_split(split) if one.instrument_id in alive]

    def draw(self, name: str, split: str, each: int) -> list[HeldNote]:
        """Up to `each` random notes of every instrument of a split, in corpus order."""
        rng = self.rng(name)
        chosen: set[str] = set()
        for instrument in self.instruments(split):
            ids = [key.note_id for key in self.keys_of(instrument)]
            chosen |= set(rng.choice(ids, min(each, len(ids)), replace=False).tolist())
        return self.read(chosen)

    def keys_of(self, instrument: Instrument) -> list[NoteKey]:
        """Which notes of an instrument exist."""
        return [key for key in self._keys if key.instrument_id == instrument.instrument_id]

    def read(self, note_ids: set[str]) -> list[HeldNote]:
        """The notes of these names, in corpus order."""
        wanted: dict[Path, set[str]] = {}
        for key in self._keys:
            if key.note_id in note_ids:
                wanted.setdefault(key.shard, set()).add(key.note_id)
        owner = {one.instrument_id: one for one in self.corpus.instruments}
        columns = ["note_id", "instrument_id", "pitch", "velocity", "audio"]
        return [
            HeldNote(
                row["note_id"],
                owner[row["instrument_id"]],
                row["pitch"],
                row["velocity"],
                decode_flac(row["audio"]["bytes"]),
            )
            for shard, ids in wanted.items()
            for row in self.corpus.iter_notes(columns, self.corpus.shards.index(shard))
            if row["note_id"] in ids
        ]

    @cached_property
    def _keys(self) -> list[NoteKey]:
        columns = ["note_id", "instrument_id", "pitch", "velocity"]
        return [
            NoteKey(**row, shard=path)
            for index, path in enumerate(self.corpus.shards)
            for row in self.corpus.iter_notes(columns, index)
        ]


@dataclass(frozen=True)
class NoteKey:
    """A note without its sound."""

    note_id: str
    instrument_id: str
    pitch: int
    velocity: int
    shard: Path
