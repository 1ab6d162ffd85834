from __future__ import annotations

import struct

import pytest

from trichord.errors import InputError
from trichord.livecode.sonicpi import osc
from trichord.studies.sonicpi.wire import Message, decode

NTP_TO_UNIX_S = 2_208_988_800


def bundle(seconds: int, fraction: int, *messages: bytes) -> bytes:
    parts = [struct.pack(">i", len(one)) + one for one in messages]
    return b"#bundle\0" + struct.pack(">II", seconds, fraction) + b"".join(parts)


def test_a_message_without_a_time_is_for_at_once() -> None:
    data = osc.message("/n_set", (14, "note", 70.5))
    assert list(decode(data)) == [Message(None, "/n_set", (14, "note", 70.5))]


def test_a_bundle_gives_its_time_to_all_its_messages() -> None:
    data = bundle(NTP_TO_UNIX_S + 3, 1 << 31, osc.message("/a", (1,)), osc.message("/b", ("x",)))
    times = [(one.time_ns, one.address) for one in decode(data)]
    assert times == [(3_500_000_000, "/a"), (3_500_000_000, "/b")]


def test_a_bundle_for_immediately_has_no_time() -> None:
    assert [one.time_ns for one in decode(bundle(0, 1, osc.message("/a", ())))] == [None]


def test_bundles_in_bundles_keep_their_own_time() -> None:
    inner = bundle(NTP_TO_UNIX_S + 2, 0, osc.message("/in", ()))
    assert [one.time_ns for one in decode(bundle(0, 1, inner))] == [2_000_000_000]


def test_blobs_are_skipped_to_the_next_argument() -> None:
    data = osc.message("/d_recv", (b"\1\2\3", 7))
    assert next(decode(data)).arguments == ("010203", 7)


@pytest.mark.parametrize(
    "data", [b"", b"/no-end", b"#bundle\0\0", b"/a\0\0,q\0\0", b"\xff\0\0\0,\0\0\0"]
)
def test_what_is_no_osc_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(InputError, match="is not OSC"):
        list(decode(data))
