"""Runs a few lines of Ruby with files of the runtime, for tests of one of its parts alone."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from trichord.livecode.sonicpi.forkserver import RUNTIME


def evaluate(*files: str, code: str, arguments: tuple[str, ...] = ()) -> Any:
    """The value of the variable `result` after `code`, which knows the runtime's `files`."""
    requires = "".join(f"require '{RUNTIME}/{name}'\n" for name in ("clock", *files))
    script = f"require 'json'\n{requires}{code}\nprint JSON.generate(result)"
    command = ["ruby", "-W0", "-e", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
