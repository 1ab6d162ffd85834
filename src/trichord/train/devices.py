"""How a run lies on devices: one, several with a copy each (DDP), or with a share each (FSDP).

`torchrun` says how many processes there are; without it, `loop.devices` does. What a task computes
does not depend on it: every layout is handed the same batches and ends with the same weights, to
the rounding of sums.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies.model_parallel import ModelParallelStrategy
from torch import Tensor, nn
from torch.distributed.tensor import DTensor, distribute_tensor

from trichord.errors import InputError
from trichord.lm.linear import has_bfloat16
from trichord.train.schedule import LoopConfig

T = TypeVar("T")


def make_fabric(config: LoopConfig) -> Fabric:
    """Fabric as the configuration, or torchrun, has it; its processes are started.

    Raises:
        InputError: both say how many devices there are, and differ; or the batch cannot be shared.
    """
    devices, nodes = config.devices, 1
    if "TORCHELASTIC_RUN_ID" in os.environ:
        devices = int(os.environ["LOCAL_WORLD_SIZE"])
        nodes = int(os.environ["WORLD_SIZE"]) // devices
        if config.devices not in (1, devices):
            raise InputError(
                f"loop.devices is {config.devices} and torchrun --nproc-per-node {devices}: "
                "leave loop.devices out"
            )
    parts = devices * nodes * config.accumulate
    if config.batch_size % parts:
        raise InputError(
            f"loop.batch_size {config.batch_size} cannot be shared by {devices * nodes} devices in "
            f"{config.accumulate} parts each (loop.accumulate); make it a multiple of {parts}"
        )
    strategy: Any = "auto"
    if devices * nodes > 1:
        strategy = "ddp"
        if config.strategy == "fsdp":
            strategy = ModelParallelStrategy(_shard, devices * nodes, tensor_parallel_size=1)
    fabric = Fabric(
        accelerator=config.accelerator,
        devices=devices,
        num_nodes=nodes,
        strategy=strategy,
        precision=config.precision,
    )
    fabric.launch()
    return fabric


def emulated(precision: str, device: torch.device) -> bool:
    """Whether a precision takes longer than float32: products of bfloat16 on most laptops do."""
    return precision == "bf16-mixed" and device.type == "cpu" and not has_bfloat16(device)


class LossOf(nn.Module):
    """A task's loss as the module that devices share: one forward pass is one loss.

    What is wrapped is the loss and not the model, so that a task may call any methods of its model,
    as often as it likes, and gradients are exchanged once.
    """

    def __init__(self, task: Any) -> None:
        super().__init__()
        self.model: nn.Module = task.model
        self._loss: Callable[[Any, Any], tuple[Tensor, dict[str, Tensor]]] = task.loss

    def forward(self, batch: Boxed) -> tuple[Tensor, dict[str, Tensor]]:
        """The task's loss of a batch, and what it reports."""
        return self._loss(self.model, batch.content)


class Boxed:
    """Anything, hidden from wrappers that would take it apart for its tensors."""

    def __init__(self, content: Any) -> None:
        self.content = content


def _shard(module: nn.Module, mesh: Any) -> nn.Module:
    """FSDP: every block of a list of blocks for itself, then what is left of the model."""
    from torch.distributed.fsdp import fully_shard, register_fsdp_forward_method

    assert isinstance(module, LossOf)
    data = mesh["data_parallel"]
    for part in module.model.modules():
        if isinstance(part, nn.ModuleList):
            for block in part:
                fully_shard(block, mesh=data)
    fully_shard(module.model, mesh=data)
    if hasattr(module.model, "loss"):
        register_fsdp_forward_method(module.model, "loss")
    return module


def whole(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Tensors on the CPU, put together where they lie on several devices; all must ask."""
    return {
        name: (value.full_tensor() if isinstance(value, DTensor) else value).detach().cpu()
        for name, value in tensors.items()
    }


def laid_like(value: Tensor, live: Tensor) -> Tensor:
    """A whole tensor, laid out over devices as another one of its shape is."""
    if isinstance(live, DTensor):
        return distribute_tensor(value.to(live.device), live.device_mesh, live.placements)
    return value.to(live.device)


def device_of(model: nn.Module) -> torch.device:
    """Where a model's weights lie."""
    return next(model.parameters()).device


def share(batch: T, start: int, stop: int) -> T:
    """Rows of a batch: of every tensor in it, however deep; anything else is kept as it is."""
    if isinstance(batch, Tensor):
        return batch[start:stop]  # pyright: ignore[reportReturnType]
    if is_dataclass(batch) and not isinstance(batch, type):
        parts = {f.name: share(getattr(batch, f.name), start, stop) for f in fields(batch)}
        return replace(batch, **parts)
    return batch


def first_alone(done: Callable[[], bool], make: Callable[[], object]) -> None:
    """Has the first of all processes make what is missing, while the others wait until it stands.

    Args:
        done: whether it stands.
        make: makes it.
    """
    if done():
        return
    if int(os.environ.get("RANK", "0")) == 0:
        make()
    while not done():
        time.sleep(0.2)
