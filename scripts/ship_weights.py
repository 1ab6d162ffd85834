"""Puts trained models into the package: copies the three folders and writes their checksums.

Cards are written by hand and stay as they are.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
import tyro

from trichord.instrument.models import WEIGHTS, write_manifest
from trichord.lm import CodecLM

LIMIT = 60_000_000
"""Bytes of everything that is shipped."""


@dataclass(frozen=True)
class ShipOptions:
    """Copies trained models into the package and writes their checksums."""

    codec: Path = Path("build/codec/model")
    """What `trichord train codec` exported."""
    space: Path = Path("build/space/space")
    """What `trichord train space` exported, its prior chosen."""
    lm: Path = Path("build/lm/model")
    """What `trichord train lm` exported."""


def main() -> None:
    """Copies, then writes MANIFEST.json."""
    options = tyro.cli(ShipOptions)
    for room, folder in (("codec", options.codec), ("space", options.space)):
        (WEIGHTS / room).mkdir(parents=True, exist_ok=True)
        for name in ("config.json", "model.safetensors"):
            shutil.copyfile(folder / name, WEIGHTS / room / name)
    # A run exports float32; half of the bytes give the same notes.
    CodecLM.load(options.lm).save(WEIGHTS / "lm", torch.float16)
    total = sum(file.stat().st_size for file in WEIGHTS.rglob("*.safetensors"))
    if total > LIMIT:
        raise SystemExit(f"{total / 1e6:.1f} MB: no more than {LIMIT / 1e6:.0f} MB are shipped")
    write_manifest(WEIGHTS)


if __name__ == "__main__":
    main()
