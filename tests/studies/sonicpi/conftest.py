"""What the real server sent for three of our programs, and what we record of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from trichord.livecode.sonicpi.pool import RuntimePool
from trichord.livecode.sonicpi.recording import Recording
from trichord.studies.sonicpi.capture import Capture, load_capture
from trichord.studies.sonicpi.programs import Program, own_programs

CAPTURES = Path(__file__).parent / "captures"
KEPT = ("effects", "errors", "fades")
SECONDS = 18.0


@pytest.fixture(scope="session")
def kept() -> Mapping[str, Program]:
    """The programs whose captures are kept with the tests."""
    return {one.name: one for one in own_programs() if one.name in KEPT}


@pytest.fixture(scope="session")
def captures(kept: Mapping[str, Program]) -> Mapping[str, Capture]:
    """What the real server sent; `make verify-sonicpi` makes it again when a program changes."""
    found: dict[str, Capture] = {}
    for name in KEPT:
        capture = load_capture(CAPTURES / f"{name}.json", kept[name].code, SECONDS)
        assert capture is not None, f"{name}: its program is not the one that was captured"
        found[name] = capture
    return found


@pytest.fixture(scope="session")
def recordings(kept: Mapping[str, Program]) -> Iterator[Mapping[str, Recording]]:
    """What our runtime records of them."""
    with RuntimePool() as pool:
        yield {name: pool.run(kept[name].code, seconds=SECONDS) for name in KEPT}
