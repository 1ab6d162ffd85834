from __future__ import annotations

import base64
import io
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from trichord.data.clips.store import encode
from trichord.studies.alignment.flatten import flatten
from trichord.studies.alignment.maps import RATE, SECONDS, small_ogg, write_page


def test_clusters_stay_apart_without_umap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    rng = np.random.default_rng(0)
    centres = np.repeat(np.eye(3), 12, axis=0)
    places, name = flatten((centres + 0.05 * rng.standard_normal((36, 3))).astype(np.float32), 1)
    assert name == "t-SNE"
    assert places.min() == 0.0
    assert places.max() == 1.0
    own = [places[at : at + 12] for at in (0, 12, 24)]
    spread = max(one.std(axis=0).max() for one in own)
    apart = min(np.linalg.norm(a.mean(0) - b.mean(0)) for a in own for b in own if a is not b)
    assert apart > 2 * spread


def test_a_page_holds_its_data_and_loads_nothing(tmp_path: Path) -> None:
    code = 'puts "</script><!-- é -->"'
    point = {"name": "a", "words": "", "code": code, "value": 0.5, "places": [[0, 1]], "sound": ""}
    write_page(tmp_path / "map.html", ["text"], [point])
    page = (tmp_path / "map.html").read_text("utf-8")
    assert "src=" not in page
    assert re.findall(r"https?://\S+", page) == ['http://www.w3.org/2000/svg",']
    data = re.search(r"const data = (.*);\n", page)
    assert data is not None
    assert "</script" not in data[1]
    assert json.loads(data[1].replace("<\\!", "<!"))["points"] == [point]


def test_sounds_become_small() -> None:
    time = np.arange(8 * 32000) / 32000
    tone = (8000 * np.sin(2 * np.pi * 440 * time)).astype(np.int16)[:, None]
    data = base64.b64decode(small_ogg(encode(tone, 32000)))
    wave, rate = soundfile.read(io.BytesIO(data))
    assert abs(len(wave) / rate - SECONDS) < 0.1
    assert len(data) < SECONDS * RATE / 2
    spectrum = np.abs(np.fft.rfft(wave))
    assert abs(np.argmax(spectrum) * rate / len(wave) - 440) < 2
