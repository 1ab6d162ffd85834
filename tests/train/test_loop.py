from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from trichord.errors import InputError, TrichordError
from trichord.train import devices
from trichord.train.checkpoint import (
    Checkpoint,
    latest_checkpoint,
    pack_optimizer,
    save_checkpoint,
    unpack_optimizer,
)
from trichord.train.ema import Ema
from trichord.train.loop import fit
from trichord.train.schedule import BucketedOrder, LoopConfig, Order, rate_at
from trichord.train.task import Task


class Line(Task[torch.Tensor]):
    """Fits a line; dropout makes it depend on the random state too."""

    def __init__(self, scale: float = 1.0) -> None:
        torch.manual_seed(0)
        self.model = nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.2), nn.Linear(8, 1))
        self.scale = scale

    @property
    def count(self) -> int:
        return 50

    def batch(self, rows: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        noise = torch.randn(len(rows), 2, generator=generator)
        return torch.stack([rows / 50, 1 - rows / 50], dim=1) + 0.01 * noise

    def loss(self, model, batch):
        error = (model(batch)[:, 0] - 2 * batch[:, 0]) * self.scale
        return error.square().mean(), {"worst": error.detach().abs().max()}

    def validate(self, model) -> dict[str, float]:
        assert not model.training
        return {"loss": float(self.loss(model, self.batch(torch.arange(50), torch.Generator()))[0])}

    def export(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)


CONFIG = LoopConfig(
    steps=30,
    batch_size=8,
    learning_rate=0.02,
    warmup=3,
    log_every=5,
    valid_every=15,
    save_every=10,
    precision="32-true",
    ema=0.9,
)


def weights(folder: Path) -> dict[str, torch.Tensor]:
    checkpoint = latest_checkpoint(folder / "checkpoints")
    assert checkpoint is not None
    return {f"{g}.{k}": v for g, ts in checkpoint.groups.items() for k, v in ts.items()}


@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 3))
def test_every_epoch_sees_every_row_once(count: int, batch: int, seed: int) -> None:
    order = Order(count, batch, seed)
    rows = torch.cat([order(step) for step in range(2 * count)])  # 2·batch whole epochs
    for epoch in rows.view(-1, count):
        assert sorted(epoch.tolist()) == list(range(count))
    assert torch.equal(Order(count, batch, seed)(count), order(count))


@given(st.integers(1, 60), st.integers(1, 6), st.integers(1, 5), st.integers(0, 2))
def test_buckets_see_every_row_once_and_hold_rows_of_like_length(
    count: int, batch: int, bucket: int, seed: int
) -> None:
    lengths = torch.randint(1, 100, (count,), generator=torch.Generator().manual_seed(seed))
    order = BucketedOrder(Order(count, batch, seed), lengths, bucket)
    rows = torch.cat([order(step) for step in range(count * bucket)])  # batch · bucket epochs
    assert (rows.bincount(minlength=count) == batch * bucket).all()
    # Of all ways to cut a pool into batches, sorting leaves the least padding.
    for pool in range(3):
        steps = range(pool * bucket, (pool + 1) * bucket)
        batches = [lengths[order(step)] for step in steps]
        longest = sum(int(each.max()) for each in batches)
        pooled = Order(count, batch * bucket, seed)(pool).view(bucket, batch)
        assert longest <= sum(int(lengths[each].max()) for each in pooled)
        assert torch.cat(batches).sort().values.equal(lengths[pooled.flatten()].sort().values)
    assert torch.equal(
        order(count), BucketedOrder(Order(count, batch, seed), lengths, bucket)(count)
    )


def test_rate_warms_up_and_follows_a_cosine() -> None:
    config = dataclasses.replace(CONFIG, steps=103, warmup=3, learning_rate=1.0, final_rate=0.1)
    assert [rate_at(step, config) for step in range(3)] == pytest.approx([1 / 3, 2 / 3, 1])
    assert rate_at(3, config) == pytest.approx(1.0)
    assert rate_at(53, config) == pytest.approx(0.55)
    assert rate_at(103, config) == pytest.approx(0.1)


