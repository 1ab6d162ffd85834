"""The grid: one small model for every scheme, way of decoding and seed, all on one budget."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import torch
from torch import Tensor

from trichord.files import write_atomically
from trichord.instrument.models import default_sampling
from trichord.lm import CodecLM, Conditions, DropRates, LMConfig
from trichord.lm.linear import quick_dtype
from trichord.studies.conditioning.ears import RATE, SECONDS, Wave
from trichord.studies.conditioning.measure import Figures, figures_of
from trichord.train.lm import LMTrainConfig, Scheme, train_lm
from trichord.train.schedule import LoopConfig
from trichord.train.tokens import TokenSet

if TYPE_CHECKING:
    from trichord.studies.conditioning.study import ConditioningStudy

TASKS = ("sample", "text")
"""Asked for by one recorded note, and by a sentence."""
SMALL = (128, 4)
"""Width and layers of every model of the grid."""
SIZES = ((64, 2), SMALL, (192, 6))
"""Of the curve over sizes; each head has 32 entries."""

BASE = "base"
"""The name of the run that others begin with, in place of a scheme."""
_WEIGHED = 8
"""Notes that the learned scheme weighs."""
_ROWS = 64
_SPARE = 0.5
"""Seconds made beyond those that are heard, for the silence before the onset."""


@dataclass(frozen=True)
class Cell:
    """One run."""

    scheme: str
    decoding: str
    seed: int
    size: tuple[int, int] = SMALL

    @property
    def name(self) -> str:
        """Of its files."""
        width, layers = self.size
        return f"{self.scheme}-{self.decoding}-{width}x{layers}-{self.seed}"


@dataclass(frozen=True)
class Result:
    """What came out of a run.

    Attributes:
        nats: per token on held-out instruments of `valid` under the scheme's own vectors.
        nats_mean: under their mean vectors, which compares the schemes; `nats_without` under none.
        parameters: of the model.
        seconds: processor seconds of the training.
        figures: by task.
    """

    nats: float
    nats_mean: float
    nats_without: float
    parameters: int
    seconds: float
    figures: dict[str, Figures]


def grid(study: ConditioningStudy) -> Iterator[Cell]:
    """The cells, one seed after another, so that a grid that was stopped is even."""
    options = study.options
    for seed in range(options.seeds):
        for decoding in options.decodings:
            for scheme in options.schemes:
                yield Cell(scheme, decoding, seed)


def sizes() -> list[Cell]:
    """The cells of the curve over sizes: the scheme of the shipped model, seed 0."""
    return [Cell("random", "autoregressive", 0, size) for size in SIZES]


def base_of(cell: Cell) -> Cell:
    """What all cells of a decoding and a size begin with."""
    return Cell(BASE, cell.decoding, 0, cell.size)


def train_config(study: ConditioningStudy, cell: Cell) -> LMTrainConfig:
    """How a cell is trained, or its base, which is never shown a vector."""
    options = study.options
    width, layers = cell.size
    is_base = cell.scheme == BASE
    steps = options.base_steps if is_base else options.steps
    runs = options.out / "runs" / study.budget
    return LMTrainConfig(
        tokens=tokens_of(study),
        out=runs / cell.name,
        scheme="random" if is_base else cast("Scheme", cell.scheme),
        start=None if is_base else runs / base_of(cell).name / "model",
        valid_notes=128,
        resume=True,
        model=LMConfig(
            dim=width,
            layers=layers,
            heads=width // 32,
            dropout=0.1,
            decoding=cast("Literal['autoregressive', 'masked']", cell.decoding),
            joint_notes=_WEIGHED if cell.scheme == "learned" else 0,
            drop=DropRates(joint=1.0) if is_base else DropRates(),
        ),
        loop=LoopConfig(
            steps=steps,
            batch_size=options.batch_size,
            learning_rate=2e-3 if is_base else 1e-3,
            warmup=max(1, steps // 10),
            ema=0.98,
            valid_every=steps,
            save_every=min(steps, 250),
            seed=cell.seed,
        ),
    )


def tokens_of(study: ConditioningStudy) -> Path:
    """The folder of tokens cut to what is heard: the first codebooks, the first seconds."""
    options = study.options
    notes = TokenSet.read(options.tokens)
    frames = min(study.spine.codec.frames(SECONDS + _SPARE), notes.codes.shape[2])
    kept = min(options.codebooks, notes.codes.shape[1])
    folder = options.out / f"tokens-{kept}x{frames}-{study.run_key}"
    if not (folder / "meta.json").is_file():
        cut = notes.frames(torch.arange(len(notes.codes)))[:, :kept, :frames]
        replace(
            notes,
            codes=cut.to(torch.uint16).contiguous(),
            lengths=notes.lengths.clamp(max=frames),
            meta=notes.meta | {"num_codebooks": kept},
        ).write(folder)
    return folder


def result_of(study: ConditioningStudy, cell: Cell) -> Result:
    """The cell's figures: out of the folder, or trained, made and measured now."""
    path = _file(study, cell)
    if not path.is_file():
        # Complete, this reads and trains nothing; stopped half-way, it goes on.
        train_lm(train_config(study, base_of(cell)))
        config = train_config(study, cell)
        seconds = _train(config)
        line = _last_line(config.out / "metrics.jsonl")
        model = CodecLM.load(config.out / "model", quick_dtype())
        told = {
            "nats": line["valid_loss"],
            "nats_mean": line["valid_loss_mean"],
            "nats_without": line["valid_loss_no_joint"],
            "parameters": sum(p.numel() for p in model.parameters()),
            "seconds": seconds,
            "figures": {task: asdict(_measured(study, cell, model, task)) for task in TASKS},
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, (json.dumps(told, indent=1) + "\n").encode())
    return _read(path)


