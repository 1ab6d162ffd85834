from __future__ import annotations

import re
from dataclasses import replace

import pytest

from trichord.data.captions import CAPTIONS, Described, clean_name, rank, write_captions
from trichord.data.words import BRIGHT, DARK

TRAITS = {
    "level_db": -12.0,
    "brightness": 1.0,
    "attack_s": 0.02,
    "decay_s": 0.6,
    "sustain_db": -40.0,
    "release_s": 0.2,
    "harmonic_db": 20.0,
    "fundamental": 0.5,
    "vibrato_cents": 1.0,
    "beating_db": 1.0,
    "cents": 0.0,
}


def described(**ranks: float) -> Described:
    middle = dict.fromkeys(TRAITS, 0.5)
    return Described(
        instrument_id="font_000_024",
        name="Nylon String Guitar",
        family="guitar",
        source="acoustic",
        nouns=("nylon guitar", "classical guitar", "spanish guitar"),
        traits=TRAITS,
        in_family=middle | ranks,
        overall=middle | ranks,
    )


def test_the_seed_decides_the_words() -> None:
    guitar = described(brightness=0.9)
    assert write_captions(guitar, 7) == write_captions(guitar, 7)
    assert write_captions(guitar, 7) != write_captions(guitar, 8)
    other = replace(guitar, instrument_id="font_000_025")
    assert write_captions(guitar, 7) != write_captions(other, 7)


def test_captions_are_different_lower_case_phrases() -> None:
    captions = write_captions(described(brightness=0.9, decay_s=0.1), 7)
    assert len(captions) == len(set(captions)) == CAPTIONS
    assert all(re.fullmatch(r"[a-z0-9 ,'-]+", caption) for caption in captions)
    assert captions[0] == "nylon guitar"


@pytest.mark.parametrize(("place", "said", "unsaid"), [(0.95, BRIGHT, DARK), (0.05, DARK, BRIGHT)])
def test_words_follow_the_measured_trait(
    place: float, said: tuple[str, ...], unsaid: tuple[str, ...]
) -> None:
    words = set(re.findall(r"[a-z]+", " ".join(write_captions(described(brightness=place), 7))))
    assert f"{said[0]} nylon guitar" in write_captions(described(brightness=place), 7)
    assert not words & set(unsaid)


def test_a_long_note_is_never_called_short() -> None:
    long = replace(described(decay_s=0.1), traits=TRAITS | {"decay_s": 3.0})
    assert not any("short" in caption for caption in write_captions(long, 7))


def test_ranks_are_shared_by_equals() -> None:
    assert rank([4.0, 1.0, 4.0, 9.0]) == [0.5, 0.125, 0.5, 0.875]
    assert rank([2.0]) == [0.5]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("12-String Guitar", "12 string guitar"),
        ("DrawbarOrgan", "drawbar organ"),
        ("Detuned EP 1", "detuned electric piano 1"),
        ("Bass & Lead", "bass and lead"),
    ],
)
def test_preset_names_become_words(name: str, words: str) -> None:
    assert clean_name(name) == words
