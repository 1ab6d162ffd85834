"""What the installed Sonic Pi knows, read once."""

from __future__ import annotations

import pytest

from trichord.livecode.sonicpi.install import find
from trichord.livecode.templates import Vocabulary, read_vocabulary


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """Names and limits of the installation."""
    return read_vocabulary(find().root)
