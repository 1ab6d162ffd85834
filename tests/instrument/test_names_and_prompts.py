from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichord.errors import InputError
from trichord.instrument.naming import LONGEST, slug
from trichord.instrument.prompt import check_prompt, unknown_script


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("warm felt piano", "piano"),
        ("bright guitar with a long decay", "guitar"),
        ("Hammond Organ!", "organ"),
        ("pad, floating in space", "pad"),
        ("piano éthéré", "ethere"),
        ("やわらかいピアノ", "instrument"),
        ("808", "instrument"),
        ("con", "instrument"),
        ("../../etc/passwd", "instrument"),
        ("a/b\\c piano", "piano"),
    ],
)
def test_slugs(prompt, name):
    assert slug(prompt) == name


@given(st.text(max_size=600))
def test_any_prompt_gives_a_safe_name(prompt):
    assert re.fullmatch(rf"[a-z0-9]{{1,{LONGEST}}}", slug(prompt))


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("", "empty"),
        ("  \t ", "empty"),
        ("x" * 10_000, "500"),
        ("warm\x00piano", "U+0000"),
        ("warm\npiano", "U+000A"),
        ("?!…", "no word"),
        ("kick.wav", "--from kick.wav"),
        ("sounds/Kick 1.FLAC", "--from"),
    ],
)
def test_bad_prompts_are_refused_in_one_line(prompt, names):
    with pytest.raises(InputError) as caught:
        check_prompt(prompt)
    assert names in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_existing_path_is_no_prompt(tmp_path):
    (tmp_path / "shot").write_text("x")
    with pytest.raises(InputError, match="--from"):
        check_prompt(str(tmp_path / "shot"))


def test_slashes_alone_make_no_path():
    assert check_prompt(" soft and/or warm pad ") == "soft and/or warm pad"


def test_other_scripts_work_with_a_warning():
    for prompt in ("теплое пианино", "温かいピアノ", "بيانو دافئ"):
        assert check_prompt(prompt) == prompt
        assert unknown_script(prompt)
    assert unknown_script("warm piano é") is None


@given(st.text(max_size=80))
def test_any_text_is_taken_or_refused_with_one_line(text):
    said = "taken"
    try:
        assert check_prompt(text)
    except InputError as error:
        said = str(error)
    assert len(said.splitlines()) == 1
