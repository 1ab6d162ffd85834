from __future__ import annotations

import dataclasses
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.train import lm_run
from trichord.errors import InputError
from trichord.lm import CodecLM, Conditions
from trichord.train.lm import LMTask, train_lm
from trichord.train.schedule import generator_for
from trichord.train.tokens import Instruments, TokenSet

PROGRAM = Path(__file__).with_name("lm_run.py")


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokens")
    lm_run.write_tokens(folder)
    return folder


@pytest.fixture(scope="module")
def finished(tokens: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "whole"
    train_lm(lm_run.tiny(tokens, out))
    return out


def lines(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]


def without_time(run: Path) -> list[dict[str, Any]]:
    return [{k: v for k, v in line.items() if k != "steps_per_second"} for line in lines(run)]


def files(run: Path) -> dict[str, bytes]:
    kept = [path for folder in ("model", "checkpoints") for path in (run / folder).rglob("*")]
    return {str(path.relative_to(run)): path.read_bytes() for path in kept if path.is_file()}


def test_a_run_leaves_a_model_metrics_and_its_settings(finished: Path) -> None:
    model = CodecLM.load(finished / "model")
    assert model.generate(Conditions(pitch=torch.tensor([60])), 10).shape == (1, 3, 10)
    assert (model.config.max_frames, model.config.cardinality) == (10, 16)
    told = lines(finished)
    assert [line["step"] for line in told] == list(range(1, 13))
    for name in ("loss", "loss_mean", "loss_no_joint", "codebook_0", "codebook_2"):
        assert told[-1][f"valid_{name}"] > 0
    settings = json.loads((finished / "config.json").read_text())
    assert settings["model"]["num_codebooks"] == 3
    assert settings["loop"]["steps"] == 12


def test_killed_and_resumed_it_ends_with_the_same_bytes(
    tokens: Path, finished: Path, tmp_path: Path
) -> None:
    out = tmp_path / "killed"
    command = [sys.executable, str(PROGRAM), str(tokens), str(out)]
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while child.poll() is None and time.monotonic() < deadline:
        path = out / "metrics.jsonl"
        if path.is_file() and path.read_text().count("\n") >= 6:
            break
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert child.returncode == -signal.SIGKILL, "the child ended before it could be killed"
    train_lm(lm_run.tiny(tokens, out, resume=True))
    assert files(out) == files(finished)
    assert without_time(out) == without_time(finished)


def test_a_run_in_a_taken_folder_is_refused(tokens: Path, finished: Path) -> None:
    with pytest.raises(InputError, match="holds a run at step 12"):
        train_lm(lm_run.tiny(tokens, finished))
    other = dataclasses.replace(lm_run.tiny(tokens, finished, resume=True), joint_noise=0.5)
    with pytest.raises(InputError, match="other settings \\(joint_noise\\)"):
        train_lm(other)


def test_training_learns_what_the_conditions_tell(tokens: Path, tmp_path: Path) -> None:
    config = lm_run.tiny(tokens, tmp_path / "run", steps=150)
    loop = dataclasses.replace(
        config.loop, learning_rate=5e-3, log_every=50, save_every=150, valid_every=150, ema=0.9
    )
    told = train_lm(dataclasses.replace(config, loop=loop))
    assert told["loss"] < 1.2 < torch.tensor(16.0).log()


def test_schemes_choose_the_right_vectors(tokens: Path) -> None:
    notes = TokenSet.read(tokens)
    instruments = Instruments(notes)
    rows = torch.randperm(len(notes.codes), generator=torch.Generator().manual_seed(0))
    own = torch.nn.functional.normalize(notes.joint.float(), dim=1)

    def vectors(scheme: str) -> torch.Tensor:
        return instruments.vectors(scheme, rows, torch.Generator().manual_seed(1))

    assert torch.equal(vectors("baseline"), own[rows])
    for row, other, fixed, mean in zip(
        rows, vectors("random"), vectors("fixed"), vectors("mean"), strict=True
    ):
        mates = (notes.instrument == notes.instrument[row]).nonzero()[:, 0]
        assert (own[mates] == other).all(1).any()
        assert not torch.equal(other, own[row])
        far = (notes.pitch.int() - 60).abs() * 1000 + (notes.velocity.int() - 100).abs()
        assert torch.equal(fixed, own[mates[far[mates].argmin()]])
        assert torch.allclose(mean, torch.nn.functional.normalize(own[mates].sum(0), dim=0))
    learned = instruments.vectors("learned", rows, torch.Generator().manual_seed(1), several=3)
    assert learned.shape == (len(rows), 3, own.shape[1])
    for row, drawn in zip(rows, learned, strict=True):
        mates = own[notes.instrument == notes.instrument[row]]
        assert all((mates == one).all(1).any() for one in drawn)
    with pytest.raises(InputError, match="mean or learned"):
        vectors("other")


def test_random_scheme_reaches_every_other_note(tokens: Path) -> None:
    notes = TokenSet.read(tokens)
    instruments = Instruments(notes)
    rows = torch.full((400,), 3)
    drawn = instruments.others(rows, torch.Generator().manual_seed(0))
    assert set(drawn.tolist()) == {0, 1, 2, 4, 5}


def test_an_instrument_of_one_note_is_its_own_other(tokens: Path) -> None:
    notes = TokenSet.read(tokens)
    alone = dataclasses.replace(notes, instrument=torch.arange(len(notes.codes), dtype=torch.int32))
    drawn = Instruments(alone).others(torch.tensor([5, 9]), torch.Generator().manual_seed(0))
    assert drawn.tolist() == [5, 9]


def test_batches_are_a_function_of_rows_and_generator(tokens: Path, tmp_path: Path) -> None:
    task = LMTask(lm_run.tiny(tokens, tmp_path), TokenSet.read(tokens))
    rows = torch.arange(8)
    one, two = (task.batch(rows, generator_for(1, 2)) for _ in range(2))
    assert torch.equal(one.codes, two.codes)
    assert one.conditions.joint is not None
    assert two.conditions.joint is not None
    assert torch.equal(one.conditions.joint, two.conditions.joint)
    norms = one.conditions.joint.norm(dim=1)
    assert torch.allclose(norms[norms > 0], torch.ones(int((norms > 0).sum())))


def test_codes_above_32767_survive(tokens: Path, tmp_path: Path) -> None:
    notes = TokenSet.read(tokens)
    big = torch.full(notes.codes.shape, 60_000, dtype=torch.int32).to(torch.uint16)
    wide = dataclasses.replace(notes, codes=big, meta=notes.meta | {"cardinality": 65_000})
    wide.write(tmp_path)
    assert (TokenSet.read(tmp_path).frames(torch.tensor([0, 1])) == 60_000).all()


def test_broken_tokens_are_refused(tokens: Path, tmp_path: Path) -> None:
    notes = TokenSet.read(tokens)
    with pytest.raises(InputError, match="is missing"):
        TokenSet.read(tmp_path)
    with pytest.raises(InputError, match="differ in length"):
        dataclasses.replace(notes, pitch=notes.pitch[1:])
    codes = notes.frames(torch.arange(len(notes.codes))).to(torch.uint16)
    with pytest.raises(InputError, match="cardinality is 4"):
        dataclasses.replace(notes, codes=codes, meta=notes.meta | {"cardinality": 4})
    with pytest.raises(InputError, match="lacks cardinality"):
        dataclasses.replace(notes, meta={"num_codebooks": 3})
    notes.write(tmp_path)
    (tmp_path / "tokens-00000.safetensors").write_bytes(b"nothing")
    with pytest.raises(InputError, match="cannot be read as tokens"):
        TokenSet.read(tmp_path)
