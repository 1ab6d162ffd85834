from __future__ import annotations

import struct

from trichord.livecode.sonicpi import osc, scorefile, synthdefs
from trichord.livecode.sonicpi.recording import Message, Recording


def _recording(*messages, end_ns=10**9) -> Recording:
    rows = [
        Message(time, order, "", None, None, address, tuple(arguments))
        for order, (time, address, *arguments) in enumerate(messages)
    ]
    return Recording(zero_ns=0, end_ns=end_ns, finished=True, messages=tuple(rows))


def _bundles(content: bytes) -> list[tuple[int, list[bytes]]]:
    """Times in ns (rounded) and messages of a score file."""
    bundles, at = [], 0
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        body, at = content[at + 4 : at + 4 + length], at + 4 + length
        seconds, fraction = struct.unpack_from(">II", body, 8)
        messages, inner = [], 16
        while inner < len(body):
            (size,) = struct.unpack_from(">I", body, inner)
            messages.append(body[inner + 4 : inner + 4 + size])
            inner += 4 + size
        bundles.append((seconds * 10**9 + round(fraction * 10**9 / 2**32), messages))
    return bundles


def _addresses(messages: list[bytes]) -> list[str]:
    return [content.split(b"\0", 1)[0].decode() for content in messages]


def test_definitions_come_first_and_the_seed_last_at_time_zero():
    run = _recording((-500, "/g_new", 2, 0, 0), (0, "/s_new", "sonic-pi-beep", 5, 0, 2))
    loading, beginning, end = _bundles(scorefile.write(run, {"sonic-pi-beep": b"SCgf"}, 7).content)
    assert _addresses(loading[1]) == ["/d_recv", "/d_recv"]
    assert _addresses(beginning[1]) == ["/g_new", "/s_new", "/s_new"]
    seed = osc.message("/s_new", [scorefile.SEED_NAME, scorefile.SEED_NODE, 0, 0, "seed", 7.0])
    assert beginning[1][-1] == seed
    assert (loading[0], beginning[0], end[0]) == (0, 0, 10**9)


def test_times_are_kept_and_what_is_sent_together_stays_in_order():
    run = _recording(
        (300, "/n_set", 1, "amp", 2.0), (200, "/n_free", 4), (300, "/n_set", 1, "amp", 3.0)
    )
    bundles = _bundles(scorefile.write(run, {}, 1).content)[2:-1]
    assert [time for time, _ in bundles] == [200, 300]
    assert bundles[1][1] == [
        osc.message("/n_set", [1, "amp", 2.0]),
        osc.message("/n_set", [1, "amp", 3.0]),
    ]


def test_a_buffer_is_there_before_the_first_sound_but_not_twice():
    run = _recording(
        (0, "/s_new", "x", 5, 0, 2),
        (500, "/b_allocRead", 3, "/a.wav", 0, 0),
        (700, "/b_allocRead", 3, "/b.wav", 0, 0),
    )
    bundles = _bundles(scorefile.write(run, {}, 1).content)
    assert _addresses(bundles[1][1]) == ["/b_allocRead", "/s_new", "/s_new"]
    assert (bundles[2][0], _addresses(bundles[2][1])) == (700, ["/b_allocRead"])


def test_what_comes_after_the_end_is_not_in_it():
    run = _recording((10, "/n_free", 1), (10**9 + 1, "/n_free", 2))
    score = scorefile.write(run, {}, 1)
    assert score.seconds == 1.0
    assert [time for time, _ in _bundles(score.content)] == [0, 0, 10, 10**9]


def test_nothing_that_writes_loads_or_looks_gets_into_a_score():
    forbidden = ["/b_write", "/b_read", "/cmd", "/quit", "/d_load", "/d_recv", "/u_cmd", "/error"]
    run = _recording(
        *[(0, address, 1, "/etc/passwd") for address in forbidden],
        *[(0, "/s_new", name, 9, 0, 0) for name in sorted(scorefile.LOOKERS)],
    )
    loading, beginning, _ = _bundles(scorefile.write(run, {}, 1).content)
    assert _addresses(loading[1]) == ["/d_recv"]
    assert _addresses(beginning[1]) == ["/s_new"]
    assert scorefile.instruments(run) == []


def test_the_seed_is_a_synth_of_one_unit():
    definition = synthdefs.parse(scorefile.seed_definition())
    assert definition.name == scorefile.SEED_NAME
    assert definition.units == {"Control", "RandSeed"}
    assert list(definition.defaults) == ["seed"]
