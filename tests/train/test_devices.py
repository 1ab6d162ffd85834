"""Two processes, started by torchrun as a user starts them, beside one with the joined batch."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.train import lm_run
from trichord.errors import InputError
from trichord.lm import CodecLM
from trichord.train.checkpoint import latest_checkpoint
from trichord.train.devices import first_alone, laid_like, make_fabric, share, whole
from trichord.train.schedule import LoopConfig

PROGRAM = Path(__file__).with_name("lm_run.py")
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokens")
    lm_run.write_tokens(folder, uneven=True)
    lm_run.write_captions(folder)
    return folder


def run(tokens: Path, out: Path, processes: int = 1, **changes: Any) -> None:
    """A run of the program on one or two processes."""
    if processes == 1:
        until = changes.pop("until", lm_run.STEPS)
        lm_run.train_until(lm_run.exact(tokens, out, **changes), until)
        return
    words = [str(PROGRAM), str(tokens), str(out), json.dumps(changes)]
    done = subprocess.run(
        [*TORCHRUN, *words], check=False, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def alone(tokens: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "alone"
    run(tokens, out)
    return out


@pytest.fixture(scope="module")
def relay(tokens: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that each layout takes up in turn: one process, copies on two, shares on two, one."""
    out = tmp_path_factory.mktemp("runs") / "relay"
    run(tokens, out, until=2)
    run(tokens, out, 2, until=4, strategy="ddp", resume=True)
    run(tokens, out, 2, until=6, strategy="fsdp", resume=True)
    run(tokens, out, resume=True)
    return out


def curve(folder: Path) -> list[dict[str, float]]:
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [{k: v for k, v in line.items() if k != "steps_per_second"} for line in lines]


def assert_same_run(found: Path, expected: Path) -> None:
    """The same losses, gradients and validations at every step, to the rounding of sums."""
    one, other = curve(found), curve(expected)
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert a.keys() == b.keys()
        for name, value in b.items():
            assert a[name] == pytest.approx(value, rel=2e-4, abs=2e-5), (name, a["step"])


def assert_same_weights(found: Path, expected: Path) -> None:
    one, other = (
        latest_checkpoint(found / "checkpoints"),
        latest_checkpoint(expected / "checkpoints"),
    )
    assert one is not None
    assert other is not None
    assert one.step == other.step
    for group, tensors in other.groups.items():
        assert one.groups[group].keys() == tensors.keys()
        if group != "optimizer":
            for name, value in tensors.items():
                assert torch.allclose(one.groups[group][name], value, atol=2e-4), name
    model, twin = CodecLM.load(found / "model"), CodecLM.load(expected / "model")
    for name, value in twin.state_dict().items():
        assert torch.allclose(model.state_dict()[name], value, atol=2e-4), name


def test_every_layout_takes_the_steps_of_one_process(relay: Path, alone: Path) -> None:
    # Rows of uneven length, dropped batches, the regulariser over all pairs: all as in one process.
    assert_same_run(relay, alone)
    assert len(curve(relay)) == lm_run.STEPS
    assert all(line["similarity"] > 0 for line in curve(relay))


def test_every_layout_reads_the_checkpoint_of_another(relay: Path, alone: Path) -> None:
    assert_same_weights(relay, alone)


def test_parts_of_a_batch_add_up_to_it(tokens: Path, tmp_path: Path) -> None:
    run(tokens, tmp_path / "whole", weight=0.0)
    run(tokens, tmp_path / "parts", weight=0.0, accumulate=4)
    assert_same_run(tmp_path / "parts", tmp_path / "whole")
    assert_same_weights(tmp_path / "parts", tmp_path / "whole")


def test_parts_and_pairs_contradict_each_other(tokens: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"regulariser\.weight is 3\.0 and loop\.accumulate 4"):
        lm_run.exact(tokens, tmp_path, accumulate=4)


def test_a_batch_is_shared_by_its_rows() -> None:
    @dataclasses.dataclass(frozen=True)
    class Pair:
        values: torch.Tensor
        name: str
        inner: Pair | None = None

    batch = Pair(torch.arange(6), "a", Pair(torch.arange(12).view(6, 2), "b"))
    part = share(batch, 2, 4)
    assert part.values.tolist() == [2, 3]
    assert part.inner is not None
    assert part.inner.values.tolist() == [[4, 5], [6, 7]]
    assert (part.name, part.inner.name, part.inner.inner) == ("a", "b", None)


def test_plain_tensors_are_whole_and_laid_out_as_they_are() -> None:
    live = torch.zeros(3)
    assert torch.equal(laid_like(torch.arange(3.0), live), torch.arange(3.0))
    assert torch.equal(whole({"a": live + 1})["a"], torch.ones(3))


def test_devices_that_contradict_each_other_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"batch_size 9 .* 2 parts each \(loop\.accumulate\)"):
        make_fabric(LoopConfig(batch_size=9, accumulate=2))
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "x")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(InputError, match=r"loop\.devices is 4 and torchrun --nproc-per-node 2"):
        make_fabric(LoopConfig(devices=4))


def test_the_first_process_makes_what_others_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    first_alone(lambda: bool(made), lambda: made.append(1))
    first_alone(lambda: bool(made), lambda: made.append(2))
    assert made == [1]
    monkeypatch.setenv("RANK", "1")
    asked: list[int] = []

    def done() -> bool:
        asked.append(1)
        return len(asked) > 2

    first_alone(done, lambda: made.append(3))
    assert made == [1]
