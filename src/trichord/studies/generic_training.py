"""Training of the generic codec for a given number of processor seconds."""

from __future__ import annotations

import json
import math
import time
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trichord.studies.study import Study
from trichord.train.schedule import generator_for

if TYPE_CHECKING:
    from trichord.studies.generic_codec import GenericCodec

_RATE = 44100
_NOTES = 2000
_KEPT_SECONDS, _SEEN_SECONDS = 2.0, 1.0
_BATCH = 8
_PEAK_RATE, _FINAL_SHARE = 1e-3, 0.05
_WARMUP_SHARE, _PLAIN_SHARE = 0.03, 0.08
"""Of the time: rising rate; no quantiser, until the vectors mean something to k-means."""


class TrainingClock:
    """How much of its processor time a training has used."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._start = time.process_time()

    @property
    def share(self) -> float:
        """0 at the beginning, 1 when the time is up."""
        return (time.process_time() - self._start) / self.seconds

    def rate(self) -> float:
        """Linear warm-up, then a cosine, over the time instead of steps."""
        share = self.share
        if share < _WARMUP_SHARE:
            return _PEAK_RATE * (share + 1e-3) / _WARMUP_SHARE
        cosine = 0.5 + 0.5 * math.cos(math.pi * min(1.0, share))
        return _PEAK_RATE * (_FINAL_SHARE + (1 - _FINAL_SHARE) * cosine)


def note_excerpts(study: Study) -> NDArray[np.int16]:
    """Beginnings of random notes of the train split, peak one: `[N, T]` as 16-bit integers."""
    train = study.instruments("train")
    each = -(-study.count(_NOTES, least=len(train)) // len(train))
    size = int(_KEPT_SECONDS * _RATE)
    notes = study.draw("generic", "train", each)
    out = np.zeros((len(notes), size), np.int16)
    for row, note in zip(out, notes, strict=True):
        part = note.wave[:size]
        row[: len(part)] = np.round(part * (32767.0 / max(1e-6, float(np.abs(note.wave).max()))))
    return out


def train(
    codec: GenericCodec, excerpts: NDArray[np.int16], clock: TrainingClock, study: Study
) -> None:
    """Trains until the clock's time is up; losses go to generic.jsonl in the study's folder."""
    optimizer = torch.optim.AdamW(codec.parameters(), betas=(0.9, 0.95), weight_decay=0.01)
    task = study.progress.task("training the generic codec", 100)
    step = 0
    codec.train()
    with (study.folder / "generic.jsonl").open("w", encoding="utf-8") as log:
        while clock.share < 1.0:
            generator = generator_for(study.options.seed, step)
            for group in optimizer.param_groups:
                group["lr"] = clock.rate()
            loss = codec.loss(_batch(excerpts, generator), generator, clock.share > _PLAIN_SHARE)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(codec.parameters(), 1.0)
            optimizer.step()
            step += 1
            if step % 20 == 0:
                log.write(json.dumps({"step": step, "loss": float(loss.detach())}) + "\n")
                log.flush()
            task.advance(int(100 * min(1.0, clock.share)) - task.done)


def _batch(excerpts: NDArray[np.int16], generator: torch.Generator) -> Tensor:
    """Random stretches, half of them from the attack on: `[B, T]`."""
    size = int(_SEEN_SECONDS * _RATE)
    rows = torch.randint(len(excerpts), (_BATCH,), generator=generator).tolist()
    latest = excerpts.shape[1] - size
    starts = torch.randint(latest, (_BATCH,), generator=generator)
    starts[: _BATCH // 2] = 0
    waves = [excerpts[r, s : s + size] for r, s in zip(rows, starts.tolist(), strict=True)]
    return torch.from_numpy(np.stack(waves).astype(np.float32) / 32767.0)
