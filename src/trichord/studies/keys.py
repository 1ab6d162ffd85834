"""Short names for what kept results depend on: other files, another name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from trichord.files import file_sha256


def key_of(files: Iterable[Path]) -> str:
    """Twelve hexadecimal digits of what files hold; one that is missing counts as missing."""
    told = [file_sha256(file) if file.is_file() else "-" for file in files]
    return hashlib.sha256(" ".join(told).encode()).hexdigest()[:12]


def files_of(*models: Path) -> Iterator[Path]:
    """What decides the models of these folders: their weights and their shapes."""
    return (folder / name for folder in models for name in ("model.safetensors", "config.json"))
