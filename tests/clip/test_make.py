"""`trichord clip` with tiny models: files, streams, seeds, wishes, and what goes wrong."""

from __future__ import annotations

import errno
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import soundfile
import torch

from trichord.cli import main
from trichord.clip.make import ClipMade, make_clip, waves_of
from trichord.clip.models import ClipModels, load_models
from trichord.clip.options import ClipOptions
from trichord.clip.wish import conditions_of
from trichord.errors import InputError
from trichord.lm.conditions import Conditions
from trichord.lm.sampling import Sampling
from trichord.progress import Progress


@pytest.fixture(scope="module")
def models(weights: Path) -> ClipModels:
    """The tiny models, loaded."""
    return load_models(weights)


def _options(out: Path | str, **changes: object) -> ClipOptions:
    plain = ClipOptions(out=str(out), prompt="slow dark dub", seconds=1.0)
    return replace(plain, **changes)  # type: ignore[arg-type]


def _make(options: ClipOptions, models: ClipModels, stdout: io.BytesIO | None = None) -> ClipMade:
    with Progress("quiet") as progress:
        return make_clip(options, lambda: models, progress, stdout)


def test_a_file_with_its_provenance(models: ClipModels, tmp_path: Path) -> None:
    made = _make(_options(tmp_path / "clip.wav", seconds=0.99), models)
    assert made.path == tmp_path / "clip.wav"
    assert 0 < made.first_audio <= made.whole
    wave, rate = soundfile.read(made.path)
    assert (len(wave), rate) == (round(0.99 * 32000), 32000)
    assert np.abs(wave).max() <= 1
    record = json.loads((tmp_path / "clip.json").read_text(encoding="utf-8"))
    assert record["request"]["source"] == {"prompt": "slow dark dub"}
    assert record["request"]["options"] == {"seconds": 0.99, "seed": 7}
    hashes = record["request"]["models"]["hashes"]
    assert set(hashes) == {
        f"{room}/{file}"
        for room in ("general", "clip_lm")
        for file in ("config.json", "model.safetensors")
    }
    assert record["licences"] == {"general": "MIT.", "clip_lm": "unknown"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.json", "clip.wav"]


def test_the_same_seed_gives_the_same_bytes(models: ClipModels, tmp_path: Path) -> None:
    wavs = [tmp_path / f"{i}.wav" for i in range(3)]
    for wav, seed in zip(wavs, (3, 3, 4), strict=True):
        _make(_options(wav, seed=seed), models)
    first, again, other = (wav.read_bytes() for wav in wavs)
    assert first == again
    assert first != other


def test_a_stream_is_the_file(models: ClipModels, tmp_path: Path) -> None:
    _make(_options(tmp_path / "clip.wav", seconds=2.03), models)
    stream = io.BytesIO()
    made = _make(_options("-", seconds=2.03), models, stream)
    assert made.path is None
    stream.seek(0)
    streamed, rate = soundfile.read(stream)
    whole, _ = soundfile.read(tmp_path / "clip.wav")
    assert rate == 32000
    np.testing.assert_array_equal(streamed, whole)


def test_a_stream_begins_before_the_clip_is_made(models: ClipModels) -> None:
    writes: list[int] = []

    class Watched(io.BytesIO):
        def write(self, data: object) -> int:
            writes.append(len(bytes(data)))  # type: ignore[call-overload]
            return writes[-1]

    _make(_options("-", seconds=2.0), models, Watched())
    assert writes[0] == 44
    assert len(writes) > 3, "the sound comes in pieces"
    assert sum(writes) == 44 + 3 * 64000


@pytest.mark.parametrize(
    ("loud_from", "expected"), [(0, [0]), (2, [0, 1, 2]), (99, [0, 1, 2, 3, 4, 5])]
)
def test_a_silent_beginning_is_drawn_again(
    monkeypatch: pytest.MonkeyPatch, loud_from: int, expected: list[int]
) -> None:
    tried: list[int] = []

    def stream(*_: object, seeds: list[int], **__: object) -> list[int]:
        tried.append(seeds[0])
        return seeds

    def decoded(_: object, arriving: list[int], frames: int) -> Iterator[torch.Tensor]:
        del frames
        level = 0.5 if arriving[0] >= loud_from else 1e-4
        yield torch.full((4,), level)
        yield torch.full((2,), level)

    models = cast("ClipModels", SimpleNamespace(lm=SimpleNamespace(stream=stream), codec=None))
    monkeypatch.setattr("trichord.codec.stream.decode_stream", decoded)
    waves = list(waves_of(models, Conditions(), Sampling(), 6))
    assert tried == expected
    assert [len(wave) for wave in waves] == [4, 2], "nothing of a silent try is heard"


def test_words_and_point_both_count(models: ClipModels) -> None:
    both = conditions_of(models, "slow dark dub", None)
    assert both.joint is not None
    assert both.text is not None
    assert both.joint.shape == (1, models.space.dim)
    assert int(both.text_length[0]) == both.text.shape[1]  # type: ignore[index]
    alone = conditions_of(models, "", both.joint)
    assert alone.text is None


def test_from_a_recording(models: ClipModels, tmp_path: Path) -> None:
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(22050) / 22050)
    soundfile.write(tmp_path / "tone.wav", tone, 22050)
    for prompt in ("", "bright"):
        out = tmp_path / "clip.wav"
        _make(_options(out, prompt=prompt, from_=tmp_path / "tone.wav"), models)
        source = json.loads(out.with_suffix(".json").read_text())["request"]["source"]
        assert source["recording"] == "tone.wav"
        assert ("prompt" in source) == bool(prompt)


