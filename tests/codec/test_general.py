"""The general codec: its transform, its contract, streams, and gradients by an independent way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from trichord.codec import load_codec
from trichord.codec.general import GeneralCodec, GeneralCodecConfig, spectra
from trichord.codec.general.network import spectrum
from trichord.codec.general.objective import Magnitude, reconstruction
from trichord.errors import InputError


@pytest.fixture(scope="module")
def codec() -> GeneralCodec:
    """A tiny codec whose codebooks hold something."""
    torch.manual_seed(0)
    made = GeneralCodec(GeneralCodecConfig.debug())
    for name, entries in made.named_buffers():
        if name.endswith("entries"):
            entries.normal_()
    return made.eval()


def _wave(samples: int, rows: int = 2) -> torch.Tensor:
    return 0.2 * torch.randn(rows, 1, samples, generator=torch.Generator().manual_seed(3))


def test_the_transform_is_that_of_numpy() -> None:
    wave = _wave(4 * spectra.HOP, 1)[:, 0]
    found = spectra.transform(wave, spectra.WINDOW, spectra.HOP)[0]
    side = (spectra.WINDOW - spectra.HOP) // 2
    padded = np.pad(wave[0].numpy().astype(np.float64), side)
    taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(spectra.WINDOW) / spectra.WINDOW)
    for i in range(4):
        frame = padded[i * spectra.HOP : i * spectra.HOP + spectra.WINDOW] * taper
        expected = np.fft.rfft(frame) / (taper.sum() / 2)
        np.testing.assert_allclose(found[i].numpy(), expected, atol=1e-6)


def test_a_full_scale_sine_has_magnitude_one() -> None:
    time = torch.arange(20 * spectra.HOP) / spectra.SAMPLE_RATE
    wave = torch.sin(2 * torch.pi * 1000 * time)[None]
    level = spectra.transform(wave, spectra.WINDOW, spectra.HOP).abs()[0, 10]
    assert level.argmax() == 1000 * spectra.WINDOW // spectra.SAMPLE_RATE
    assert float(level.max()) == pytest.approx(1.0, abs=1e-3)


def test_overlap_add_undoes_the_transform_from_end_to_end() -> None:
    wave = _wave(30 * spectra.HOP)[:, 0]
    back = spectra.overlap_add(spectra.transform(wave, spectra.WINDOW, spectra.HOP))
    assert back.shape == wave.shape
    torch.testing.assert_close(back, wave, atol=1e-5, rtol=1e-4)


def test_bands_of_noise_share_every_bin() -> None:
    weights = spectra.noise_bands()
    torch.testing.assert_close(weights.sum(0), torch.ones(spectra.BINS), atol=1e-4, rtol=0)
    assert bool((weights >= 0).all())
    assert bool((weights.sum(1) > 0).all())


def test_noise_belongs_to_a_place_in_the_clip() -> None:
    whole = spectra.frame_noise(0, 6, 4)
    assert torch.equal(whole[8:16], spectra.frame_noise(2, 2, 4))
    assert float(whole.real.std()) == pytest.approx(1.0, abs=0.05)


def test_the_slope_of_the_magnitude_is_that_of_the_library() -> None:
    frames = torch.randn(3, 64, dtype=torch.float64, requires_grad=True)
    weights = torch.randn(3, 33, dtype=torch.float64)
    (torch.fft.rfft(frames).abs() * weights).sum().backward()
    expected = frames.grad
    frames.grad = None
    (Magnitude.apply(frames) * weights).sum().backward()  # type: ignore[no-untyped-call]
    torch.testing.assert_close(frames.grad, expected)


def test_the_distance_is_zero_to_itself_and_six_decibels_to_the_double() -> None:
    wave = _wave(12800)[:, 0]
    same = reconstruction(wave, wave)
    assert float(same["distance"]) == 0.0
    twice = reconstruction(wave, 2 * wave)
    assert float(twice["mel"]) == pytest.approx(np.log10(2.0), abs=1e-3)
    pair = reconstruction(wave, 2 * wave, wave)
    assert float(pair["apart"]) == pytest.approx(float(twice["distance"]), rel=1e-4)
    assert float(pair["distance"]) == pytest.approx(float(twice["distance"]) / 2, rel=1e-4)


def test_phase_is_told_as_a_direction() -> None:
    bins, hiss = spectra.BINS, spectra.NOISE_BANDS
    told = torch.zeros(1, 1, 3 * bins + hiss)
    told[..., :bins] = 1.5  # 0 dBFS
    told[..., bins : 2 * bins] = -5.0
    told[..., 3 * bins :] = -5.0
    made = spectrum(told, torch.zeros(1, 1, bins, dtype=torch.complex64))
    torch.testing.assert_close(made.real, -torch.ones(1, 1, bins), atol=1e-3, rtol=0)


@pytest.mark.parametrize("samples", [1, 1279, 1280, 1281, 40000])
def test_the_contract(codec: GeneralCodec, samples: int) -> None:
    codes = codec.encode(_wave(samples))
    frames = -(-samples // codec.hop)
    assert codes.shape == (2, codec.num_codebooks, frames)
    assert codes.dtype == torch.int64
    assert codec.decode(codes).shape == (2, 1, frames * codec.hop)
    assert codec.frame_rate == 25.0
    assert codec.frames(10.0) == 250


def test_silence_is_finite(codec: GeneralCodec) -> None:
    made = codec.decode(codec.encode(torch.zeros(1, 1, 6400)))
    assert bool(torch.isfinite(made).all())


@pytest.mark.parametrize(("start", "stop"), [(0, 5), (7, 12), (30, 40)])
def test_a_stretch_is_the_whole_clips_stretch(codec: GeneralCodec, start: int, stop: int) -> None:
    codes = torch.randint(16, (2, 3, 40), generator=torch.Generator().manual_seed(5))
    whole = codec.decode(codes)[..., start * codec.hop : stop * codec.hop]
    first, last = max(0, start - codec.context), min(40, stop + codec.context)
    part = codec.decode_stretch(codes[..., first:last], first, start, stop)
    torch.testing.assert_close(part, whole, atol=1e-5, rtol=1e-4)


def test_context_is_needed_and_suffices(codec: GeneralCodec) -> None:
    codes = torch.randint(16, (1, 3, 40), generator=torch.Generator().manual_seed(5))
    other = codes.clone()
    at = 20
    other[..., at] = (other[..., at] + 1) % 16
    changed = (codec.decode(codes) - codec.decode(other)).abs()[0, 0].unflatten(0, (40, -1))
    far = changed.amax(1)
    assert float(far[at]) > 0
    assert float(far[: at - codec.context].max()) < 1e-6
    assert float(far[at + codec.context + 1 :].max()) < 1e-6


def test_a_row_is_alike_alone_and_in_a_batch(codec: GeneralCodec) -> None:
    codes = codec.encode(_wave(12800, 3))
    alone = codec.decode(codes[1:2])
    torch.testing.assert_close(codec.decode(codes)[1:2], alone, atol=1e-5, rtol=1e-4)


def test_save_and_load(codec: GeneralCodec, tmp_path: Path) -> None:
    codec.save(tmp_path)
    loaded = load_codec(tmp_path)
    assert isinstance(loaded, GeneralCodec)
    again = tmp_path / "again"
    loaded.save(again)
    wave = _wave(12800)
    assert torch.equal(load_codec(again).encode(wave), loaded.encode(wave))
    (tmp_path / "model.safetensors").write_bytes(b"\x08\x00")
    with pytest.raises(InputError, match=r"model\.safetensors: not this codec"):
        load_codec(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(InputError, match="missing"):
        load_codec(tmp_path)
