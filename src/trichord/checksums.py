"""Checksums of a model folder, in the format of `sha256sum`, so that altered weights are noticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from trichord.errors import InputError

SUMS = "SHA256SUMS"
"""Beside the files that it lists; `sha256sum -c SHA256SUMS` reads it as well."""
COVERED = ("config.json", "model.safetensors")


def digest(file: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_checksums(folder: Path) -> None:
    """Writes the checksums of a model folder's files into it."""
    lines = [f"{digest(folder / name)}  {name}\n" for name in COVERED if (folder / name).is_file()]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def verify_checksums(folder: Path) -> dict[str, str]:
    """Compares a model folder with the checksums in it.

    Returns:
        File name -> sha256, of every file that was checked.

    Raises:
        InputError: when the list or a file is missing, or a file was altered.
    """
    mend = f"restore {folder} from the release or the repository"
    sums = folder / SUMS
    if not sums.is_file():
        raise InputError(f"{sums}: missing; {mend}")
    expected = dict(line.split()[::-1] for line in sums.read_text(encoding="utf-8").splitlines())
    for name, wanted in expected.items():
        if not (folder / name).is_file():
            raise InputError(f"{folder / name}: missing; {mend}")
        if digest(folder / name) != wanted:
            raise InputError(f"{folder / name}: altered (its sha256 is not the listed one); {mend}")
    return expected
