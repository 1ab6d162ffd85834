from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichord.livecode.sonicpi import osc

ARGUMENTS = st.lists(
    st.integers(-(2**31), 2**31 - 1)
    | st.floats(width=32, allow_nan=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
    | st.binary()
)


def test_a_message_as_the_specification_prints_it():
    # The first example of the OSC 1.0 specification.
    expected = b"/oscillator/4/frequency\0" + b",f\0\0" + bytes.fromhex("43dc0000")
    assert osc.message("/oscillator/4/frequency", [440.0]) == expected


def test_the_specifications_second_message():
    expected = bytes.fromhex(
        "2f666f6f 00000000 2c696973 66660000 000003e8 ffffffff"
        "68656c6c 6f000000 3f9df3b6 40b5b22d".replace(" ", "")
    )
    assert osc.message("/foo", [1000, -1, "hello", 1.234, 5.678]) == expected


@given(ARGUMENTS)
def test_what_is_written_is_read_again(arguments):
    address, read = _parse(osc.message("/some/where", arguments))
    assert address == "/some/where"
    assert read == arguments


def test_numbers_too_large_for_32_bits_go_as_sonic_pi_sends_them():
    assert osc.message("/a", [2**40 + 5]) == osc.message("/a", [5])
    assert osc.message("/a", [1e300]) == osc.message("/a", [float("inf")])
    assert osc.message("/a", [-1e300]) == osc.message("/a", [float("-inf")])


def test_a_zero_in_a_text_does_not_end_it():
    assert osc.message("/a", ["b\0c"]) == osc.message("/a", ["b?c"])


@pytest.mark.parametrize("value", [None, True, [1], {}])
def test_other_types_are_refused(value):
    with pytest.raises(TypeError, match="cannot be sent"):
        osc.message("/a", [value])


def test_a_bundle_has_its_length_its_time_and_its_messages():
    messages = [osc.message("/a", [1]), osc.message("/b", ["x"])]
    content = osc.bundle(2_500_000_000, messages)
    (length,) = struct.unpack(">I", content[:4])
    assert length == len(content) - 4
    assert content[4:12] == b"#bundle\0"
    assert struct.unpack(">II", content[12:20]) == (2, 1 << 31)
    assert content[20:] == b"".join(struct.pack(">I", len(m)) + m for m in messages)


@given(st.integers(0, 10**13))
def test_a_bundles_time_is_right_to_the_nanosecond(nanoseconds):
    seconds, fraction = struct.unpack(">II", osc.bundle(nanoseconds, [])[12:20])
    assert abs(seconds * 10**9 + fraction * 10**9 / 2**32 - nanoseconds) < 1


def _parse(content: bytes):
    """An OSC reader written after the specification alone."""
    address, at = _text(content, 0)
    letters, at = _text(content, at)
    arguments = []
    for letter in letters[1:]:
        if letter == "s":
            value, at = _text(content, at)
        elif letter == "b":
            (size,) = struct.unpack_from(">i", content, at)
            value, at = content[at + 4 : at + 4 + size], at + 4 + size + -size % 4
        else:
            (value,) = struct.unpack_from(f">{letter}", content, at)
            at += 4
        arguments.append(value)
    assert at == len(content)
    return address, arguments


def _text(content: bytes, at: int):
    end = content.index(b"\0", at)
    return content[at:end].decode(), end + 4 - end % 4
