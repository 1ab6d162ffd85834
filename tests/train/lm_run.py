"""A tiny run of the language model's trainer, as a program that a test can kill."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sys
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
import torch.nn.functional as F

from trichord.lm import LMConfig
from trichord.space.debug import HashedWords
from trichord.train.captions import describe
from trichord.train.lm import LMTrainConfig, train_lm
from trichord.train.loop import Run
from trichord.train.regulariser import RegulariserConfig
from trichord.train.schedule import LoopConfig
from trichord.train.tokens import TokenSet

INSTRUMENTS, NOTES, K, FRAMES, ENTRIES, DIM = 12, 6, 3, 10, 16, 8


def write_tokens(folder: Path, *, uneven: bool = False) -> TokenSet:
    """Instruments whose notes follow from instrument and pitch; of one length or not."""
    generator = torch.Generator().manual_seed(0)
    count = INSTRUMENTS * NOTES
    instrument = torch.arange(count) // NOTES
    key = torch.arange(count) % NOTES
    start = torch.randint(0, ENTRIES, (INSTRUMENTS, K, 1), generator=generator)[instrument]
    codes = (start + key[:, None, None] + torch.arange(FRAMES) // 4) % ENTRIES
    base = torch.randn(INSTRUMENTS, DIM, generator=generator)[instrument]
    joint = F.normalize(base + 0.1 * torch.randn(count, DIM, generator=generator), dim=1)
    notes = TokenSet(
        codes=codes.to(torch.uint16),
        lengths=(FRAMES - key % 4 * int(uneven)).int(),
        pitch=(48 + 4 * key).to(torch.uint8),
        velocity=(25 + 20 * (key % 3)).to(torch.uint8),
        family=(instrument % 11).to(torch.uint8),
        source=(instrument % 3).to(torch.uint8),
        instrument=(100 + instrument).int(),
        split=(instrument >= INSTRUMENTS - 2).to(torch.uint8),
        joint=joint.half(),
        meta={"num_codebooks": K, "cardinality": ENTRIES, "codec": "debug"},
    )
    notes.write(folder)
    return notes


def said_of(instrument: int) -> list[str]:
    """Two sentences about an instrument."""
    return [f"sound {instrument}", f"a note of number {instrument}"]


def write_captions(folder: Path) -> None:
    """Captions beside the tokens."""
    said = {100 + i: said_of(i) for i in range(INSTRUMENTS)}
    describe(said, HashedWords(DIM)).write(folder, "debug")


def tiny(tokens: Path, out: Path, *, steps: int = 12, resume: bool = False) -> LMTrainConfig:
    """A run of a second."""
    loop = LoopConfig(
        steps=steps, batch_size=16, warmup=2, log_every=1, valid_every=6, save_every=4
    )
    return LMTrainConfig(
        tokens=tokens,
        out=out,
        joint_noise=0.3,
        resume=resume,
        model=LMConfig.debug(dropout=0.1),
        loop=loop,
    )


STEPS = 8


def exact(
    tokens: Path, out: Path, *, resume: bool = False, weight: float = 3.0, **loop: Any
) -> LMTrainConfig:
    """A run without dropout in full precision: what several processes do alike."""
    config = tiny(tokens, out, steps=STEPS, resume=resume)
    changes = {
        "precision": "32-true",
        "valid_every": 4,
        "save_every": 2,
        "learning_rate": 3e-3,
        **loop,
    }
    return dataclasses.replace(
        config,
        text=True,
        regulariser=RegulariserConfig(weight=weight, ratio=0.5, pooling="logsumexp"),
        model=LMConfig.debug(text_tokens=4, text_fuser="cross"),
        loop=dataclasses.replace(config.loop, **changes),
    )


def train_until(config: LMTrainConfig, last: int) -> None:
    """Trains, and ends on all processes right after the checkpoint of a step."""
    save = Run.save

    def save_and_end(run: Run) -> None:
        save(run)
        if run.step == last:
            raise EOFError

    with patch.object(Run, "save", save_and_end), contextlib.suppress(EOFError):
        train_lm(config)


if __name__ == "__main__":
    where = (Path(sys.argv[1]), Path(sys.argv[2]))
    if len(sys.argv) > 3:
        changes = json.loads(sys.argv[3])
        until = changes.pop("until", STEPS)
        train_until(exact(*where, **changes), until)
    else:
        # The pause leaves time to kill the run between two steps that can be told apart.
        train_lm(tiny(*where), on_report=lambda _line: time.sleep(0.1))
