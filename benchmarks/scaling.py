"""What a large training costs: counted work, this machine's measured rate, and arithmetic.

`.venv/bin/python -m benchmarks.scaling` prints the tables of docs/scaling.md. What is counted and
measured here is told apart from what is assumed of a GPU; every formula stands beside its number.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
import tyro
from safetensors.torch import save_file
from torch.utils.flop_counter import FlopCounterMode

from trichord.lm import CodecLM, Conditions, LMConfig
from trichord.lm.config import make_config
from trichord.train.packed import PackedCodes, map_file


@dataclass(frozen=True)
class Corpus:
    """What a model is trained on."""

    name: str
    items: int
    frames: int
    """Of an item."""
    codebooks: int
    audio_bytes: int
    """Of an item as FLAC."""

    @property
    def positions(self) -> int:
        """Steps of the delay pattern in one epoch."""
        return self.items * (self.frames + self.codebooks - 1)

    @property
    def token_bytes(self) -> int:
        """Packed codes, one joint vector of 128 half floats and 14 bytes of columns per item."""
        return self.items * (2 * self.frames * self.codebooks + 256 + 14)


NOTES = Corpus("NSynth, 289,205 notes of 4 s", 289_205, 61, 8, 70_000)
"""Bytes assumed: 55 % of 16 bits at 16 kHz."""
CLIPS = Corpus("a million clips of 10 s", 1_000_000, 250, 8, 261_000)
"""Bytes measured: 11 GB of 23,432 clips of 18 s of programs, mono at 32 kHz."""


@dataclass(frozen=True)
class Options:
    """Counts and measures, then does the sums."""

    size: str = "large"
    """Of the model: nano, small, medium, 60m or large."""
    measured: str = "60m"
    """The size whose step is timed here."""
    rows: int = 4
    """Rows of the timed step."""
    per_parameter: float = 20.0
    """Positions per parameter (Hoffmann et al. 2022)."""
    utilisation: float = 0.35
    """Share of a GPU's dense bf16 rate that a step reaches; assumed."""


GPUS = {"A100 80 GB": 312e12, "H100 SXM": 989e12}
"""Dense bf16 operations per second as their maker states them."""


@dataclass(frozen=True)
class Step:
    """One training step, forward and backward.

    Attributes:
        parameters: of the model.
        flops: multiplications and additions, counted by torch.
        positions: rows × steps.
        kept_bytes: activations that are kept for the backward pass, in bf16 where autocast has it.
        seconds: processor time; None where it was not timed.
    """

    parameters: int
    flops: int
    positions: int
    kept_bytes: int
    seconds: float | None

    @property
    def per_position(self) -> float:
        """Operations of a position."""
        return self.flops / self.positions


def count(config: LMConfig, rows: int, frames: int, *, timed: bool) -> Step:
    """Counts one step, and times the second of two where asked."""
    torch.manual_seed(0)
    model = CodecLM(config)
    codes = torch.randint(config.cardinality, (rows, config.num_codebooks, frames))
    pitch = Conditions(pitch=torch.full((rows,), 60))
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    with (
        FlopCounterMode(display=False) as counter,
        torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor),
        torch.autocast("cpu", torch.bfloat16),
    ):
        model.loss(codes, pitch).total.backward()
    held = sum(size for address, size in kept.items() if address not in weights)
    seconds = None
    if timed:
        begun = time.process_time()
        with torch.autocast("cpu", torch.bfloat16):
            model.loss(codes, pitch).total.backward()
        seconds = time.process_time() - begun
    steps = frames + config.num_codebooks - 1
    parameters = sum(p.numel() for p in model.parameters())
    return Step(parameters, counter.get_total_flops(), rows * steps, held, seconds)


def matrix_rate(size: int = 2048, rounds: int = 3) -> float:
    """Operations per second of processor time of a bf16 product of matrices here."""
    a = torch.randn(size, size, dtype=torch.bfloat16)
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        a @ a
        best = min(best, time.process_time() - begun)
    return 2 * size**3 / best


def reading_seconds(rows: int = 4096, held: int = 20_000) -> float:
    """Processor time of reading rows of 250 frames from packed, mapped shards."""
    generator = torch.Generator().manual_seed(0)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "shard.safetensors"
        codes = torch.randint(0, 1024, (held * 250, 8), generator=generator).to(torch.uint16)
        save_file({"codes": codes}, path)
        lengths = torch.full((held,), 250)
        packed = PackedCodes.of([map_file(path)["codes"]], [lengths])
        chosen = torch.randint(0, held, (rows,), generator=generator)
        packed.read(chosen[:8])
        begun = time.process_time()
        packed.read(chosen)
        return time.process_time() - begun


