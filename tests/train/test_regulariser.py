from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.train import lm_run
from trichord.errors import InputError
from trichord.lm import LMConfig
from trichord.lm.similarity import Centring
from trichord.space.debug import HashedWords
from trichord.train.captions import describe
from trichord.train.lm import LMTask, NoteBatch
from trichord.train.regulariser import Regulariser, RegulariserConfig, Targets
from trichord.train.schedule import generator_for
from trichord.train.tokens import TokenSet


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokens")
    lm_run.write_tokens(folder)
    lm_run.write_captions(folder)
    return folder


def task_of(tokens: Path, **changes: Any) -> LMTask:
    settings = RegulariserConfig(**{"weight": 3.0, "ratio": 0.25, **changes})
    config = dataclasses.replace(
        lm_run.tiny(tokens, tokens / "run"),
        text=True,
        regulariser=settings,
        model=LMConfig.debug(text_tokens=4),
    )
    return LMTask(config, TokenSet.read(tokens))


def batches(task: LMTask, count: int) -> list[NoteBatch]:
    return [task.batch(torch.arange(8), generator_for(0, step)) for step in range(count)]


def test_one_draw_hides_the_whole_batch_or_none_of_it(tokens: Path) -> None:
    task = task_of(tokens)
    drawn = batches(task, 200)
    dropped = [batch for batch in drawn if batch.dropped]
    assert 0.15 < len(dropped) / len(drawn) < 0.35
    for batch in dropped:
        known = batch.conditions.present()
        assert (known["joint"] == 0).all()
        assert (known["text_length"] == 0).all()
        assert (known["pitch"] == -1).all()
        assert batch.targets is not None, "the text is still there to be compared"
        assert (batch.targets.lengths > 0).all()
    shown = [batch for batch in drawn if not batch.dropped]
    assert any((batch.conditions.present()["text_length"] > 0).all() for batch in shown)


@pytest.mark.parametrize(("steps", "expected"), [("dropped", (True, False)), ("all", (True, True))])
def test_the_term_stands_in_its_steps_alone(
    tokens: Path, steps: str, expected: tuple[bool, bool]
) -> None:
    task = task_of(tokens, steps=steps)
    drawn = batches(task, 40)
    for batch, applies in zip(
        (next(b for b in drawn if b.dropped), next(b for b in drawn if not b.dropped)),
        expected,
        strict=True,
    ):
        loss, told = task.loss(task.model.eval(), batch)
        plain = task.model.loss(batch.codes, batch.conditions, batch.lengths).total
        weight = 3.0 if applies else 0.0
        assert loss.item() == pytest.approx((plain + weight * told["similarity"]).item(), rel=1e-6)
        assert told["similarity"] > 0


def test_without_a_weight_a_run_is_as_it_was(tokens: Path) -> None:
    plain = LMTask(lm_run.tiny(tokens, tokens / "run"), TokenSet.read(tokens))
    batch = plain.batch(torch.arange(8), generator_for(0, 1))
    assert (batch.targets, batch.dropped) == (None, False)
    assert set(plain.loss(plain.model, batch)[1]) == {"first_codebook"}
    assert plain.model.text is None


def test_targets_by_name(tokens: Path) -> None:
    notes = TokenSet.read(tokens)
    rows = torch.arange(8)
    task = task_of(tokens, target="joint")
    joint = task.batch(rows, generator_for(0, 1)).targets
    assert joint is not None
    assert torch.equal(joint.states[:, 0], notes.joint[task.rows[rows]].float())
    with pytest.raises(InputError, match="no column `code`"):
        task_of(tokens, target="code")
    coded = dataclasses.replace(notes, code=torch.ones(len(notes.codes), 3).half())
    described = LMTask(task_of(tokens).config, coded).descriptions
    described = type(described)(
        coded, described.captions, True, RegulariserConfig(1.0, 0.1, target="code")
    )
    targets = described.draw(rows, generator_for(0, 1)).targets
    assert targets is not None
    assert targets.states.shape == (8, 1, 3)


def test_centring_is_fitted_on_the_training_set_alone(tokens: Path) -> None:
    task = task_of(tokens, centre="centred", pooling="mean")
    assert task.descriptions.regulariser is not None
    found = task.descriptions.regulariser.centring
    instruments = range(lm_run.INSTRUMENTS - 2)  # the last two are held out
    said = {i: lm_run.said_of(i) for i in instruments}
    captions = describe(said, HashedWords(lm_run.DIM))
    pooled = [
        captions.text(torch.tensor([i]))[0][0].mean(0) for i in range(len(captions.sentences))
    ]
    expected = Centring.fit(torch.stack(pooled), "centred")
    assert found is not None
    assert expected is not None
    assert torch.allclose(found.mean, expected.mean, atol=1e-5)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"weight": 1.0}, r"regulariser\.weight is 1\.0 and regulariser\.ratio 0"),
        ({"weight": -1.0}, r"regulariser\.weight is -1"),
        ({"ratio": 1.0}, r"regulariser\.ratio is 1"),
    ],
)
def test_contradictions_name_both_fields(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError, match=named):
        RegulariserConfig(**wrong)


def test_a_text_dim_without_text_is_refused(tokens: Path) -> None:
    with pytest.raises(InputError, match=r"model\.text_dim is 8 and text false"):
        dataclasses.replace(lm_run.tiny(tokens, tokens), model=LMConfig.debug(text_dim=8))


def _sides() -> tuple[torch.nn.Linear, torch.Tensor, Targets, torch.Tensor]:
    """A model of one layer; inputs, targets and mask of eight sounds."""
    generator = torch.Generator().manual_seed(0)
    model = torch.nn.Linear(6, 5)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, generator=generator)
    lengths = torch.tensor([3, 1, 2, 3, 3, 2, 1, 3])
    mask = torch.arange(4) < torch.tensor([4, 2, 3, 1, 4, 4, 2, 3])[:, None]
    states = torch.randn(8, 3, 7, generator=generator)
    return model, torch.randn(8, 4, 6, generator=generator), Targets(states, lengths), mask


def _similarity(rows: slice) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    model, inputs, targets, mask = _sides()
    config = RegulariserConfig(weight=1.0, steps="all", pooling="logsumexp")
    own = Targets(targets.states[rows], targets.lengths[rows])
    loss = Regulariser(config, None).similarity(own, model(inputs[rows]), mask[rows])
    loss.backward()
    grads = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    return loss.detach(), grads


def _one_of_two(rank: int, folder: str) -> None:
    """Half of the rows; gradients averaged as DDP does."""
    import torch.distributed as dist
    from safetensors.torch import save_file

    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    loss, grads = _similarity(slice(4 * rank, 4 * rank + 4))
    for grad in grads.values():
        dist.all_reduce(grad)
    told = {name: grad / 2 for name, grad in grads.items()}
    save_file({"loss": loss[None], **told}, f"{folder}/{rank}.safetensors")
    dist.destroy_process_group()


def test_two_processes_have_the_loss_and_the_gradient_of_one(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    torch.multiprocessing.spawn(_one_of_two, (str(tmp_path),), nprocs=2)
    loss, grads = _similarity(slice(0, 8))
    for rank in (0, 1):
        told = load_file(tmp_path / f"{rank}.safetensors")
        assert told.pop("loss").item() == pytest.approx(loss.item(), rel=1e-6)
        assert told.keys() == grads.keys()
        for name, grad in grads.items():
            assert torch.allclose(told[name], grad, rtol=1e-4, atol=1e-7)
