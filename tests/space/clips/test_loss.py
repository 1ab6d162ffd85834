from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trichord.space.clips.loss import ClipLossConfig, ClipObjective

SETS, K, NOTES, D = 4, 3, 4, 6
CLIPS = SETS * K


class Towers(nn.Module):
    """Linear towers and the objective."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.audio, self.text = nn.Linear(9, D), nn.Linear(7, D)
        self.objective = ClipObjective(ClipLossConfig(), K)

    def forward(self, clips: Tensor, notes: Tensor) -> Tensor:
        """The loss of some clips (numbers) and notes."""
        generator = torch.Generator().manual_seed(1)
        views = torch.randn(2, CLIPS, 9, generator=generator)
        tones = torch.randn(NOTES, 9, generator=generator)
        said = torch.randn(CLIPS + NOTES, 7, generator=generator)
        pictures = torch.rand(CLIPS, 5, 8, generator=generator)
        sound = torch.arange(CLIPS + NOTES)
        sound[7], sound[CLIPS + 2] = sound[1], sound[CLIPS]
        rows = torch.cat([clips, CLIPS + notes])
        sentences = F.normalize(said[rows], dim=1)
        return self.objective(
            F.normalize(self.audio(views[0][clips]), dim=1),
            F.normalize(self.audio(views[1][clips]), dim=1),
            F.normalize(self.audio(tones[notes]), dim=1),
            F.normalize(self.text(said[rows]), dim=1),
            sentences,
            sound[rows],
            pictures[clips],
        ).total


def _grads(model: nn.Module) -> dict[str, Tensor]:
    return {name: p.grad for name, p in model.named_parameters() if p.grad is not None}


def _one_of_two(rank: int, folder: str) -> None:
    """Half of the sets and of the notes; gradients averaged as DDP does."""
    import torch.distributed as dist
    from safetensors.torch import save_file

    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    model = Towers()
    loss = model(torch.arange(CLIPS).chunk(2)[rank], torch.arange(NOTES).chunk(2)[rank])
    loss.backward()
    told = {"loss": loss.detach()[None]}
    for name, grad in _grads(model).items():
        dist.all_reduce(grad)
        told[name] = grad / 2
    save_file(told, f"{folder}/{rank}.safetensors")
    dist.destroy_process_group()


def test_two_processes_have_the_loss_and_the_gradient_of_one(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    torch.multiprocessing.spawn(_one_of_two, (str(tmp_path),), nprocs=2)
    model = Towers()
    loss = model(torch.arange(CLIPS), torch.arange(NOTES))
    loss.backward()
    expected = _grads(model)
    for rank in (0, 1):
        told = load_file(tmp_path / f"{rank}.safetensors")
        assert told.pop("loss").item() == pytest.approx(loss.item(), rel=1e-5)
        assert told.keys() == expected.keys()
        for name, grad in expected.items():
            assert torch.allclose(told[name], grad, rtol=1e-3, atol=1e-6), name
