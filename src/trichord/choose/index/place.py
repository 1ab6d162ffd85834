"""Where an index lives, and who may write to it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Callable, Generator
from pathlib import Path
from typing import IO

from trichord.errors import InputError
from trichord.files import cache_folder


def cache_place(folder: Path) -> Path:
    """Where the index of a folder lives unless told otherwise: in the user's cache folder."""
    key = hashlib.sha256(os.fsencode(os.path.realpath(folder))).hexdigest()[:24]
    return cache_folder("index") / key


@contextlib.contextmanager
def locked(place: Path, wait: Callable[[], None]) -> Generator[None]:
    """Holds the index for an update, across processes; makes its folder.

    The system lets go of the lock when a process ends, however it ends.

    Args:
        place: of the index.
        wait: told when another run holds it already; then this one waits.

    Raises:
        InputError: the folder cannot be written.
    """
    try:
        place.mkdir(parents=True, exist_ok=True)
        lock = (place / "lock").open("ab")
    except OSError as error:
        raise InputError(
            f"--index {place}: cannot be written ({error.strerror}): name another folder"
        ) from None
    with lock:
        if not _try_lock(lock):
            wait()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _try_lock(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
