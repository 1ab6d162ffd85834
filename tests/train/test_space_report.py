from __future__ import annotations

import dataclasses

import pytest
import torch
import torch.nn.functional as F

from trichord.train.space_data import InstrumentRow, NoteTable
from trichord.train.space_report import (
    family_accuracy,
    instrument_means,
    note_retrieval,
    pitch_probe,
    ranks,
    recalls,
)


def table(instruments: int, notes: int, train: int) -> NoteTable:
    rows = tuple(
        InstrumentRow(
            f"i{i}",
            f"i{i}",
            ("bass", "reed")[i % 2],
            "acoustic",
            ("x",),
            i,
            "train" if i < train else "test",
        )
        for i in range(instruments)
    )
    count = instruments * notes
    owner = torch.arange(instruments).repeat_interleave(notes)
    pitch = 40 + 3 * (torch.arange(count) % notes) + torch.arange(count) // notes
    images = torch.zeros(count, 2, 1, 1, dtype=torch.uint8)
    ones = torch.ones(count, dtype=torch.long)
    ids = tuple(str(i) for i in range(count))
    return NoteTable(ids, images, ones, pitch, ones, owner, rows)


def test_recalls_and_chance_by_hand() -> None:
    similarity = torch.tensor([[0.9, 0.1, 0.5, 0.2], [0.3, 0.8, 0.4, 0.9]])
    right = torch.tensor([[True, False, False, False], [True, False, True, False]])
    assert ranks(similarity, right).tolist() == [0, 2]
    figures = recalls(similarity, right, ks=(1, 3))
    assert figures["R@1"] == 0.5
    assert figures["R@3"] == 1
    assert figures["chance@1"] == pytest.approx((1 / 4 + 2 / 4) / 2)
    assert figures["chance@3"] == pytest.approx((3 / 4 + 1) / 2)


def test_a_note_does_not_find_itself() -> None:
    notes = table(2, 2, 0)
    # Each instrument's two notes are opposite: without itself, its mean is the worst answer.
    vectors = torch.tensor([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
    assert note_retrieval(vectors, notes, "test", seed=0, draws=2)["R@1"] == 0


def test_twins_are_the_same_sound() -> None:
    notes = table(2, 3, 0)
    twins = (notes.instruments[0], dataclasses.replace(notes.instruments[1], group=0))
    vectors = F.normalize(torch.randn(6, 4, generator=torch.Generator().manual_seed(0)), dim=1)
    found = note_retrieval(
        vectors, dataclasses.replace(notes, instruments=twins), "test", seed=0, draws=3
    )
    assert found["sound_R@1"] == 1
    assert found["sounds"] == 1
    assert found["R@1"] <= 1


def test_means_and_families() -> None:
    notes = table(4, 2, 2)
    base = torch.tensor([[1.0, 0.1], [0.1, 1.0], [0.9, 0.2], [0.2, 0.9]])
    means = instrument_means(F.normalize(base, dim=1).repeat_interleave(2, 0), notes.owner, 4)
    assert torch.allclose(means, F.normalize(base, dim=1))
    assert family_accuracy(means[2:], ["bass", "reed"], means, notes) == 1
    assert family_accuracy(means[2:], ["reed", "bass"], means, notes) == 0


def test_the_probe_sees_pitch_only_where_it_is() -> None:
    notes = table(30, 8, 20)
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(240, 6, generator=generator)
    telling = torch.cat([noise, notes.pitch[:, None] / 10 + 0.01 * noise[:, :1]], dim=1)
    assert pitch_probe(telling, notes)["pitch_r2_within"] > 0.9
    assert pitch_probe(noise, notes)["pitch_r2_within"] < 0.2
