"""What `--like` may be, and how items are scored against it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.choose.sounds import instrument, tone, write
from trichord.choose.axes import axes
from trichord.choose.wish import Wish, like_file, score, wish_of_words
from trichord.choose.words import read_words
from trichord.errors import InputError
from trichord.space.clips import debug_clip_space

PLAIN = {axis.name: np.zeros(3) for axis in axes()}
VECTORS = np.eye(3, 8, dtype=np.float32)


def test_a_sentence_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bells").mkdir()
    assert like_file("darker, slower") is None
    assert like_file("bells") is None
    assert like_file("long " * 200) is None


def test_files_and_instruments_are_recognised(tmp_path: Path) -> None:
    item = like_file(str(write(tmp_path / "ref.wav", tone(440))))
    assert item is not None
    assert item.kind == "sample"
    item = like_file(str(instrument(tmp_path / "piano")))
    assert item is not None
    assert item.file == tmp_path / "piano" / "one.sfz"


@pytest.mark.parametrize("text", ["", "  ", "gone.wav", "no/such.rb"])
def test_empty_words_and_missing_files_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="--like"):
        like_file(text)


def test_a_vector_scores_by_cosine() -> None:
    scored = score(Wish(VECTORS[1], "like b"), VECTORS, PLAIN)
    assert scored.total.tolist() == [0, 1, 0]


def test_a_direction_scores_by_spreads() -> None:
    spread = next(axis.spread for axis in axes() if axis.name == "pace")
    values = PLAIN | {"pace": spread * np.array([-1.0, 0.0, 1.0])}
    wish = Wish(None, "", read_words("slower").directions)
    assert score(wish, VECTORS, values).total == pytest.approx([1, 0, -1], abs=0.05)


def test_no_extreme_outweighs_the_other_words() -> None:
    """A hundred spreads darker is not worth more than a little darker and much slower."""
    one = {axis.name: axis.spread for axis in axes()}
    values = PLAIN | {
        "brightness": one["brightness"] * np.array([-100, -2, 102]),
        "pace": one["pace"] * np.array([2, -3, 1]),
    }
    wish = Wish(None, "", read_words("darker, slower").directions)
    assert score(wish, VECTORS, values).total.argmax() == 1


def test_a_mixed_sentence_uses_words_and_axes() -> None:
    values = PLAIN | {"brightness": np.array([0.0, -3.0, 3.0])}
    space = debug_clip_space()
    wish = wish_of_words("dark bells", space)
    assert wish.named == "bells"
    vector = np.asarray(space.embed_text(["bells"])[0])
    near = np.stack([vector, vector, -vector])
    scored = score(wish, near, values)
    assert scored.total.argmax() == 1
    assert set(scored.parts) == {"bells", "dark"}


def test_new_words_are_told_once() -> None:
    assert Wish(None).note is None
    note = Wish(None, new_words=("florb\n", "florb\n", "nix")).note
    assert note is not None
    assert note.count("florb") == 1
    assert "nix" in note
    assert "\n" not in note
    assert wish_of_words("brighter bells", debug_clip_space()).new_words == ()
