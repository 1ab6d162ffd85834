"""The recipe of the code tower: from what a program's text says to how its sound looks and lies."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from trichord.errors import InputError
from trichord.livecode.code_network import CodeConfig, CodeNetwork
from trichord.livecode.code_tower import CodeTower, load_code_tower
from trichord.train.code_batches import CodeBatch, Units, assemble
from trichord.train.code_figures import figures
from trichord.train.code_loss import CodeLossConfig, code_losses
from trichord.train.code_sets import (
    Choice,
    CodeTable,
    clip_table,
    held_out,
    only,
)
from trichord.train.code_sketches import sketch_table
from trichord.train.code_targets import with_targets
from trichord.train.loop import LoopConfig, fit
from trichord.train.task import Task


def _loop() -> LoopConfig:
    return LoopConfig(
        steps=3000,
        batch_size=24,
        learning_rate=1.5e-3,
        warmup=100,
        final_rate=0.02,
        betas=(0.9, 0.98),
        weight_decay=0.02,
        ema=0.995,
        valid_every=500,
        save_every=500,
        precision="32-true",
    )


@dataclass(frozen=True)
class CodeTrainConfig:
    """Everything that `trichord train code` does."""

    corpus: Path = Path("build/programs_full")
    """Folder of a corpus of clips; its test split is never read, its valid split only judges."""
    cache: Path = Path("build/align")
    """Folder in which pictures and readings are kept; `train align` keeps its pictures there."""
    sketched: int = 0
    """Further programs, composed for the tower and taught by sketches of their sound."""
    sketches: Path = Path("build/code")
    """Folder in which their scores and sketches are kept."""
    space: str = "default"
    """Whose vectors are taught: the space of clips (`default`, a folder), `bands` or `none`."""
    out: Path = Path("build/code/run")
    """Folder of the run; the tower lies in its subfolder `model`."""
    clips: Choice = field(default_factory=Choice)
    """Which clips of the corpus."""
    start: Path | None = None
    """Folder of a tower whose weights are the first; None: untrained."""
    structures: int = 0
    """Train on so many structurally different programs; 0: on all."""
    groups: int = 30
    """Groups of siblings that a template counts for at most in an epoch."""
    workers: int = 1
    """Processes that compute the cache."""
    resume: bool = False
    """Go on from the last checkpoint in `out`."""
    model: CodeConfig = field(default_factory=CodeConfig)
    """Shape of the network."""
    objective: CodeLossConfig = field(default_factory=CodeLossConfig)
    """Weights of the loss."""
    loop: LoopConfig = field(default_factory=_loop)
    """Steps, rates, seed; `batch_size` counts programs without siblings and groups of siblings."""


class CodeTask(Task[CodeBatch]):
    """A `CodeNetwork` on the programs of a table."""

    def __init__(self, config: CodeTrainConfig, table: CodeTable) -> None:
        self.table = table
        self.config = config
        self.units = Units(chosen(table, config), config.groups)
        torch.manual_seed(config.loop.seed)
        # As wide as what it is taught; where it is taught no vectors, as the recipe says.
        width = table.vectors.shape[1] or config.model.dim
        self.model = CodeNetwork(dataclasses.replace(config.model, dim=width))
        if config.start is not None:
            _begin(self.model, config.start)

    @property
    def count(self) -> int:
        """Programs without siblings, and groups of siblings."""
        return len(self.units)

    def batch(self, rows: Tensor, generator: torch.Generator) -> CodeBatch:
        """The programs of some units."""
        seed = int(torch.randint(2**62, (1,), generator=generator))
        return assemble(self.table, self.units.rows(rows.tolist(), random.Random(seed)))

    def loss(self, model: Any, batch: CodeBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """The total, and its terms."""
        vectors, pictures = model(batch.readings)
        terms = code_losses(vectors, pictures, batch, self.config.objective)
        return terms["total"], {k: v.detach() for k, v in terms.items() if k != "total"}

    def validate(self, model: Any) -> dict[str, float]:
        """Figures on the valid split: siblings and strangers."""
        return figures(self.model, self.table, "valid")

    def export(self, folder: Path) -> None:
        """Writes the tower as users load it."""
        CodeTower(self.model).save(folder)
        self.model.train()


def _begin(network: CodeNetwork, folder: Path) -> None:
    start = load_code_tower(folder).network
    try:
        network.load_state_dict(start.state_dict())
    except RuntimeError:
        raise InputError(
            f"start {folder}: a tower of another shape (its vectors have {start.config.dim} "
            f"entries, those that are taught {network.config.dim}); give --start None, or the "
            "--space and the --model that it was trained with"
        ) from None


def chosen(table: CodeTable, config: CodeTrainConfig) -> list[Tensor]:
    """The training families; of `structures`, so many families, drawn by the seed."""
    families = table.families("train")
    random.Random(config.loop.seed).shuffle(families)
    return families[: config.structures or None]


def load_sets(config: CodeTrainConfig) -> CodeTable:
    """Training and validation programs of all sources, with the vectors of their sound."""
    clips = clip_table(config.corpus, config.cache, config.clips, config.workers)
    rows = torch.tensor([at for at, split in enumerate(clips.split) if split != "test"])
    tables = [only(clips, rows)]
    if config.sketched:
        apart = held_out(config.corpus)
        tables.append(sketch_table(config.sketches, config.sketched, apart, config.workers))
    return with_targets(tables, config.space, config.cache)


def train_code(
    config: CodeTrainConfig, on_report: Callable[[dict[str, Any]], None] | None = None
) -> dict[str, Any]:
    """Trains a code tower; `config.out/model` holds it.

    Returns:
        The last line of metrics.
    """
    task = CodeTask(config, load_sets(config))
    settings = dataclasses.asdict(config)
    del settings["resume"]
    return fit(
        task, config.loop, config.out, settings=settings, resume=config.resume, on_report=on_report
    )