def _train(config: LMTrainConfig) -> float:
    """Processor seconds of the training; kept, for a run that stands may be heard by others."""
    path = config.out / "seconds.json"
    if not path.is_file():
        begun = time.process_time()
        train_lm(config)
        write_atomically(path, f"{time.process_time() - begun}\n".encode())
    return float(json.loads(path.read_text(encoding="utf-8")))


def _last_line(metrics: Path) -> dict[str, Any]:
    """Of a run that is complete, whether in this call or in one that was stopped after it."""
    return json.loads(metrics.read_text(encoding="utf-8").splitlines()[-1])


def make_missing(study: ConditioningStudy, cells: Sequence[Cell]) -> None:
    """Makes the cells that are not there, as many as the options allow."""
    missing = [cell for cell in cells if not _file(study, cell).is_file()]
    most = study.options.most_cells
    wanted = missing if most is None else missing[:most]
    task = study.progress.task("cells", len(wanted))
    for cell in wanted:
        result_of(study, cell)
        task.advance()


def finished(study: ConditioningStudy, cells: Sequence[Cell]) -> dict[Cell, Result]:
    """The results of the cells that are there."""
    return {cell: _read(_file(study, cell)) for cell in cells if _file(study, cell).is_file()}


def _file(study: ConditioningStudy, cell: Cell) -> Path:
    return study.cells / f"{cell.name}.json"


def _read(path: Path) -> Result:
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    told["figures"] = {task: Figures.from_dict(one) for task, one in told["figures"].items()}
    return Result(**told)


def _measured(study: ConditioningStudy, cell: Cell, model: CodecLM, task: str) -> Figures:
    """Makes the asked keys and measures them."""
    material, ears = study.material, study.ears
    waves = make(study, model, vectors(study, task), seed=cell.seed)
    heard = ears.hear(waves, material.owners, material.asked_keys)
    return figures_of(heard, material.reference, material.asked, material.held_out, ears)


def vectors(study: ConditioningStudy, task: str) -> Tensor:
    """What each held-out instrument is asked for with, unit vectors [instruments, D]."""
    space, held_out = study.ears.space, study.material.held_out
    if task == "text":
        return space.text_to_audio(space.embed_text([one.caption for one in held_out]))
    return space.embed_audio([one.shot.wave for one in held_out], RATE)


def make(study: ConditioningStudy, model: CodecLM, joint: Tensor, *, seed: int) -> list[Wave]:
    """The asked keys of instruments under vectors [instruments, D]: family and source not given.

    All notes of an instrument draw with the same random numbers, as `trichord make` has it.
    """
    codec, material = study.spine.codec, study.material
    owners = torch.tensor(material.owners)
    keys = torch.tensor(material.asked_keys)
    sampling = replace(default_sampling(), seed=seed)
    frames = min(codec.frames(SECONDS + _SPARE), model.config.max_frames)
    waves: list[Wave] = []
    for rows in torch.arange(len(owners)).split(_ROWS):
        own, asked = owners[rows], keys[rows]
        known = Conditions(joint=joint[own], pitch=asked[:, 0], velocity=asked[:, 1])
        codes = model.generate(known, frames, sampling, seeds=own.tolist())
        with torch.inference_mode():
            made = codec.decode(codes, asked[:, 0])[:, 0].float().numpy()
        waves += list(made)
    return waves
