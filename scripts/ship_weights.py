"""Puts trained models into the package: copies their folders and writes their checksums.

Cards are written by hand and stay as they are.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import torch
import tyro

from trichord.instrument.models import WEIGHTS, write_manifest
from trichord.livecode.code_tower import load_code_tower
from trichord.lm import CodecLM
from trichord.space.clips import ClipSpace
from trichord.space.refiner import Refiner

LIMIT = 60_000_000
"""Bytes of everything that is shipped."""

Room = Literal["codec", "space", "lm", "clips", "refiner", "code", "judge", "tagger"]


@dataclass(frozen=True)
class ShipOptions:
    """Copies trained models into the package and writes their checksums."""

    codec: Path = Path("build/motion/model")
    """What `trichord train motion` exported: the codec and its motion."""
    space: Path = Path("build/space/space")
    """What `trichord train space` exported, its prior chosen."""
    lm: Path = Path("build/lm_like/model")
    """What `trichord train lm` exported."""
    clips: Path = Path("build/align/model")
    """The space of clips that `trichord train align` exported."""
    refiner: Path = Path("build/align/refiner/model")
    """The refiner that `trichord train align` exported."""
    code: Path = Path("build/code/more/model")
    """The code tower that `trichord train code` exported."""
    judge: Path = Path("build/judge/notes/model")
    """The judge of captions that `trichord train judge` exported."""
    tagger: Path = Path("build/judge/tagger/model")
    """The tagger that `trichord train tagger` exported."""
    only: tuple[Room, ...] = get_args(Room)
    """Which of them; the others stay as they are."""


def ship(room: Room, folder: Path) -> None:
    """Puts one model into the package.

    A run exports float32; for those that are stored here as float16 half of the bytes give the
    same results.
    """
    target = WEIGHTS / room
    target.mkdir(parents=True, exist_ok=True)
    if room == "lm":
        CodecLM.load(folder).save(target, torch.float16)
    elif room == "clips":
        ClipSpace.load(folder).save(target, torch.float16)
    elif room == "refiner":
        Refiner.load(folder).save(target, torch.float16)
    elif room == "code":
        load_code_tower(folder).save(target, torch.float16)
    else:
        for name in ("config.json", "model.safetensors"):
            shutil.copyfile(folder / name, target / name)


def main() -> None:
    """Copies, then writes MANIFEST.json."""
    options = tyro.cli(ShipOptions)
    for room in options.only:
        ship(room, getattr(options, room))
    total = sum(file.stat().st_size for file in WEIGHTS.rglob("*.safetensors"))
    if total > LIMIT:
        raise SystemExit(f"{total / 1e6:.1f} MB: no more than {LIMIT / 1e6:.0f} MB are shipped")
    write_manifest(WEIGHTS)


if __name__ == "__main__":
    main()
