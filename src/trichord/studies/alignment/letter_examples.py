"""Variations of the installed examples with their sounds: what the paper's protocol is run on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from trichord.audio.standard import Floats, Standard
from trichord.data.clips.reading import open_clips
from trichord.data.clips.store import decode, to_float
from trichord.errors import InputError
from trichord.files import file_sha256
from trichord.studies.alignment.agreement import Vectors
from trichord.studies.alignment.ears import load_arrays, save_arrays
from trichord.studies.alignment.letter_hearing import BY_HAND, Hearer, open_hearer
from trichord.studies.alignment.letter_reading import CodeReader
from trichord.studies.alignment.study import AlignmentStudy

_COLUMNS = ["clip_id", "template_id", "code", "render_hash", "split"]


@dataclass(frozen=True)
class HearJob:
    """The examples of one shard of a corpus, and the file for what is heard of them.

    Attributes:
        names: of the clips, in the order of the shard.
        hearer: name of the audio encoder.
    """

    shard: Path
    names: tuple[str, ...]
    kept: Path
    hearer: str
    weights: Path


def hear_shard(job: HearJob) -> None:
    """Writes the vectors `[N, D]` of a shard's clips."""
    import pyarrow.parquet as pq

    hear = open_hearer(job.hearer, job.weights)
    wanted = set(job.names)
    vectors: list[Vectors] = []
    for batch in pq.ParquetFile(job.shard).iter_batches(16, columns=["clip_id", "audio"]):
        for row in batch.to_pylist():
            if row["clip_id"] in wanted:
                samples, rate = decode(row["audio"]["bytes"])
                vectors.append(hear(to_float(samples).mean(axis=1), rate))
    save_arrays(job.kept, {"vectors": np.stack(vectors)})


class Examples:
    """The first variations of every example in a corpus; the first of all is the example itself."""

    def __init__(self, study: AlignmentStudy) -> None:
        self._study = study
        self.folder = study.options.out / "letter"

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Clips in the order of the corpus, without their sound; `shard` says where each lies."""
        options = self._study.options
        found: list[dict[str, Any]] = []
        for shard in open_clips(options.corpus).shards:
            for row in _shard_rows(shard):
                if _number(row["clip_id"]) < options.letter_clips:
                    found.append(row | {"shard": shard})
        if not found:
            raise InputError(
                f"{options.corpus}: no variations of installed examples; build the corpus with "
                "`trichord data programs --sources examples,own`"
            )
        return found

    @property
    def codes(self) -> list[str]:
        """The programs `[N]`."""
        return [row["code"] for row in self.rows]

    @property
    def templates(self) -> list[str]:
        """Which example each is a variation of `[N]`."""
        return [row["template_id"] for row in self.rows]

    @property
    def bases(self) -> list[int]:
        """The examples as they stand, one of each that is in the corpus."""
        return [at for at, row in enumerate(self.rows) if _number(row["clip_id"]) == 0]

    @cached_property
    def reader(self) -> CodeReader:
        """The code encoder that was asked for."""
        return CodeReader(self._study.options.letter_code)

    @cached_property
    def cut(self) -> Vectors:
        """Code vectors of the first 128 tokens `[N, C]`."""
        named = (self._study.options.letter_code, *(row["clip_id"] for row in self.rows))
        path = self._path("cut", *named)
        if not path.exists():
            save_arrays(path, {"vectors": self.reader.cut(self.codes)})
        return np.asarray(load_arrays(path)["vectors"], np.float32)

    @cached_property
    def audio(self) -> Vectors:
        """Audio vectors `[N, A]`; descriptors made by hand on the scale of the training split."""
        return self._scaled(self._heard)

    def hear(self, wave: Floats, sample_rate: int) -> Vectors:
        """The vector `[A]` of another sound, on the same scale."""
        return self._scaled(self._hearer(wave, sample_rate)[None])[0]

    @cached_property
    def _hearer(self) -> Hearer:
        options = self._study.options
        return open_hearer(options.letter_audio, options.weights)

    def _scaled(self, heard: Vectors) -> Vectors:
        return heard if self._standard is None else self._standard.apply(heard)

    @cached_property
    def _standard(self) -> Standard | None:
        if self._study.options.letter_audio not in BY_HAND:
            return None
        training = [at for at, row in enumerate(self.rows) if row["split"] == "train"]
        return Standard.fit(self._heard[training], (self._heard.shape[1],))

    @cached_property
    def _heard(self) -> Vectors:
        parts = [load_arrays(job.kept)["vectors"] for job in self._hear()]
        return np.concatenate(parts).astype(np.float32)

    def _hear(self) -> list[HearJob]:
        options = self._study.options
        by_shard: dict[Path, list[str]] = {}
        for row in self.rows:
            by_shard.setdefault(row["shard"], []).append(row["clip_id"])
        jobs = [
            HearJob(shard, tuple(names), self._path(f"heard-{shard.stem}", *names),
                    options.letter_audio, options.weights)
            for shard, names in by_shard.items()
        ]  # fmt: skip
        missing = [job for job in jobs if not job.kept.exists()]
        task = self._study.progress.task("hearing examples", len(missing))
        for _ in self._study.executor.run(hear_shard, missing):
            task.advance()
        return jobs

    def _path(self, name: str, *decided_by: str) -> Path:
        """A file whose name tells apart all that decides what is in it."""
        options = self._study.options
        said = [file_sha256(options.corpus / "plan.json"), *decided_by]
        if name.startswith("heard"):
            said.append(options.letter_audio)
            said += [self._study.digest("clips")] if options.letter_audio == "space" else []
        key = hashlib.sha256("\n".join(said).encode()).hexdigest()[:12]
        return self.folder / f"{name}-{key}.safetensors"


def _shard_rows(shard: Path) -> list[dict[str, Any]]:
    """The examples of one shard."""
    import pyarrow.parquet as pq

    rows = pq.read_table(shard, columns=[*_COLUMNS, "kind"]).to_pylist()
    return [row for row in rows if row["kind"] == "example"]


def _number(clip_id: str) -> int:
    """Of a variation: the digits at the end of its name."""
    return int(clip_id.rsplit("_", 1)[1])
