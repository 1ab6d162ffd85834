"""Known sounds through analysis and synthesis: what goes in must come out."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from trichord.audio.mel import log_mel_distance
from trichord.audio.notes import midi_to_hz
from trichord.codec.note import layout as lay
from trichord.codec.note import leak, synthesis
from trichord.codec.note.analysis import NoteParameters, analyse
from trichord.codec.note.synthesis import synthesise

RATE = lay.SAMPLE_RATE


def string(
    midi: int, cents: float = 0.0, stiffness: float = 0.0, seconds: float = 2.0
) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    wave = np.zeros_like(time)
    for k in range(1, 13):
        hz = midi_to_hz(midi) * 2 ** (cents / 1200) * k * np.sqrt(1 + stiffness * k * k)
        if hz < 18000:
            wave += np.exp(-time * (1 + 0.3 * k)) * np.sin(2 * np.pi * hz * time + k * k) / k
    return (0.5 * wave / np.abs(wave).max()).astype(np.float32)


def peak_hz(wave: np.ndarray, near: float) -> float:
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 4 * len(wave)))
    hz = np.fft.rfftfreq(4 * len(wave), 1 / RATE)
    inside = np.abs(hz - near) < near * 0.06
    return float(hz[inside][spectrum[inside].argmax()])


def through(wave: np.ndarray, midi: int) -> tuple[NoteParameters, np.ndarray]:
    note = analyse(torch.from_numpy(wave), midi)
    return note, synthesise(note, midi, torch.Generator().manual_seed(0)).numpy()


@pytest.mark.parametrize("midi", [24, 36, 48, 60, 72, 84, 96])
def test_a_string_keeps_its_pitch_level_and_spectrum(midi: int) -> None:
    wave = string(midi)
    note, back = through(wave, midi)
    hz = midi_to_hz(midi)
    assert abs(1200 * np.log2(peak_hz(back, hz) / peak_hz(wave, hz))) < 3
    assert abs(note.detune) < 3
    rms = [20 * np.log10(np.sqrt(np.mean(w[:RATE].astype(float) ** 2))) for w in (wave, back)]
    assert abs(rms[0] - rms[1]) < 1.5
    assert log_mel_distance(wave, back, RATE, floor_db=-80) < 0.14


@pytest.mark.parametrize("cents", [-30.0, 12.0])
def test_detune_is_measured_and_comes_back(cents: float) -> None:
    wave = string(60, cents)
    note, back = through(wave, 60)
    assert note.detune == pytest.approx(cents, abs=2)
    hz = midi_to_hz(60) * 2 ** (cents / 1200)
    assert abs(1200 * np.log2(peak_hz(back, hz) / hz)) < 3


def test_stiffness_is_measured_within_a_fifth() -> None:
    note, _ = through(string(48, stiffness=6e-4), 48)
    assert note.inharmonicity == pytest.approx(6e-4, rel=0.25)


def test_white_noise_keeps_its_level_in_every_octave() -> None:
    wave = (0.1 * np.random.default_rng(0).normal(size=2 * RATE)).astype(np.float32)
    _, back = through(wave, 60)
    edges = 125 * 2.0 ** np.arange(8)
    hz = np.fft.rfftfreq(len(wave), 1 / RATE)
    back = back[: len(wave)]
    for low, high in itertools.pairwise(edges):
        inside = (hz >= low) & (hz < high)
        powers = [np.mean(np.abs(np.fft.rfft(w, len(wave)))[inside] ** 2) for w in (wave, back)]
        assert abs(10 * np.log10(powers[1] / powers[0])) < 2.5, (low, high)


def test_an_organ_pedal_an_octave_below_stays_a_tone() -> None:
    time = np.arange(2 * RATE) / RATE
    hz = midi_to_hz(72)
    wave = (0.3 * np.sin(2 * np.pi * hz * time) + 0.3 * np.sin(np.pi * hz * time)).astype(
        np.float32
    )
    note, back = through(wave, 72)
    spectrum = np.abs(np.fft.rfft(back[: len(wave)] * np.hanning(len(wave))))
    pedal = spectrum[round(hz / 2 * 2)]
    assert pedal > 0.5 * spectrum[round(hz * 2)]
    assert float(note.features[100, lay.HALF_SLICE][0]) > -12


def test_an_attack_stays_within_six_milliseconds() -> None:
    wave = string(60)
    late = np.concatenate([np.zeros(RATE // 5, np.float32), wave])
    _, back = through(late, 60)
    energy = np.cumsum(back.astype(float) ** 2)
    start = int(np.searchsorted(energy, 0.01 * energy[-1]))
    truth = np.cumsum(late.astype(float) ** 2)
    expected = int(np.searchsorted(truth, 0.01 * truth[-1]))
    assert abs(start - expected) < 0.006 * RATE


def test_the_same_generator_gives_the_same_wave() -> None:
    note = analyse(torch.from_numpy(string(60, seconds=0.5)), 60)
    waves = [synthesise(note, 60, torch.Generator().manual_seed(5)) for _ in range(2)]
    assert torch.equal(*waves)


def test_vibrato_comes_back_in_time() -> None:
    time = np.arange(2 * RATE) / RATE
    cents = 30 * np.sin(2 * np.pi * 5 * time)
    phase = 2 * np.pi * np.cumsum(440 * 2 ** (cents / 1200)) / RATE
    wave = (0.5 * np.sin(phase)).astype(np.float32)
    note = analyse(torch.from_numpy(wave), 69)
    track = note.features[:, 0].numpy()
    expected = 30 * np.sin(2 * np.pi * 5 * np.arange(len(track)) * lay.HOP / RATE)
    middle = slice(40, len(track) - 40)
    assert np.corrcoef(track[middle], expected[middle])[0, 1] > 0.9


def between_partials(wave: np.ndarray, midi: int) -> float:
    """Power in dB between the first partials, against that of all."""
    wave = wave[RATE // 4 : RATE // 4 + RATE].astype(float)
    power = np.abs(np.fft.rfft(wave * np.blackman(len(wave)))) ** 2
    place = np.fft.rfftfreq(len(wave), 1 / RATE) / midi_to_hz(midi)
    beside = (np.abs(place - np.rint(place)) > 0.2) & (place < 4)
    return float(10 * np.log10(power[beside].sum() / power.sum()))


def through_blocks(wave: np.ndarray, midi: int) -> np.ndarray:
    """A wave from analysis to synthesis by way of blocks, as the codec has it."""
    note = analyse(torch.from_numpy(wave), midi)
    blocks = replace(note, features=lay.from_blocks(lay.to_blocks(note.features)))
    return synthesise(blocks, midi, torch.Generator().manual_seed(0)).numpy()


@pytest.mark.parametrize("midi", [36, 44, 48, 60, 72, 84])
def test_a_clean_tone_does_not_come_back_with_noise(
    midi: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wave = string(midi)
    quiet = between_partials(through_blocks(wave, midi), midi)
    monkeypatch.setattr(leak, "OVER", 0.0)
    hissing = between_partials(through_blocks(wave, midi), midi)
    assert hissing > -40
    assert quiet < hissing - 14
    assert quiet < -45


@pytest.mark.parametrize("breath", [0.01, 0.03])
def test_breath_that_is_there_stays(breath: float) -> None:
    noise = np.random.default_rng(0).normal(size=2 * RATE)
    wave = (string(60) + breath * noise).astype(np.float32)
    back = through_blocks(wave, 60)
    assert between_partials(back, 60) == pytest.approx(between_partials(wave, 60), abs=4)


def test_a_part_of_a_note_keeps_its_breath_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[torch.Tensor] = []

    def watched(*given: Any) -> torch.Tensor:
        played.append(leak.without_leak(*given))
        return played[-1]

    monkeypatch.setattr(synthesis, "without_leak", watched)
    breath = 0.02 * np.random.default_rng(0).normal(size=int(3.0 * RATE))
    note = analyse(torch.from_numpy((string(48, seconds=3.0) + breath).astype(np.float32)), 48)
    for frames in (len(note.features), 60):
        part = replace(note, features=note.features[:frames])
        synthesise(part, 48, torch.Generator().manual_seed(0))
    whole, part = played[0][: len(played[1])], played[1]
    assert (part - whole)[-4:].mean(0).min() > -2.0


@pytest.mark.parametrize("frames", [1, 2, 40])
@pytest.mark.parametrize("midi", [0, 60, 127])
def test_every_key_sounds_however_short(midi: int, frames: int) -> None:
    wave = torch.from_numpy(string(midi, seconds=0.5))
    note = analyse(wave, midi)
    few = replace(note, features=note.features[:frames])
    silent = replace(few, features=torch.full_like(few.features, lay.FLOOR_DB))
    silent.features[:, 0] = 0.0
    back = synthesise(few, midi, torch.Generator().manual_seed(0))
    assert back.shape == (frames * lay.HOP,)
    assert back.isfinite().all()
    assert back.abs().max() > 0
    assert not synthesise(silent, midi, torch.Generator().manual_seed(0)).any()
