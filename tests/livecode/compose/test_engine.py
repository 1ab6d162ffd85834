from __future__ import annotations

import random
from collections import Counter
from itertools import islice

from trichord.livecode.compose.engine import Symbol, block, indent, listed
from trichord.livecode.compose.piece import Piece, draw_piece


def pieces(genre: str, count: int) -> list[Piece]:
    drawn = (draw_piece(random.Random(seed)) for seed in range(10_000))
    return list(islice((each for each in drawn if each.song.genre.name == genre), count))


def test_a_genre_weighs_its_productions() -> None:
    symbol: Symbol[str] = Symbol("beat")

    @symbol.rule(1, dub=0)
    def _never_in_dub(piece: Piece) -> str:
        return "a"

    @symbol.rule(1)
    def _always(piece: Piece) -> str:
        return "b"

    assert {symbol.expand(each) for each in pieces("dub", 40)} == {"b"}
    assert {symbol.expand(each) for each in pieces("jazz", 40)} == {"a", "b"}


def test_a_production_may_be_kept_to_some_genres() -> None:
    symbol: Symbol[str] = Symbol("beat")

    @symbol.rule(5, techno=1, else_=0)
    def _only_techno(piece: Piece) -> str:
        return "a"

    @symbol.rule(1)
    def _other(piece: Piece) -> str:
        return "b"

    assert {symbol.expand(each) for each in pieces("ambient", 40)} == {"b"}
    counted = Counter(symbol.expand(each) for each in pieces("techno", 60))
    assert counted["a"] > counted["b"] > 0


def test_what_was_taken_is_noted() -> None:
    symbol: Symbol[str] = Symbol("beat")

    @symbol.rule()
    def _plain(piece: Piece) -> str:
        return "a"

    piece = pieces("dub", 1)[0]
    symbol.expand(piece)
    assert piece.used == ["beat.plain"]


def test_blocks_are_indented_and_empty_lines_stay_empty() -> None:
    assert block("loop do", ["play 60", "", *block("2.times do", ["sleep 1"])]) == [
        "loop do", "  play 60", "", "  2.times do", "    sleep 1", "  end", "end",
    ]  # fmt: skip
    assert indent([""]) == [""]


def test_long_lists_are_written_one_item_a_line() -> None:
    assert listed("a = [", ["1", "2"], "]") == ["a = [1, 2]"]
    assert listed("a = [", ["x" * 60, "y" * 60, "z"], "]") == [
        "a = [" + "x" * 60 + ",",
        "     " + "y" * 60 + ",",
        "     z]",
    ]
