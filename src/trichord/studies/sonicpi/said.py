"""What a program said on the real server's screen and on ours: printed lines, dead threads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trichord.livecode.sonicpi.recording import Recording
from trichord.studies.sonicpi.capture import Capture

_PRINTED = 1
"""Sonic Pi's number for what `puts` and `print` say, beside its own talk."""
_TOLERANCE_S = 0.001
_ADDRESS = re.compile(r"0x[0-9a-f]{8,}")


@dataclass(frozen=True)
class Said:
    """Printed lines and deaths of one program, on both sides."""

    printed: int
    printed_equal: int
    died: int
    died_equal: int
    different: tuple[str, ...]
    """What has no partner, with the side that said it."""

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.different


def compare_said(capture: Capture, ours: Recording, seconds: float) -> Said:
    """Pairs printed lines by time (1 ms) and text, and dead threads by the program's line."""
    theirs = sorted(one for one in _real_prints(capture) if one[0] < seconds - _TOLERANCE_S)
    own = sorted(
        (one.time, _plain(one.text)) for one in ours.prints if one.time < seconds - _TOLERANCE_S
    )
    missing, extra = _unpaired(theirs, own)
    deaths, own_deaths = sorted(_real_deaths(capture)), sorted(_our_deaths(ours))
    lost, new = _difference(deaths, own_deaths)
    different = [f"real server: {time:.3f} s {text}" for time, text in missing]
    different += [f"ours: {time:.3f} s {text}" for time, text in extra]
    different += [f"real server: a thread died at line {line}" for line in lost]
    different += [f"ours: a thread died at line {line}" for line in new]
    return Said(
        printed=len(theirs),
        printed_equal=len(theirs) - len(missing),
        died=len(deaths),
        died_equal=len(deaths) - len(lost),
        different=tuple(different),
    )


def _real_prints(capture: Capture) -> Iterable[tuple[float, str]]:
    for address, arguments in capture.reports:
        if address != "/log/multi_message":
            continue
        time, lines = float(arguments[2]), arguments[4:]
        for kind, text in zip(lines[::2], lines[1::2], strict=True):
            if kind == _PRINTED:
                yield time, _plain(str(text))


def _plain(text: str) -> str:
    """Without the addresses in memory that Ruby prints of some objects."""
    return _ADDRESS.sub("0x…", text)


def _real_deaths(capture: Capture) -> Iterable[int]:
    return (
        max(0, int(arguments[3])) for address, arguments in capture.reports if address == "/error"
    )


def _our_deaths(ours: Recording) -> Iterable[int]:
    return (error.line or 0 for error in ours.errors if error.kind == "runtime")


def _unpaired(
    theirs: Sequence[tuple[float, str]], ours: Sequence[tuple[float, str]]
) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
    left = list(ours)
    missing: list[tuple[float, str]] = []
    for time, text in theirs:
        partner = next((o for o in left if o[1] == text and abs(o[0] - time) <= _TOLERANCE_S), None)
        if partner is None:
            missing.append((time, text))
        else:
            left.remove(partner)
    return missing, left


def _difference(theirs: Sequence[int], ours: Sequence[int]) -> tuple[list[int], list[int]]:
    left, missing = list(ours), list[int]()
    for one in theirs:
        if one in left:
            left.remove(one)
        else:
            missing.append(one)
    return missing, left
