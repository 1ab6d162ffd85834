from __future__ import annotations

import numpy as np
import pytest
import torch

from trichord.codec.note.codec import NoteCodec, NoteCodecConfig
from trichord.codec.note.network import NetworkConfig
from trichord.errors import InputError
from trichord.studies.codec import codec_table, compare, note_codec
from trichord.studies.generic_codec import GenericCodec, GenericConfig, trained_generic_codec
from trichord.studies.generic_training import TrainingClock, note_excerpts
from trichord.studies.speed import codec_speed_table

TINY = GenericConfig(dim=16, deep=16, layers=1, latent=8, num_codebooks=2, cardinality=16)


def tiny_codec() -> NoteCodec:
    torch.manual_seed(0)
    network = NetworkConfig(dim=16, layers=1, latent=8)
    return NoteCodec(NoteCodecConfig(network, num_codebooks=4, cardinality=16)).eval()


def test_a_note_differs_from_itself_in_nothing(study):
    note = study.draw("some", "test", 1)[0]
    assert set(compare(note.wave, note.wave, note.pitch).values()) == {0.0}
    softer = compare(note.wave, note.wave / 2, note.pitch)
    assert softer["level"] == pytest.approx(6.02, abs=0.01)
    assert softer["cents"] == pytest.approx(0.0, abs=1e-3)


def test_the_codec_table_has_its_floors_and_families(study):
    study.__dict__["codec"] = tiny_codec()
    table = codec_table(study)
    names = [row[0] for row in table.rows]
    assert names == [
        "note codec, 4 codebooks",
        "floor: its blocks, not quantised",
        "floor: its analysis, every frame",
        "– keyboard",
        "– organ",
    ]
    untrained, blocks, analysis = (float(row[3]) for row in table.rows[:3])
    assert untrained > blocks > analysis
    assert (study.folder / "codec.png").is_file()
    speed = codec_speed_table(study)
    assert all(row[1] > 0 for row in speed.rows)


def test_another_codec_is_refused(study):
    from trichord.codec.debug import DebugCodec

    study.__dict__["codec"] = DebugCodec()
    with pytest.raises(InputError, match="not a note codec"):
        note_codec(study)


def test_the_generic_codec_learns_and_gives_back_as_many_samples():
    torch.manual_seed(0)
    codec = GenericCodec(TINY)
    time = torch.arange(22050) / 44100
    wave = torch.stack([torch.sin(2 * torch.pi * hz * time) for hz in (220.0, 440.0)])
    generator = torch.Generator().manual_seed(0)
    optimizer = torch.optim.AdamW(codec.parameters(), lr=3e-3)
    losses: list[float] = []
    for step in range(12):
        loss = codec.loss(wave, generator, quantise=step > 6)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]
    back = codec.eval().round_trip(0.1 * wave[0].numpy())
    assert back.shape == (22050,)
    assert np.isfinite(back).all()


def test_a_trained_generic_codec_is_kept(study, monkeypatch):
    from trichord.studies import generic_codec

    monkeypatch.setattr(generic_codec, "GenericConfig", lambda: TINY)
    object.__setattr__(study.options, "cpu_seconds", 20.0)
    first = trained_generic_codec(study)
    monkeypatch.setattr(generic_codec, "train", None)
    again = trained_generic_codec(study)
    for name, value in first.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name


def test_excerpts_begin_at_the_attack_with_a_peak_of_one(study):
    excerpts = note_excerpts(study)
    assert excerpts.dtype == np.int16
    assert np.abs(excerpts).max(axis=1) == pytest.approx(32767, abs=1)


def test_the_clock_warms_up_and_cools_down(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.process_time", lambda: now[0])
    clock = TrainingClock(100.0)
    rates = []
    for now[0] in (0.0, 1.0, 3.0, 50.0, 100.0):
        rates.append(clock.rate())
    assert rates[0] < rates[1] < rates[2] > rates[3] > rates[4] > 0
    assert clock.share == pytest.approx(1.0)
