from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.clips.stand_in import PARTS
from trichord.data.clips.programs import ProgramsOptions, build
from trichord.data.cluster import RayExecutor
from trichord.errors import InputError


def test_a_build_on_two_ray_workers_has_the_bytes_of_a_local_one(tmp_path: Path) -> None:
    fields = {
        "variations": 1,
        "sources": "examples",
        "seconds": 1.0,
        "shard_clips": 5,
        "audio": "8000:mono",
    }
    build(ProgramsOptions(out=tmp_path / "local", workers=1, **fields), parts=PARTS)  # type: ignore[arg-type]
    build(ProgramsOptions(out=tmp_path / "ray", workers=2, ray="local", **fields), parts=PARTS)  # type: ignore[arg-type]
    for path in [*(tmp_path / "local").glob("clips-*"), tmp_path / "local" / "report.json"]:
        assert (tmp_path / "ray" / path.name).read_bytes() == path.read_bytes()


def test_no_jobs_start_no_cluster() -> None:
    assert list(RayExecutor("nowhere:1", 2).run(abs, [])) == []


def test_an_address_without_a_cluster_is_told() -> None:
    with pytest.raises(InputError, match="no cluster there"):
        list(RayExecutor("127.0.0.1:1", 1).run(abs, [-1]))
