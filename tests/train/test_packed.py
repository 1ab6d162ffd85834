from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from tests.train import lm_run
from trichord.errors import InputError
from trichord.train.packed import PackedCodes, map_file, pack
from trichord.train.tokens import TokenSet


@given(
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=12),
    codebooks=st.integers(1, 4),
    per_shard=st.integers(1, 5),
    seed=st.integers(0, 3),
)
def test_packed_codes_are_the_padded_ones(
    lengths: list[int], codebooks: int, per_shard: int, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    count, longest = len(lengths), max(lengths)
    length = torch.tensor(lengths)
    codes = torch.randint(0, 65_536, (count, codebooks, longest), generator=generator).int()
    codes = torch.where(torch.arange(longest) < length[:, None, None], codes, 0)
    parts = torch.arange(count).split(per_shard)
    packed = PackedCodes.of(
        [pack(codes[rows], length[rows]) for rows in parts], [length[rows] for rows in parts]
    )
    assert packed.shape == (count, codebooks, longest)
    rows = torch.randint(0, count, (7,), generator=generator)
    assert torch.equal(packed.read(rows), codes[rows][:, :, : int(length[rows].max())])


def test_a_mapped_file_holds_what_was_written(tmp_path: Path) -> None:
    columns = {
        "a": torch.arange(7, dtype=torch.uint8),
        "b": torch.arange(60_000, 60_010, dtype=torch.int32).to(torch.uint16).view(2, 5),
        "c": torch.randn(3, 2).half(),
        "d": torch.tensor([-(2**40)]),
        "e": torch.randn(4),
    }
    save_file(columns, tmp_path / "x.safetensors")
    found = map_file(tmp_path / "x.safetensors")
    assert found.keys() == columns.keys()
    for name, value in columns.items():
        assert torch.equal(found[name], value)
        # A view of the file's bytes, and no copy of them.
        assert found[name].untyped_storage().nbytes() == (tmp_path / "x.safetensors").stat().st_size


def test_shards_read_as_the_set_that_was_written(tmp_path: Path) -> None:
    notes = lm_run.write_tokens(tmp_path / "one", uneven=True)
    notes.write(tmp_path / "many", rows_per_shard=20)
    assert len(list((tmp_path / "many").glob("tokens-*.safetensors"))) == 4
    for found in (TokenSet.read(tmp_path / "one"), TokenSet.read(tmp_path / "many")):
        for name, column in notes.columns().items():
            if name != "codes":
                assert torch.equal(getattr(found, name), column), name
        rows = torch.tensor([3, 70, 21, 5])
        longest = int(notes.lengths[rows].max())
        real = torch.arange(longest) < notes.lengths[rows][:, None, None]
        assert torch.equal(found.frames(rows), notes.frames(rows)[:, :, :longest] * real)
    # A set that was read can be written again, to the same bytes.
    TokenSet.read(tmp_path / "many").write(tmp_path / "again", rows_per_shard=20)
    for path in (tmp_path / "many").iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_folders_of_one_file_are_read_still(tmp_path: Path) -> None:
    notes = lm_run.write_tokens(tmp_path / "new")
    old = tmp_path / "old"
    old.mkdir()
    save_file(notes.columns(), old / "tokens.safetensors")
    (old / "meta.json").write_text(json.dumps(notes.meta))
    found = TokenSet.read(old)
    for name, column in notes.columns().items():
        assert torch.equal(getattr(found, name), column), name


def test_what_is_wrong_with_shards_is_named(tmp_path: Path) -> None:
    notes = lm_run.write_tokens(tmp_path)
    notes.write(tmp_path, rows_per_shard=40)
    shard = tmp_path / "tokens-00001.safetensors"
    whole = shard.read_bytes()
    shard.write_bytes(whole[:-10])
    with pytest.raises(InputError, match=r"tokens-00001\.safetensors is cut short"):
        TokenSet.read(tmp_path)
    shard.unlink()
    with pytest.raises(InputError, match=r"tokens-00001\.safetensors is missing"):
        TokenSet.read(tmp_path)
    shard.write_bytes(whole)
    narrow = dataclasses.replace(TokenSet.read(tmp_path), meta=notes.meta | {"cardinality": 2})
    with pytest.raises(InputError, match="cardinality is 2"):
        narrow.frames(torch.arange(10))
