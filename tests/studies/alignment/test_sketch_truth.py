from __future__ import annotations

import json

import numpy as np
import pytest

from tests.score.sketch.stand_in import Sines, event, score
from trichord.audio.bands import band_power
from trichord.audio.bandstats import band_statistics
from trichord.data.clips.store import encode
from trichord.score import to_json
from trichord.studies.alignment.sketch_truth import Pair, pairs, siblings, told

RATE = 22050


def row(note: float, template: str = "example_a") -> dict[str, object]:
    """A clip of a sine for a second, as a corpus keeps it."""
    times = np.arange(RATE) / RATE
    wave = np.zeros((4 * RATE, 1))
    wave[RATE // 2 : RATE // 2 + RATE, 0] = np.sin(
        2 * np.pi * 440 * 2 ** ((note - 69) / 12) * times
    )
    played = score(event(given={"note": note, "sustain": 1.0}))
    return {
        "template_id": template,
        "kind": "example",
        "events": json.dumps(to_json(played)),
        "seconds": 4.0,
        "audio": {"bytes": encode(np.rint(wave * 32000).astype(np.int16), RATE), "path": ""},
        "render_hash": f"{template} {note}",
    }


def test_sketches_of_sines_find_their_sounds() -> None:
    """Ten notes: sketch and sound agree, and the order of their distances too."""
    found = list(pairs((row(48.0 + 3 * step) for step in range(10)), Sines()))
    assert min(pair.correlation for pair in found) > 0.8
    judged = siblings(found, band_statistics)
    assert judged["Spearman"].shape == (1,)
    assert judged["Spearman"][0] > 0.5
    assert judged["triplets"][0] > 0.7
    table = told(found, band_statistics)
    assert [line[:2] for line in table.rows] == [("all", 10), ("example_a", 10)]
    assert "recall@1 1.000" in table.about


def test_a_stranger_is_not_found() -> None:
    rng = np.random.default_rng(0)
    noise = [rng.random((108, 40)).astype(np.float32) for _ in range(40)]
    found = [Pair("composed", str(n), noise[n], noise[n + 20], 0.0) for n in range(20)]
    assert abs(np.mean([pair.correlation for pair in found])) < 0.05
    assert siblings(found, band_statistics)["Spearman"].size == 0
    recall = float(told(found, band_statistics).about.split("recall@10 ")[1][:5])
    assert recall == pytest.approx(0.5, abs=0.3)


def test_a_silent_sketch_has_no_correlation() -> None:
    silent = np.zeros((108, 40), np.float32)
    real = band_power(np.ones(22050, np.float32), RATE)[:, :40]
    assert Pair("t", "s", real, silent, 0.0).correlation == 0.0