def test_from_a_program(models: ClipModels, tmp_path: Path) -> None:
    song = tmp_path / "song.rb"
    song.write_text("live_loop :a do\n  synth :saw, note: 40\n  sleep 0.5\nend\n")
    _make(_options(tmp_path / "clip.wav", prompt="", from_code=song), models)
    source = json.loads((tmp_path / "clip.json").read_text())["request"]["source"]
    assert source["program"] == "song.rb"
    song.write_text("sleep 1\n")
    with pytest.raises(InputError, match=r"song\.rb: .*that sounds"):
        _make(_options(tmp_path / "clip.wav", prompt="", from_code=song), models)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seconds": 3600.0}, "--seconds 3600: use 0.5 to 10"),
        ({"seconds": 5.0}, "this model makes 2.4 at most"),
        ({"seconds": float("nan")}, "--seconds nan"),
        ({"seed": -1}, "--seed -1"),
        ({"guidance": -1.0}, "--guidance -1"),
        ({"temperature": 3.0}, "--temperature 3"),
        ({"prompt": "  "}, "the prompt is empty"),
        ({"prompt": "a" * 501}, "501 characters"),
        ({"from_": Path("nothing.wav")}, r"nothing\.wav: no such file"),
        ({"from_code": Path("nothing.rb")}, r"nothing\.rb: no such file"),
        ({"from_": Path("a.wav"), "from_code": Path("a.rb")}, "one of --from and --from-code"),
    ],
)
def test_what_cannot_be_made_leaves_nothing(
    models: ClipModels, tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        _make(_options(tmp_path / "clip.wav", **changes), models)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("out", ["nowhere/clip.wav", "clip.mp3", "."])
def test_places_that_cannot_be_written(models: ClipModels, tmp_path: Path, out: str) -> None:
    with pytest.raises(InputError, match="--out"):
        _make(_options(tmp_path / out), models)


def test_a_full_disk_leaves_nothing(
    models: ClipModels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> int:
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match="No space left on device"):
        _make(_options(tmp_path / "clip.wav"), models)
    assert not list(tmp_path.iterdir())


def test_provenance_that_cannot_be_written_takes_the_sound_along(
    models: ClipModels, tmp_path: Path
) -> None:
    (tmp_path / "clip.json").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        _make(_options(tmp_path / "clip.wav"), models)
    assert not (tmp_path / "clip.wav").exists()


def test_the_verb(weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "clip.wav"
    words = ["clip", "slow dark dub", "--out", str(out), "--seconds", "1"]
    assert main([*words, "--weights", str(weights), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["path"] == str(out)
    assert told["seconds"] == 1
    assert main([*words, "--weights", str(tmp_path)]) == 2
    said = capsys.readouterr().err.strip()
    assert "missing weights" in said
    assert "\n" not in said
