"""`trichord study clip`: the options, and what every table needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trichord.errors import InputError
from trichord.files import file_sha256
from trichord.instrument.models import WEIGHTS
from trichord.studies.base import StudyInProgress

if TYPE_CHECKING:
    from trichord.clip.models import ClipModels

Wave = NDArray[np.float32]


@dataclass(frozen=True)
class ClipStudyOptions:
    """Measures what docs/results/clip.md shows, on what the models never heard.

    Tables that are in the folder already, made with the same models and options, are kept.
    """

    out: Path
    """Folder for the tables."""
    only: str = ""
    """Names of tables, separated by commas; all of them where empty."""
    weights: Path | None = None
    """Folder with `general` and `clip_lm`; the package's own where it is not given."""
    clips: Path = Path("build/programs_full")
    """Corpus of clips that `trichord data programs` wrote."""
    notes: Path = Path("build/notes")
    """Corpus of notes that `trichord data` wrote."""
    split: str = "test"
    """Which templates and instruments; `valid` is what settings were chosen on."""
    count: int = 48
    """Clips, and as many notes."""
    seeds: int = 6
    """Clips made of each sentence."""
    seed: int = 0
    """Of what is drawn."""
    page: Path | None = None
    """Also write the page of all tables here."""

    def __post_init__(self) -> None:
        for name in ("count", "seeds"):
            if getattr(self, name) < 2:
                raise InputError(f"{name} = {getattr(self, name)}: must be at least 2")
        if self.split not in ("valid", "test"):
            raise InputError(f"split = {self.split}: give valid or test; train was learned")


@dataclass(frozen=True)
class Row:
    """One held-out sound."""

    name: str
    wave: Wave
    rate: int
    pitch: int | None
    captions: tuple[str, ...]


class ClipStudy(StudyInProgress[ClipStudyOptions]):
    """One run of the study."""

    @property
    def flags(self) -> str:
        """The words of the command line that decide every table."""
        given = self.options
        return (
            f"--split {given.split} --count {given.count} --seeds {given.seeds} --seed {given.seed}"
        )

    def inputs(self, rooms: Sequence[str], options: Sequence[str] = ()) -> dict[str, Any]:
        """What decides a table: the flags and the models' checksums."""
        folder = self.options.weights or WEIGHTS
        files = [folder / room / "model.safetensors" for room in rooms]
        digests = {file.parent.name: file_sha256(file) for file in files if file.is_file()}
        return {"flags": self.flags, "models": digests, **self.asked(options)}

    @cached_property
    def models(self) -> ClipModels:
        """Codec, language model and space."""
        from trichord.clip.models import load_models

        return load_models(self.options.weights)

    def held_clips(self) -> list[Row]:
        """Clips, one of each template in turn."""
        return self._rows(self.options.clips, "template_id", ["clip_id", "captions"])

    def held_notes(self) -> list[Row]:
        """Notes, one of each instrument in turn."""
        return self._rows(self.options.notes, "instrument_id", ["note_id", "pitch"])

    def _rows(self, folder: Path, group: str, columns: list[str]) -> list[Row]:
        import pyarrow.parquet as pq

        from trichord.data.shards import decode_flac
        from trichord.train.crops import choose_rows

        rng = np.random.default_rng(self.options.seed)
        chosen = choose_rows(folder, group, self.options.split, self.options.count, rng)
        rows: list[Row] = []
        for shard, place in chosen:
            read = [*columns, "audio", "sample_rate"]
            row = pq.read_table(shard, columns=read).slice(place, 1).to_pylist()[0]
            wave = np.asarray(decode_flac(row["audio"]["bytes"]), np.float32)
            wave = wave.mean(-1) if wave.ndim == 2 else wave
            captions = tuple(row.get("captions", ()))
            rows.append(Row(row[columns[0]], wave, row["sample_rate"], row.get("pitch"), captions))
        return rows
