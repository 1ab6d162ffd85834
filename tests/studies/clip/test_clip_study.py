"""The study of clips: figures on sounds whose answers are known, and its page."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from trichord.codec.general import GeneralCodec, GeneralCodecConfig
from trichord.errors import InputError
from trichord.progress import Progress
from trichord.studies.clip import agreement, codec
from trichord.studies.clip.contents import TABLES
from trichord.studies.clip.study import ClipStudy, ClipStudyOptions, Row, Wave

RATE = 32000


def _tone(hz: float, seconds: float = 1.0, gain: float = 0.3) -> Wave:
    time = np.arange(round(seconds * RATE)) / RATE
    return (gain * np.sin(2 * np.pi * hz * time)).astype(np.float32)


def _study(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ClipStudy:
    torch.manual_seed(0)
    general = GeneralCodec(GeneralCodecConfig.debug()).eval()
    folder.mkdir(exist_ok=True)
    study = ClipStudy(ClipStudyOptions(out=folder, count=4, seeds=2), Progress("quiet"))
    study.__dict__["models"] = SimpleNamespace(codec=general)
    held = [
        Row(f"c{i}", _tone(hz, 3.0), RATE, None, (said,))
        for i, (hz, said) in enumerate(
            ((150.0, "dark drone"), (4000.0, "bright beep"), (200.0, "a dark tone"), (900.0, "hum"))
        )
    ]
    monkeypatch.setattr(study, "held_clips", lambda: held)
    notes = [Row("n", _tone(220.0, 2.0), RATE, 57, ())]
    monkeypatch.setattr(study, "held_notes", lambda: notes)
    return study


def test_a_generator_that_follows_one_word_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = _study(tmp_path, monkeypatch)

    def made(
        _: ClipStudy, prompts: list[str], seed: int, keys: list[int] | None = None
    ) -> list[Wave]:
        """Obeys "bright" and "dark", does the opposite of "loud" and "quiet", hears no more."""
        del seed
        assert keys is None or keys == [i // 2 for i in range(len(prompts))]
        waves: list[Wave] = []
        for prompt in prompts:
            words = prompt.split()
            hz = 5000.0 if "bright" in words else 100.0 if "dark" in words else 600.0
            gain = 0.05 if "loud" in words else 0.5 if "quiet" in words else 0.2
            waves.append(_tone(hz, gain=gain))
        return waves

    monkeypatch.setattr(agreement, "make", made)
    table = agreement.agreement_table(study)
    rows = {str(row[0]): row for row in table.rows}
    assert rows["brightness"][2] == "100 %"
    assert rows["loudness"][2] == "0 %"
    assert rows["pace"][2] == "0 %", "equal measures are no right order"
    # Two real clips are called dark, one bright, and both are darker than it.
    assert rows["brightness"][3] == "100 % of 2"
    assert rows["pace"][3] is None
    assert rows["brightness"][6] == pytest.approx(1.0), "the end of a tone is as its beginning"
    assert (tmp_path / "made.png").is_file()


def test_the_codec_table_has_both_codecs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = _study(tmp_path, monkeypatch)
    monkeypatch.setattr(codec, "_FEWER", (2,))
    table = codec.codec_table(study)
    assert [(row[1], row[2]) for row in table.rows] == [
        ("clips", 4), ("clips", 4), ("notes", 1), ("notes", 1)
    ]  # fmt: skip
    # Three codebooks of 16 entries, 25 frames a second.
    assert table.rows[0][3] == pytest.approx(0.3)
    assert all(float(row[4]) > 0 for row in table.rows)  # type: ignore[arg-type]
    assert (tmp_path / "codec.png").is_file()


def test_a_way_that_changes_nothing_has_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = _study(tmp_path, monkeypatch)
    wave = _tone(440.0)
    same = codec._measured(study, "same", lambda w, p: (w, 0.1, 0.2), [(wave, None)])
    assert same == pytest.approx([0.0, 0.0, 0.0, 10.0, 5.0])
    half = codec._measured(study, "half", lambda w, p: (w / 2, 0.1, 0.2), [(wave, None)])
    assert half[2] == pytest.approx(6.02, abs=0.05)


def test_every_table_has_its_function() -> None:
    from importlib import import_module

    for entry in TABLES.values():
        assert callable(getattr(import_module(f"trichord.studies.{entry.module}"), entry.function))


def test_options_that_mean_nothing() -> None:
    with pytest.raises(InputError, match="count = 1"):
        ClipStudyOptions(out=Path("x"), count=1)
    with pytest.raises(InputError, match="split = train"):
        ClipStudyOptions(out=Path("x"), split="train")
