"""Against what the real server sent: this is the exactness that we promise, in small."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.studies.sonicpi.conftest import KEPT, SECONDS
from trichord.errors import InputError
from trichord.livecode.sonicpi.recording import Message, Recording
from trichord.studies.sonicpi.capture import Capture
from trichord.studies.sonicpi.compare import compare
from trichord.studies.sonicpi.said import compare_said


@pytest.mark.parametrize("name", KEPT)
def test_our_score_is_the_real_server_s(
    name: str, captures: Mapping[str, Capture], recordings: Mapping[str, Recording]
) -> None:
    found = compare(captures[name], recordings[name], SECONDS)
    assert (found.missing, found.extra, found.misnumbered) == ((), (), ())
    assert found.equal == found.timed > 0
    assert found.largest_ms < 0.01
    assert found.exact


@pytest.mark.parametrize("name", KEPT)
def test_our_screen_says_what_the_real_one_said(
    name: str, captures: Mapping[str, Capture], recordings: Mapping[str, Recording]
) -> None:
    said = compare_said(captures[name], recordings[name], SECONDS)
    assert said.different == ()
    assert said.printed_equal + said.died_equal > 0


def changed(recording: Recording, place: int, **fields: object) -> Recording:
    messages = list(recording.messages)
    messages[place] = replace(messages[place], **fields)
    return replace(recording, messages=tuple(messages))


def first_synth(recording: Recording) -> tuple[int, Message]:
    return next(
        (place, one)
        for place, one in enumerate(recording.messages)
        if one.address == "/s_new" and one.time_ns > 500_000_000
    )


def test_a_note_that_is_late_or_wrong_is_seen(
    captures: Mapping[str, Capture], recordings: Mapping[str, Recording]
) -> None:
    capture, ours = captures["fades"], recordings["fades"]
    place, note = first_synth(ours)
    late = compare(capture, changed(ours, place, time_ns=note.time_ns + 2_000_000), SECONDS)
    assert (len(late.missing), len(late.extra), late.exact) == (1, 1, False)
    wrong = tuple(61.0 if value == 72.0 else value for value in note.arguments)
    assert wrong != note.arguments
    assert not compare(capture, changed(ours, place, arguments=wrong), SECONDS).exact


def test_a_note_in_another_group_is_seen(
    captures: Mapping[str, Capture], recordings: Mapping[str, Recording]
) -> None:
    place, note = first_synth(recordings["fades"])
    name, node, action, _, *rest = note.arguments
    moved = changed(recordings["fades"], place, arguments=(name, node, action, 1, *rest))
    found = compare(captures["fades"], moved, SECONDS)
    assert found.misnumbered
    assert not found.exact


def test_streams_with_nothing_in_common_have_no_common_time(
    captures: Mapping[str, Capture],
) -> None:
    nothing = Recording(zero_ns=0, end_ns=0, finished=True)
    with pytest.raises(InputError, match="fades: nothing that the real server sends"):
        compare(captures["fades"], nothing, SECONDS)


def test_what_was_said_differently_is_told(
    captures: Mapping[str, Capture], recordings: Mapping[str, Recording]
) -> None:
    ours = recordings["fades"]
    mute = compare_said(captures["fades"], replace(ours, prints=()), SECONDS)
    assert [text.split(" s ")[1] for text in mute.different] == ['"done"']
    alive = compare_said(captures["errors"], replace(recordings["errors"], errors=()), SECONDS)
    assert alive.died_equal == 0 < alive.died