def memory_bytes(parameters: int, shares: int = 1) -> float:
    """Weights, gradients, two moments and the average, float32: 20 bytes a parameter."""
    return 20 * parameters / shares


def gpu_hours(flops: float, rate: float, utilisation: float) -> float:
    """Hours of one GPU: operations / (rate × utilisation) / 3600."""
    return flops / (rate * utilisation) / 3600


def tables(options: Options) -> Iterator[str]:
    """The tables of the page, line by line."""
    wanted = make_config(options.size, num_codebooks=8, cardinality=1024, max_frames=250)
    large = count(wanted, 1, 250, timed=False)
    small = make_config(options.measured, num_codebooks=8, cardinality=1024, max_frames=250)
    timed = count(small, options.rows, 250, timed=True)
    assert timed.seconds is not None
    rate, matrix = timed.flops / timed.seconds, matrix_rate()
    positions = options.per_parameter * large.parameters
    work = positions * large.per_position
    yield "| counted | |\n|---|---|"
    yield f"| parameters of `{options.size}` | {large.parameters / 1e6:.0f} M |"
    yield f"| operations per position, forward and backward | {large.per_position / 1e9:.2f} G |"
    ratio = large.per_position / (6 * large.parameters)
    yield f"| the same / (6 × parameters) | {ratio:.2f} |"
    kept = large.kept_bytes / large.positions
    yield f"| activations kept per position | {kept / 1e6:.2f} MB |"
    epochs = positions / (NOTES.positions + CLIPS.positions)
    yield f"| positions of one epoch: notes | {NOTES.positions / 1e6:.0f} M |"
    yield f"| positions of one epoch: clips | {CLIPS.positions / 1e6:.0f} M |"
    yield (
        f"| {options.per_parameter:g} positions per parameter | {positions / 1e9:.1f} G, "
        f"{epochs:.0f} epochs |"
    )
    yield f"| operations in all | {work:.2g} |"
    yield "\n| measured here, one thread, bf16 | |\n|---|---|"
    said = f"`{options.measured}`, {options.rows} rows of 250 frames: a step"
    yield f"| {said} | {timed.seconds:.2f} s |"
    yield f"| operations per second | {rate / 1e9:.0f} G |"
    yield f"| product of matrices | {matrix / 1e9:.0f} G |"
    yield f"| utilisation | {100 * rate / matrix:.0f} % |"
    yield f"| 4,096 rows of 250 frames read from mapped shards | {reading_seconds():.2f} s |"
    yield f"| the whole training on this core | {work / rate / 86400 / 365:.1f} years |"
    share = f"{100 * options.utilisation:g} % of the dense rate (assumed)"
    yield f"\n| at {share} | GPU hours |\n|---|---|"
    for name, dense in GPUS.items():
        hours = gpu_hours(work, dense, options.utilisation)
        yield f"| {name}, {dense / 1e12:.0f} T/s | {hours:.0f} |"
    yield "\n| memory | |\n|---|---|"
    for shares in (1, 8):
        held = memory_bytes(large.parameters, shares)
        said = "one device, or a copy on each (ddp)" if shares == 1 else f"{shares} shares (fsdp)"
        yield f"| weights, gradients, moments, average: {said} | {held / 1e9:.1f} GB a device |"
    yield f"| activations of a row of 257 positions | {kept * 257 / 1e9:.2f} GB |"
    yield f"| a checkpoint (model, average, moments) | {16 * large.parameters / 1e9:.1f} GB |"
    yield "\n| storage | audio (FLAC) | packed tokens |\n|---|---|---|"
    for corpus in (NOTES, CLIPS):
        audio, tokens = corpus.items * corpus.audio_bytes, corpus.token_bytes
        yield f"| {corpus.name} | {audio / 1e9:.0f} GB | {tokens / 1e9:.2f} GB |"


def main() -> None:
    """Prints the tables."""
    torch.set_num_threads(1)
    for line in tables(tyro.cli(Options, prog="python -m benchmarks.scaling")):
        print(line, flush=True)


if __name__ == "__main__":
    main()
