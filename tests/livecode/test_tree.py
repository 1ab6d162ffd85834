"""Programs read into trees: calls, blocks, spans, faults; hostile nesting."""

from __future__ import annotations

import pytest

from trichord.errors import InputError
from trichord.livecode.literals import number, string, symbol, text, word
from trichord.livecode.tree import Tree, parse, parse_valid, span

PROGRAM = """\
live_loop :drums, sync: :tick do
  with_fx(:reverb, mix: 0.5) { sample :bd_haus, amp: 2, :rate => -1 }
  play chord(:e3, :minor).choose, "release": 0.3, **options
  sleep 0.5
end
"""


def called(tree: Tree, name: str):
    return next(call for call in tree.calls if call.name == name)


def test_calls_have_names_arguments_receivers_and_blocks() -> None:
    tree = parse(PROGRAM)
    names = [call.name for call in tree.calls]
    assert names == ["live_loop", "with_fx", "sample", "play", "choose", "chord", "sleep"]
    sample, play = called(tree, "sample"), called(tree, "play")
    assert [text(node) for node in sample.positional] == [":bd_haus"]
    assert {each.name: number(each.value) for each in sample.keywords} == {"amp": 2, "rate": -1}
    assert [text(node) for node in play.positional] == ["chord(:e3, :minor).choose", "**options"]
    assert number(play.keyword("release") or play.node) == 0.3
    assert text(called(tree, "choose").receiver or tree.root) == "chord(:e3, :minor)"
    assert called(tree, "live_loop").block is not None
    assert play.block is None


def test_a_keyword_given_twice_is_the_last() -> None:
    play = called(parse("play 60, amp: 1, amp: 2"), "play")
    value = play.keyword("amp")
    assert value is not None
    assert number(value) == 2


def test_enclosing_blocks_are_innermost_first_and_leave_out_plain_arguments() -> None:
    tree = parse(PROGRAM)
    sample, minor = called(tree, "sample"), called(tree, "chord").positional[1]
    assert [call.name for call in tree.enclosing_blocks(sample.node)] == ["with_fx", "live_loop"]
    assert [call.name for call in tree.enclosing_blocks(minor)] == ["live_loop"]
    around = [call.name for call in tree.enclosing_calls(minor)]
    assert around == ["chord", "choose", "play", "live_loop"]


def test_bare_calls_are_the_names_that_nothing_binds() -> None:
    code = "x = tick\ndefine :f do |y, z=3|\n  play y + z + x\n  stop\nend\nf 1, 2\nlook"
    assert [text(node) for node in parse(code).bare_calls] == ["tick", "stop", "look"]


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("4", 4),
        ("-0.5", -0.5),
        ("1e3", 1000.0),
        ("0x1F", 31),
        ("0b101", 5),
        ("017", 15),
        ("0d12", 12),
        ("1_000", 1000),
        ("0", 0),
        ("09", None),
        ("--4", None),
        ("4r", None),
        ("x", None),
        ("1 + 1", None),
        ("9" * 5000, None),
    ],
)
def test_numbers(code: str, value: float | None) -> None:
    node = parse(code).root.named_children[0]
    assert number(node) == value


def test_symbols_and_strings() -> None:
    nodes = parse("""f :e3, :"fs4", 'a b', "x#{1}", "a\\n", 3""").calls
    positional = nodes[0].positional
    assert [symbol(node) for node in positional] == ["e3", "fs4", None, None, None, None]
    assert [string(node) for node in positional] == [None, None, "a b", None, None, None]
    assert word(positional[0]) == "e3"
    assert word(positional[2]) == "a b"


def test_positions_count_characters() -> None:
    tree = parse('# é\nputs "äöü"; play 60')
    assert tree.position(called(tree, "play").node) == (2, 13)


def test_replacing_several_spans_at_once() -> None:
    tree = parse("play 60\r\nsleep 1 # größer\r\nplay 64\r\n")
    first, second = (call.positional[0] for call in tree.calls if call.name == "play")
    spans = [(span(second), ":e4"), (span(first), "72"), ((0, 0), "use_bpm 90\r\n")]
    assert tree.replace(spans) == "use_bpm 90\r\nplay 72\r\nsleep 1 # größer\r\nplay :e4\r\n"
    assert tree.replace([]) == tree.code


@pytest.mark.parametrize("spans", [[(0, 4), (2, 6)], [(5, 900)], [(-1, 2)], [(4, 2)]])
def test_spans_that_cannot_be_replaced(spans: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="overlaps another or leaves"):
        parse("play 60").replace((each, "") for each in spans)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("play 60\nlive_loop :a do\n  play (\nend\n", "line 2, column 14: cannot read `do`"),
        ("x = [1, 2", "line 1, column 10: `]` is missing"),
        ("# ä\nplay 60, , 3", "line 2"),
    ],
)
def test_faults_name_line_and_column(code: str, said: str) -> None:
    assert str(parse(code).faults[0]).startswith(said)
    with pytest.raises(InputError, match=r"line .*; mend the syntax"):
        parse_valid(code)


def test_a_program_without_faults() -> None:
    assert parse_valid(PROGRAM).faults == ()


@pytest.mark.parametrize(("code", "said"), [("a\n\0b", "line 2: a NUL"), ("a\nb\udcff", "line 2")])
def test_texts_that_are_none(code: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse(code)


@pytest.mark.parametrize(
    "code",
    [
        "(" * 8_000 + "1" + ")" * 8_000,
        "[" * 8_000,
        "a(" * 20_000 + "1" + ")" * 5_000,
        "live_loop :a do\n" * 3_000 + "end\n" * 3_000,
        '"#{' * 5_000,
        "-" * 8_000 + "1",
        "$$%%^&*" * 3_000,
    ],
    ids=["brackets", "open", "calls", "blocks", "strings", "minus", "rubbish"],
)
def test_hostile_nesting_is_only_more_text(code: str) -> None:
    tree = parse(code)
    deepest = max(tree.nodes, key=lambda node: node.start_byte)
    assert len(list(tree.enclosing_calls(deepest))) <= 20_000
    assert len(tree.faults) <= 20
    assert number(tree.nodes[-1]) in (None, 1)