def test_interrupted_and_resumed_is_as_if_never_interrupted(tmp_path: Path) -> None:
    fit(Line(), CONFIG, tmp_path / "whole")

    class Interrupted(Line):
        calls = 0

        def batch(self, rows: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
            self.calls += 1
            if self.calls == 18:
                raise KeyboardInterrupt
            return super().batch(rows, generator)

    with pytest.raises(KeyboardInterrupt):
        fit(Interrupted(), CONFIG, tmp_path / "cut")
    assert fit(Line(), CONFIG, tmp_path / "cut", resume=True)["step"] == 30
    whole, cut = weights(tmp_path / "whole"), weights(tmp_path / "cut")
    assert whole.keys() == cut.keys()
    assert all(torch.equal(whole[name], cut[name]) for name in whole)


def test_resuming_a_finished_run_does_nothing(tmp_path: Path) -> None:
    fit(Line(), CONFIG, tmp_path)
    before = weights(tmp_path)
    assert fit(Line(), CONFIG, tmp_path, resume=True) == {"step": 30}
    assert all(torch.equal(value, before[name]) for name, value in weights(tmp_path).items())


def test_it_learns_and_tells(tmp_path: Path) -> None:
    told: list[dict[str, float]] = []
    last = fit(Line(), CONFIG, tmp_path, on_report=told.append)
    assert [line["step"] for line in told] == [5, 10, 15, 20, 25, 30]
    assert last["valid_loss"] < told[0]["loss"]


def test_a_loss_that_is_no_number_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(TrichordError, match="lower learning_rate"):
        fit(Line(scale=float("nan")), CONFIG, tmp_path)


def test_only_whole_checkpoints_count(tmp_path: Path) -> None:
    tensors = {"model": {"w": torch.arange(3.0)}}
    save_checkpoint(tmp_path, Checkpoint(5, tensors, {"note": "a"}))
    (tmp_path / "step-000000009.part").mkdir()
    found = latest_checkpoint(tmp_path)
    assert found is not None
    assert (found.step, found.facts) == (5, {"note": "a"})
    save_checkpoint(tmp_path, Checkpoint(7, tensors, {}))
    assert [path.name for path in tmp_path.iterdir()] == ["step-000000007"]
    assert latest_checkpoint(tmp_path / "nowhere") is None


def test_optimizer_moments_survive_packing() -> None:
    def stepped(model: nn.Module, optimizer: torch.optim.Optimizer, times: int) -> None:
        for _ in range(times):
            optimizer.zero_grad()
            model(torch.ones(1, 3)).sum().square().backward()
            optimizer.step()

    torch.manual_seed(0)
    one, two = nn.Linear(3, 2), nn.Linear(3, 2)
    first = torch.optim.AdamW(one.parameters(), lr=0.1)
    stepped(one, first, 3)
    two.load_state_dict(one.state_dict())
    second = torch.optim.AdamW(two.parameters(), lr=0.1)
    unpack_optimizer(second, pack_optimizer(first))
    stepped(one, first, 2)
    stepped(two, second, 2)
    assert torch.equal(one.weight, two.weight)


def test_ema_follows_the_formula_and_swaps_in_and_out() -> None:
    model = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(model.weight)
    ema = Ema(model, 0.9)
    nn.init.ones_(model.weight)
    ema.update(1000)
    with ema.applied():
        assert model.weight.item() == pytest.approx(0.1)
    assert model.weight.item() == 1
    ema.update(0)  # early on the average follows at 1/10
    assert ema.state()["weight"].item() == pytest.approx(0.91)


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": 0},
        {"batch_size": 9, "devices": 2},
        {"accumulate": 0},
        {"bucket": -1},
        {"diverged": 0.5},
    ],
)
def test_senseless_settings_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError, match=next(iter(wrong))):
        dataclasses.replace(CONFIG, **wrong)


@pytest.mark.parametrize(("precision", "known"), [("bf16-mixed", True), ("32-true", False)])
def test_a_processor_without_bfloat16_is_told_of(
    precision: str,
    known: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(devices, "has_bfloat16", lambda device: False)
    fit(Line(), dataclasses.replace(CONFIG, steps=2, precision=precision), tmp_path)
    assert ("--loop.precision 32-true" in caplog.text) is known
