from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trichord.errors import InputError
from trichord.space.dual import (
    DualConfig,
    DualFitConfig,
    DualHeads,
    SymmetricInfoNCE,
    fit_dual,
    paper_info_nce,
    rate_at,
)

SMALL = DualConfig(hidden=16, dim=8, layers=2)


def unit(count: int, dim: int, seed: int) -> Tensor:
    made = torch.randn(count, dim, generator=torch.Generator().manual_seed(seed))
    return F.normalize(made, dim=-1)


def pairs(count: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Two linear views of one hidden cause."""
    generator = torch.Generator().manual_seed(seed)
    cause = torch.randn(count, 4, generator=generator)
    views = torch.randn(2, 4, 12, generator=torch.Generator().manual_seed(99))
    return cause @ views[0], cause @ views[1]


def first(heads: DualHeads, code: Tensor, audio: Tensor) -> float:
    """Share of codes whose own sound comes first."""
    found = (heads.embed_code(code) @ heads.embed_audio(audio).T).argmax(1)
    return float((found == torch.arange(len(code))).double().mean())


def test_the_heads_are_the_papers() -> None:
    heads = DualHeads(768, 768, DualConfig())
    kinds = [type(layer) for layer in heads.code]
    assert kinds == [nn.Linear, nn.BatchNorm1d, nn.GELU] * 5 + [nn.Linear]
    widths = [layer.out_features for layer in heads.code if isinstance(layer, nn.Linear)]
    assert widths == [256] * 5 + [128]


def test_the_papers_loss_by_hand() -> None:
    code, audio = unit(3, 5, 0), unit(3, 5, 1)
    expected = 0.0
    for i in range(3):
        exps = [math.exp(float(code[i] @ audio[j]) / 0.1) for j in range(3)]
        expected -= math.log(exps[i] / sum(exps)) / 3
    assert float(paper_info_nce(code, audio)) == pytest.approx(expected, rel=1e-5)


def test_the_symmetric_loss_is_the_mean_of_both_ways() -> None:
    code, audio = unit(6, 5, 0), unit(6, 5, 1)
    both = (paper_info_nce(code, audio) + paper_info_nce(audio, code)) / 2
    assert torch.allclose(SymmetricInfoNCE(0.1)(code, audio, torch.arange(6)), both)


def test_one_sound_under_two_programs_is_no_negative() -> None:
    code, audio = unit(4, 5, 0), unit(4, 5, 1)
    audio[1] = audio[0]
    sound = torch.tensor([0, 0, 1, 2])
    objective = SymmetricInfoNCE(0.1)
    told = objective(code, audio, sound)
    logits = code @ audio.T / 0.1
    hidden = logits.masked_fill((sound[:, None] == sound) & ~torch.eye(4).bool(), -1e9)
    at = torch.arange(4)
    expected = (F.cross_entropy(hidden, at) + F.cross_entropy(hidden.T, at)) / 2
    assert torch.allclose(told, expected)
    assert told < objective(code, audio, at)


def test_the_temperature_is_learned_and_bounded() -> None:
    objective = SymmetricInfoNCE(0.1, lowest=0.05)
    objective(unit(4, 5, 0), unit(4, 5, 1), torch.arange(4)).backward()
    assert objective.log_scale.grad is not None
    assert float(objective.log_scale.grad.abs()) > 0
    with torch.no_grad():
        objective.log_scale.fill_(9.0)
    assert float(objective.temperature.detach()) == pytest.approx(0.05)


def test_the_rate_warms_up_and_falls_to_the_last() -> None:
    fit = DualFitConfig()
    rates = [rate_at(step, 1000, fit) for step in range(1000)]
    assert rates[0] == pytest.approx(3e-3 / 50)
    assert max(rates) == rates[50] == pytest.approx(3e-3)
    assert rates[-1] == pytest.approx(1e-5, rel=0.01)
    flat = dataclasses.replace(fit, schedule="none", warmup=0.0)
    assert {rate_at(step, 10, flat) for step in range(10)} == {3e-3}


@pytest.mark.parametrize("loss", ["paper", "symmetric"])
def test_heads_align_what_has_one_cause_and_nothing_else(loss: str) -> None:
    code, audio = pairs(257)
    unseen = pairs(64, seed=1)
    fit = DualFitConfig(loss=loss, epochs=12, learning_rate=1e-2)  # type: ignore[arg-type]
    assert first(fit_dual(code, audio, SMALL, fit), *unseen) > 0.5  # chance 1 / 64
    shuffled = audio[torch.randperm(257, generator=torch.Generator().manual_seed(0))]
    assert first(fit_dual(code, shuffled, SMALL, fit), *unseen) < 0.2


def test_a_fit_follows_its_seed_alone() -> None:
    code, audio = pairs(20)
    fit = DualFitConfig(epochs=2, batch_size=8)
    state = torch.get_rng_state()
    epochs: list[int] = []
    once = fit_dual(code, audio, SMALL, fit, on_epoch=lambda epoch, _: epochs.append(epoch))
    assert epochs == [1, 2]
    assert not once.training
    assert torch.equal(state, torch.get_rng_state())
    again = fit_dual(code, audio, SMALL, fit)
    other = fit_dual(code, audio, SMALL, dataclasses.replace(fit, seed=1))
    assert torch.equal(once.embed_code(code), again.embed_code(code))
    assert not torch.equal(once.embed_code(code), other.embed_code(code))


def test_what_cannot_be_fitted_is_named() -> None:
    with pytest.raises(InputError, match="3 codes, 2 sounds"):
        fit_dual(torch.zeros(3, 2), torch.zeros(2, 2), SMALL, DualFitConfig())
    with pytest.raises(InputError, match=r"fit\.batch_size: 1"):
        DualFitConfig(batch_size=1)
    with pytest.raises(InputError, match=r"dual\.layers: -1"):
        DualConfig(layers=-1)


def _linear() -> nn.ModuleDict:
    torch.manual_seed(0)
    return nn.ModuleDict(
        {"code": nn.Linear(12, 4), "audio": nn.Linear(12, 4), "loss": SymmetricInfoNCE(0.2)}
    )


def _loss(model: nn.ModuleDict, code: Tensor, audio: Tensor, sound: Tensor) -> Tensor:
    sides = (F.normalize(model[name](x), dim=-1) for name, x in (("code", code), ("audio", audio)))
    return model["loss"](*sides, sound)


def _one_of_two(rank: int, folder: str) -> None:
    """One process of two: half of the rows, gradients averaged as DDP does."""
    import torch.distributed as dist
    from safetensors.torch import save_file

    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    model, (code, audio) = _linear(), pairs(8)
    half = slice(rank * 4, rank * 4 + 4)
    loss = _loss(model, code[half], audio[half], torch.tensor([0, 1, 2, 3, 0, 5, 6, 6])[half])
    loss.backward()
    told = {"loss": loss.detach()[None]}
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None
        dist.all_reduce(parameter.grad)
        told[name] = parameter.grad / 2
    save_file(told, f"{folder}/{rank}.safetensors")
    dist.destroy_process_group()


def test_two_processes_are_as_one(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    torch.multiprocessing.spawn(_one_of_two, (str(tmp_path),), nprocs=2)
    model, (code, audio) = _linear(), pairs(8)
    loss = _loss(model, code, audio, torch.tensor([0, 1, 2, 3, 0, 5, 6, 6]))
    loss.backward()
    expected = {"loss": loss.detach()[None]}
    expected |= {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    for rank in range(2):
        told = load_file(tmp_path / f"{rank}.safetensors")
        assert set(told) == set(expected)
        for name, value in told.items():
            assert torch.allclose(value, expected[name], atol=1e-6), name
