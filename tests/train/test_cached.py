"""Which files of a cache are of which shards of a corpus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from trichord.files import write_tensors
from trichord.train.cached import is_of, mark_of


def names(header: Mapping[str, str]) -> list[str]:
    return header["names"].split()


def shard(path: Path, note_ids: Sequence[str]) -> Path:
    pq.write_table(pa.table({"note_id": list(note_ids)}), path)
    return path


@pytest.fixture
def cached(tmp_path: Path) -> Path:
    return tmp_path / "notes-00000.safetensors"


def test_a_marked_file_is_of_its_shard_alone(tmp_path: Path, cached: Path) -> None:
    own, other = shard(tmp_path / "own", ["a", "b"]), shard(tmp_path / "other", ["long" * 99])
    assert not is_of(cached, own, names)
    write_tensors(cached, {"x": torch.zeros(1)}, mark_of(own) | {"names": "a b"})
    assert is_of(cached, own, names)
    assert not is_of(cached, other, names)


def test_a_file_of_an_older_version_is_known_by_its_notes(tmp_path: Path, cached: Path) -> None:
    write_tensors(cached, {"x": torch.zeros(1)}, {"names": "a b"})
    assert is_of(cached, shard(tmp_path / "own", ["a", "b"]), names)
    assert not is_of(cached, shard(tmp_path / "other", ["a", "c"]), names)
    assert not is_of(cached, shard(tmp_path / "longer", ["a", "b", "c"]), names)


def test_a_file_that_cannot_be_read_is_made_anew(tmp_path: Path, cached: Path) -> None:
    cached.write_bytes(b"rubbish")
    assert not is_of(cached, shard(tmp_path / "own", ["a"]), names)
