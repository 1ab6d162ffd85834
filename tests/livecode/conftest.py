"""One pool of Sonic Pi's runtimes for all tests of programs: loading them takes a second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from trichord.livecode.sonicpi.pool import RuntimePool
from trichord.livecode.sonicpi.render import Renderer
from trichord.livecode.sonicpi.sandbox import Limits


@pytest.fixture(scope="session")
def pool() -> Iterator[RuntimePool]:
    """Two confined workers with limits that no honest program of a test comes near."""
    with RuntimePool(2, limits=Limits(messages=20_000)) as workers:
        yield workers


@pytest.fixture(scope="session")
def renderer(pool: RuntimePool) -> Iterator[Renderer]:
    """Two workers that render, on the runtimes of `pool`."""
    with Renderer(2, pool=pool) as both:
        yield both
