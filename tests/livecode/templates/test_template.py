"""Templates: round trips to the byte, fills of the right type, hostile texts refused."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trichord.errors import InputError
from trichord.livecode.sonicpi.install import find
from trichord.livecode.templates import (
    Template,
    Vocabulary,
    from_program,
    read_template,
    read_vocabulary,
    sample,
)
from trichord.livecode.templates.base import base_programs
from trichord.livecode.tree import parse

VOCABULARY = read_vocabulary(find().root)

HEAD = """{#
title: t
holes:
  sleep_1: {meaning: sleep, was: '0.50', low: 0.1, high: 5}
  synth_1: {meaning: synth, was: ':saw', of: [saw, tri]}
#}
"""


def round_trip(code: str) -> None:
    template = from_program(code, VOCABULARY, title="t")
    again = read_template(template.to_text())
    assert again == template
    assert again.fill(again.original) == code


@pytest.mark.parametrize("path", find().examples(), ids=lambda path: path.stem)
def test_the_examples_come_back_to_the_byte(path) -> None:
    round_trip(path.read_bytes().decode())


@pytest.mark.parametrize("program", base_programs(), ids=lambda program: program.name)
def test_our_programs_come_back_to_the_byte(program) -> None:
    round_trip(program.code)
    round_trip(program.code.replace("\n", "\r\n"))


@pytest.mark.parametrize(
    "code",
    [
        "",
        "play 60",
        "play 60\r\nsleep 1\r\n",
        "play 60\r\nsleep 1\nplay 62\r",
        "# größer 🎹\nplay 60 # ünï\n",
        "x = {60 => 1}; play 60, {cutoff: 80}",
        "f{{a: 1}}; play 60 # {% if %} {# no #} {{ x }} }} %} #}",
        'puts "#{1}{#{2}}"; play 60',
        "a = {\r\n1 => 2}\nin_thread {4.times do play 60 end}",
        "play 060, amp: 1_000, pan: 0x1; sleep 0.50",
        "play :E4; play :eb4; play :fs; play 'c4'; play \"c4\"",
        "# {\r# {\r\n# {\n",
    ],
)
def test_any_text_comes_back_to_the_byte(code: str) -> None:
    round_trip(code)


pieces = st.sampled_from(
    [
        "play ",
        "sleep ",
        ":e3",
        "0.5",
        "60",
        "{",
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "\n",
        "\r\n",
        "\r",
        " ",
        "'",
        "ä",
        "🎹",
        "# ",
        ", amp: 1",
        "[",
        "]",
        ";",
    ]
)


@settings(max_examples=50, deadline=None)
@given(code=st.lists(pieces, max_size=30).map("".join))
def test_made_up_texts_come_back_to_the_byte(code: str) -> None:
    if not parse(code).faults:
        round_trip(code)


programs = st.sampled_from(base_programs())


@settings(max_examples=25, deadline=None)
@given(program=programs, seed=st.integers(0, 10**6), ranges=st.sampled_from(["musical", "paper"]))
def test_fills_are_programs_with_values_of_their_ranges(program, seed: int, ranges) -> None:
    template = from_program(program.code, VOCABULARY, ranges=ranges)
    code, values = sample(template, random.Random(seed))
    assert parse(code).faults == ()
    assert set(values) == {hole.name for hole in template.holes}
    assert all(hole.range.holds(values[hole.name]) for hole in template.holes)
    assert sample(template, random.Random(seed)) == (code, values)
    # What was filled in is what is read out again.
    filled = from_program(code, VOCABULARY, ranges=ranges)
    assert len(filled.body.splitlines()) == len(template.body.splitlines())


def test_values_are_spelt_as_the_program_spelt_them(vocabulary: Vocabulary) -> None:
    code = "play :Fs4\nplay 'e3'\nplay :c\nplay 61\nsleep 0.50\nsample \"bd_haus\"\n"
    code += "play chord(:c4, :m9)"
    template = from_program(code, vocabulary)
    values = dict(template.original)
    assert template.fill(values) == code
    values |= {"note_1": 70, "note_2": 55, "note_3": 62, "note_4": 65, "sleep_1": 0.75}
    values |= {"sample_1": "bd_tek", "chord_1": "6"}
    values = {name: _near(template, name, value) for name, value in values.items()}
    lines = template.fill(values).splitlines()
    assert re.fullmatch(r"play :[A-G][bs]?\d", lines[0])
    assert re.fullmatch(r"play '[a-g][bs]?\d'", lines[1])
    assert re.fullmatch(r"play :[a-g][bs]?", lines[2])
    assert re.fullmatch(r"play \d+", lines[3])
    assert lines[4] == "sleep 0.75"
    assert lines[5] == 'sample "bd_tek"'
    assert "'6'" in lines[6] or ":m" in lines[6] or ":sus" in lines[6]


def _near(template: Template, name: str, value):
    """The value, or one that the hole takes."""
    hole = next(each for each in template.holes if each.name == name)
    return value if hole.range.holds(value) else hole.range.draw(random.Random(1))


def test_a_person_may_reckon_and_choose() -> None:
    body = (
        "sleep {{ sleep_1 }}\nsleep {{ sleep_1 * 2 }}\nsleep {{ (sleep_1 / 3) | round(3) }}\n"
        "{% if synth_1 == 'tri' %}use_synth {{ synth_1 }}\n{% endif %}"
        "{{ 'stop' if sleep_1 > 1 and not sleep_1 >= 4 else 'tick' }}\n"
    )
    template = read_template(HEAD + body)
    assert template.fill(template.original) == "sleep 0.50\nsleep 1\nsleep 0.167\ntick\n"
    code = template.fill({"sleep_1": 2, "synth_1": "tri"})
    assert code == "sleep 2\nsleep 4\nsleep 0.667\nuse_synth :tri\nstop\n"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"sleep_1": 1}, "synth_1: no value"),
        ({"sleep_1": 1, "synth_1": "saw", "x": 1}, "x: the template has no such hole"),
        ({"sleep_1": 9, "synth_1": "saw"}, "sleep_1: 9 is not in 0.1 to 5"),
        ({"sleep_1": 1, "synth_1": "system"}, "synth_1: 'system' is not in saw, tri"),
        ({"sleep_1": "1; exit", "synth_1": "saw"}, "sleep_1: '1; exit' is not in"),
    ],
)
def test_values_that_do_not_fit(values, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        read_template(HEAD + "sleep {{ sleep_1 }}; use_synth {{ synth_1 }}").fill(values)


HOSTILE = {
    "attributes": "{{ sleep_1.__class__ }}",
    "items": "{{ sleep_1['__class__'] }}",
    "calls": "{{ synth_1() }}",
    "methods": "{{ ''.join }}",
    "loops": "{% for i in range(10) %}x{% endfor %}",
    "ranges": "{{ range(10**9) }}",
    "powers": "{{ 9 ** 9 ** 9 }}",
    "long texts": "{{ 'a' * 1000000000 }}",
    "names that repeat": "{{ synth_1 * 1000000000 }}",
    "hidden texts": "{{ ('a' if sleep_1 else 'b') * 1000000000 }}",
    "joined texts": "{{ synth_1 ~ synth_1 }}",
    "formats": "{{ '%9999999999d' % 1 }}",
    "filters": "{{ synth_1 | attr('x') }}",
    "round as power": "{{ sleep_1 | round(999999999, 'ceil') }}",
    "round by keyword": "{{ sleep_1 | round(method='ceil', precision=999999999) }}",
    "tests": "{{ sleep_1 is divisibleby 3 }}",
    "set": "{% set x = 1 %}",
    "macros": "{% macro m() %}{{ m() }}{% endmacro %}",
    "include": "{% include '/etc/passwd' %}",
    "import": "{% import 'os' as os %}",
    "extends": "{% extends 'x' %}",
    "filter blocks": "{% filter upper %}x{% endfilter %}",
    "unknown names": "{{ config }}",
    "self": "{{ self }}",
    "lists": "{{ [1, 2] }}",
    "open": "{{ sleep_1",
    "open comment": "{# never closed",
    "wrong": "{% endif %}",
    "nested": "{% if 1 %}" * 60 + "{% endif %}" * 60,
    "brackets": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "signs": "{{ " + "-" * 5000 + "1 }}",
    "infinity": "{{ 1e999 }}",
    "digits": "{{ " + "9" * 10_000 + " }}",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_bodies_are_refused_in_one_line(body: str) -> None:
    with pytest.raises(InputError) as refused:
        read_template(HEAD + body)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("body", ["{{ 1 / 0 }}", "{{ sleep_1 / (sleep_1 - 0.5) }}"])
def test_sums_without_a_value_are_refused(body: str) -> None:
    template = read_template(HEAD + body)
    with pytest.raises(InputError, match="cannot be filled"):
        template.fill(template.original)


HEADERS = {
    "none": "play 60",
    "no yaml": "{#\n[: {\n#}\nplay 60",
    "no table": "{#\n- 1\n#}\nplay 60",
    "python": "{#\ntitle: !!python/object/apply:os.system ['true']\n#}\n",
    "aliases": "{#\ntitle: &a x\nranges: *a\n#}\n",
    "deep": "{#\nholes: " + "[" * 3000 + "\n#}\n",
    "unknown field": "{#\nname: x\n#}\n",
    "title": "{#\ntitle: [1]\n#}\n",
    "newline": "{#\nnewline: cr\n#}\n",
    "holes": "{#\nholes: 3\n#}\n",
    "hole": "{#\nholes: {a: 3}\n#}\n",
    "name": "{#\nholes: {'x y': {meaning: amp, was: '1', low: 0, high: 1}}\n#}\n",
    "dunder": "{#\nholes: {__class__: {meaning: amp, was: '1', low: 0, high: 1}}\n#}\n",
    "field": "{#\nholes: {a: {meaning: amp, was: '1', low: 0, high: 1, size: 3}}\n#}\n",
    "no meaning": "{#\nholes: {a: {was: '1', low: 0, high: 1}}\n#}\n",
    "was": "{#\nholes: {a: {meaning: amp, was: 'system(1)', low: 0, high: 1}}\n#}\n",
    "was text": "{#\nholes: {a: {meaning: amp, was: '\"#{`id`}\"', low: 0, high: 1}}\n#}\n",
    "low": "{#\nholes: {a: {meaning: amp, was: '1', low: x, high: 1}}\n#}\n",
    "order": "{#\nholes: {a: {meaning: amp, was: '1', low: 2, high: 1}}\n#}\n",
    "infinite": "{#\nholes: {a: {meaning: amp, was: '1', low: 0, high: .inf}}\n#}\n",
    "step": "{#\nholes: {a: {meaning: amp, was: '1', low: 0, high: 4, step: 2}}\n#}\n",
    "halves": "{#\nholes: {a: {meaning: amp, was: '1', low: 0.5, high: 4, step: 1}}\n#}\n",
    "classes": "{#\nholes: {a: {meaning: note, was: '60', low: 60, high: 61, classes: [5]}}\n#}\n",
    "list": "{#\nholes: {a: {meaning: synth, was: ':saw', of: synths}}\n#}\n",
    "empty list": "{#\nholes: {a: {meaning: synth, was: ':saw', of: []}}\n#}\n",
    "choices": "{#\nholes: {a: {meaning: synth, was: ':saw', of: [\"saw'; exit\"]}}\n#}\n",
    "choice": "{#\nlists: {x: [[1]]}\nholes: {}\n#}\n",
    "deep blocks": "{#\n" + "- " * 20_000 + "1\n#}\n",
    "huge": "{#\n#}\n" + " " * (1 << 20),
}


@pytest.mark.parametrize("text", HEADERS.values(), ids=HEADERS)
def test_hostile_headers_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(InputError) as refused:
        read_template(text)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


def test_the_line_ends_of_the_template_do_not_matter() -> None:
    template = from_program("play 60\nsleep 1\n", VOCABULARY, title="t")
    assert read_template(template.to_text().replace("\n", "\r\n")) == template


@pytest.mark.parametrize(
    ("code", "said"),
    [("play (", "line 1"), ("play 60\0", "NUL"), ("# " + "x" * 70_000, "at most 32768")],
)
def test_programs_that_become_no_template(code: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        from_program(code, VOCABULARY)


def test_the_template_of_the_page_is_one() -> None:
    page = (Path(__file__).parents[3] / "docs" / "templates.md").read_text(encoding="utf-8")
    text = "{#" + page.split("```\n{#")[1].split("```")[0]
    template = read_template(text)
    code = template.fill(template.original)
    assert "play :e3, cutoff: 80\n" in code
    again = from_program(code, VOCABULARY)
    assert [hole.meaning for hole in again.holes] == ["note", "cutoff", "sample", "sleep"]
    assert parse(sample(template, random.Random(1))[0]).faults == ()
