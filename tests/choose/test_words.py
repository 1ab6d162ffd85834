"""Sentences taken apart into directions and the rest."""

from __future__ import annotations

import pytest

from trichord.choose.axes import axes
from trichord.choose.words import read_words


def read(sentence: str) -> tuple[list[tuple[str, int]], str]:
    wording = read_words(sentence)
    return [(each.axis.name, each.sign) for each in wording.directions], wording.rest


@pytest.mark.parametrize(
    ("sentence", "directions", "rest"),
    [
        ("darker, slower", [("brightness", -1), ("pace", -1)], ""),
        ("dark", [("brightness", -1)], ""),
        ("less bright", [("brightness", -1)], ""),
        ("not so dark and much faster", [("brightness", 1), ("pace", 1)], ""),
        ("More percussive, please", [("attacks", 1)], ""),
        ("less percussive", [("attacks", -1)], ""),
        ("more sustained", [("attacks", -1)], ""),
        ("underwater bells", [], "underwater bells"),
        ("dark underwater bells, less busy", [("brightness", -1), ("density", -1)],
         "underwater bells"),
        ("more bass", [("bass", 1)], ""),
        ("a bass guitar", [], "bass guitar"),
        ("high hats", [], "high hats"),
        ("higher", [("register", 1)], ""),
        ("fewer notes", [("density", -1)], ""),
        ("drums without a pad", [], "drums without a pad"),
        ("", [], ""),
    ],
)  # fmt: skip
def test_sentences(sentence: str, directions: list[tuple[str, int]], rest: str) -> None:
    assert read(sentence) == (directions, rest)


def test_much_weighs_more_than_slightly() -> None:
    much, slightly = read_words("much darker, slightly faster").directions
    assert much.weight > 1 > slightly.weight
    assert (much.said, slightly.said) == ("much darker", "slightly faster")


def test_no_word_names_two_directions() -> None:
    words = [word for axis in axes() for word in (*axis.low_words, *axis.high_words)]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("axis", axes(), ids=lambda axis: axis.name)
def test_every_word_of_the_table_is_understood(axis: object) -> None:
    for row in axes():
        for sign, words in ((-1, row.low_words), (1, row.high_words)):
            for word in words:
                assert read(word) == ([(row.name, sign)], ""), word
