"""A run that a test can stop, slow enough to be told apart by its steps."""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path

from tests.train.test_loop import CONFIG, Line
from trichord.train.loop import fit

if __name__ == "__main__":
    logging.basicConfig(format="%(message)s")
    fit(Line(), CONFIG, Path(sys.argv[1]), on_report=lambda _line: time.sleep(0.3))
