from __future__ import annotations

import struct

import numpy as np
import pytest
import soundfile

from trichord.audio import riff
from trichord.audio.io import (
    read_mono,
    read_native,
    read_wav_loop,
    write_wav,
)
from trichord.errors import InputError


def tone(seconds: float = 0.5, rate: int = 44100, hz: float = 440.0) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [8000, 22050, 48000, 192000])
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_any_rate_is_read_at_the_asked_one(tmp_path, rate, subtype):
    path = tmp_path / "shot.wav"
    soundfile.write(path, tone(rate=rate), rate, subtype=subtype)
    wave = read_mono(path, 44100)
    assert wave.dtype == np.float32
    assert abs(wave.size - 22050) <= 2
    assert np.abs(wave[2000:-2000]).max() == pytest.approx(0.5, abs=0.01)


def test_many_channels_are_averaged(tmp_path):
    path = tmp_path / "many.wav"
    soundfile.write(path, np.repeat(tone()[:, None], 24, axis=1), 44100)
    np.testing.assert_allclose(read_mono(path), tone(), atol=1e-4)


def write_raw(path, content: bytes):
    path.write_bytes(content)
    return path


def nan_file(path):
    wave = tone()
    wave[100] = np.nan
    soundfile.write(path, wave, 44100, subtype="FLOAT")


BAD = {
    "missing": (lambda p: None, "no such file"),
    "empty file": (lambda p: write_raw(p, b""), "empty"),
    "text": (lambda p: write_raw(p, b"not a sound at all" * 20), "no readable sound file"),
    "folder": (lambda p: p.mkdir(), "folder"),
    "no samples": (lambda p: soundfile.write(p, np.zeros(0), 44100), "no samples"),
    "one sample": (lambda p: soundfile.write(p, np.ones(1), 44100), "too short"),
    "silent": (lambda p: soundfile.write(p, np.zeros(44100), 44100), "silent"),
    "nan": (nan_file, "not finite"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_named_with_the_reason(tmp_path, case):
    make, reason = BAD[case]
    path = tmp_path / "shot.wav"
    make(path)
    with pytest.raises(InputError, match=reason) as caught:
        read_mono(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", ["wav", "flac"])
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_truncated_file_is_refused(tmp_path, suffix, part):
    path = tmp_path / f"shot.{suffix}"
    rng = np.random.default_rng(0)
    soundfile.write(path, 0.1 * rng.normal(size=44100), 44100)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(InputError, match=r"truncated|no readable"):
        read_mono(path)


def test_a_streamed_header_of_unknown_length_is_no_truncation(tmp_path):
    path = tmp_path / "piped.wav"
    soundfile.write(path, tone(), 44100, subtype="PCM_16")
    content = bytearray(path.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = struct.pack("<I", 0xFFFFFFFF)
    path.write_bytes(bytes(content))
    assert read_native(path)[0].size == tone().size


def test_written_wav_carries_samples_loop_and_texts(tmp_path):
    path = tmp_path / "a.wav"
    wave = tone()
    loop = riff.SampleLoop(1000, 15999)
    info = {"ICMT": '{"prompt": "felt ピアノ"}', "INAM": "odd"}
    write_wav(path, wave, 44100, loop=loop, pitch=69, keys=(67, 70), velocities=(1, 90), info=info)
    read, rate = read_native(path)
    assert rate == 44100
    np.testing.assert_allclose(read, wave, atol=2.0**-23)
    assert soundfile.info(path).subtype == "PCM_24"
    assert read_wav_loop(path) == loop
    with soundfile.SoundFile(path) as written:
        texts = {"ISFT": written.software, "ICMT": written.comment, "INAM": written.title}
    assert texts == {"ISFT": "Trichord", **info}
    with path.open("rb") as file:
        found = {chunk.name: chunk for chunk in riff.chunks(file)}
        file.seek(found["inst"].start)
        assert list(file.read(7)) == [69, 0, 0, 67, 70, 1, 90]
    assert list(found) == ["fmt ", "data", "smpl", "inst", "LIST"]


def test_the_same_arguments_give_the_same_bytes(tmp_path):
    for name in ("a.wav", "b.wav"):
        write_wav(tmp_path / name, tone(), 44100, pitch=60)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_a_folder_that_does_not_exist_leaves_nothing(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        write_wav(tmp_path / "no" / "a.wav", tone(), 44100)
    assert list(tmp_path.iterdir()) == []


def test_a_wave_without_loop_has_none(tmp_path):
    write_wav(tmp_path / "a.wav", tone(), 44100, pitch=60)
    assert read_wav_loop(tmp_path / "a.wav") is None


def test_samples_beyond_full_scale_are_clipped_not_wrapped():
    values = np.frombuffer(riff.pcm24(np.array([2.0, -2.0, 1.0], np.float32)), np.uint8)
    assert values.reshape(3, 3).tolist() == [[255, 255, 127], [0, 0, 128], [255, 255, 127]]
