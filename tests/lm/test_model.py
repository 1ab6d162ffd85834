from __future__ import annotations

from pathlib import Path

import pytest
import torch

from trichord.errors import InputError
from trichord.lm import CodecLM, Conditions, LMConfig, Sampling
from trichord.lm.transformer import attend, attend_once

FUSERS = ("sum", "prepend", "cross")
PATTERNS = ("delay", "parallel", "flat")
B, K, F = 4, 3, 7


def make(seed: int = 0, **changes: object) -> CodecLM:
    torch.manual_seed(seed)
    model = CodecLM(LMConfig.debug(**changes)).eval()
    for parameter in model.parameters():  # far from the shy initial weights, so that all parts show
        if parameter.dim() == 2:
            torch.nn.init.normal_(parameter, std=0.2)
    return model


def known(count: int = B) -> Conditions:
    generator = torch.Generator().manual_seed(5)
    joint = torch.randn(count, 8, generator=generator)
    return Conditions(
        joint=torch.nn.functional.normalize(joint, dim=1),
        pitch=40 + 3 * torch.arange(count),
        velocity=30 + torch.arange(count),
        family=torch.arange(count) % 11,
        source=torch.arange(count) % 3,
    )


def codes(count: int = B, frames: int = F) -> torch.Tensor:
    generator = torch.Generator().manual_seed(6)
    return torch.randint(0, 16, (count, K, frames), generator=generator)


@pytest.mark.parametrize("fuser", FUSERS)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_greedy_generation_with_cache_agrees_with_the_plain_pass(fuser: str, pattern: str) -> None:
    model = make(fuser=fuser, pattern=pattern)
    greedy = Sampling(temperature=0, guidance=2.5)
    drawn = model.generate(known(), 24, greedy)  # the longest note
    conditioned, free = model(drawn, known()), model(drawn, Conditions())
    logits = free + 2.5 * (conditioned - free)
    assert torch.equal(logits.argmax(-1), drawn)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_code_sees_itself_or_what_follows(pattern: str) -> None:
    model = make(pattern=pattern)
    step = model.pattern.step_of(F)  # [K, F]
    before = model(codes(), known())
    for codebook, frame in ((0, 0), (1, 3), (2, 6), (0, 5)):
        changed = codes()
        changed[:, codebook, frame] = (changed[:, codebook, frame] + 1) % 16
        moved = (model(changed, known()) - before).abs().amax(dim=(0, 3)) > 0  # [K, F]
        assert not moved[step <= step[codebook, frame]].any()
        if (step > step[codebook, frame]).any():
            assert moved[step > step[codebook, frame]].any()


@pytest.mark.parametrize("fuser", FUSERS)
def test_every_condition_matters_and_none_is_needed(fuser: str) -> None:
    model = make(fuser=fuser)
    nothing = model(codes(), Conditions())
    for name, value in known().present().items():
        assert not torch.allclose(model(codes(), Conditions(**{name: value})), nothing)


@pytest.mark.parametrize("way", ["causal", "all", "same for all rows", "per row"])
def test_the_two_ways_of_attention_agree(way: str) -> None:
    torch.manual_seed(0)
    q, k, v = torch.randn(3, 2, 3, 9, 8)
    shape = {"same for all rows": (1, 1, 9, 9), "per row": (2, 1, 9, 9)}.get(way)
    visible = None if shape is None else (torch.rand(shape) < 0.5) | torch.eye(9).bool()
    plain = attend(q, k, v, visible, way == "causal")
    with torch.no_grad():
        fused = attend(q, k, v, visible, way == "causal")
    assert torch.allclose(plain, fused, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_one_step_attends_as_a_block_does(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    q, k, v = (torch.randn(2, 3, n, 8).to(dtype) for n in (1, 9, 9))
    visible = torch.rand(2, 1, 1, 9) < 0.5
    visible[..., 0] = True
    for mask in (None, visible):
        with torch.no_grad():
            block = attend(q, k, v, mask, causal=False)
        found = attend_once(q, k.float(), v.float(), mask)
        assert found.dtype == dtype
        assert torch.allclose(found, block, atol=1e-6 if dtype == torch.float32 else 2e-2)


def test_loss_is_the_cross_entropy_of_the_logits() -> None:
    model = make(codebook_weights=(3.0, 2.0, 1.0))
    lengths = torch.tensor([7, 5, 1, 6])
    found = model.loss(codes(), known(), lengths)
    nll = -model(codes(), known()).log_softmax(-1).gather(-1, codes()[..., None])[..., 0]
    counts = torch.arange(F)[None, None] < lengths[:, None, None]
    each = (nll * counts).sum(dim=(0, 2)) / lengths.sum()
    assert torch.allclose(found.per_codebook, each, atol=1e-5)
    assert torch.allclose(found.total, (each * torch.tensor([3.0, 2, 1])).sum() / 6, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_row_comes_out_alike_alone_or_in_a_batch(dtype: torch.dtype) -> None:
    model = make(dim=64, heads=4).to(dtype)
    options = Sampling(top_k=12, guidance=2.0, seed=3)
    seeds = list(range(100, 120))
    together = model.generate(known(20), 20, options, seeds=seeds)
    for rows in ([4], [19, 0, 7]):
        apart = model.generate(known(20).select(rows), 20, options, seeds=[seeds[r] for r in rows])
        assert torch.equal(apart, together[rows])


def test_a_shorter_note_is_the_beginning_of_a_longer_one() -> None:
    model = make()
    long, short = (model.generate(known(), n, Sampling(seed=1)) for n in (12, 8))
    assert torch.equal(long[:, :, :8], short)


def test_seeds_keys_and_progress() -> None:
    model = make()
    told: list[tuple[int, int]] = []
    one = model.generate(known(), F, Sampling(seed=1), on_step=lambda *s: told.append(s))
    assert one.shape == (B, K, F)
    assert one.dtype == torch.int64
    assert 0 <= one.min() <= one.max() < 16
    assert told == [(step, F + K - 1) for step in range(1, F + K)]
    assert torch.equal(one, model.generate(known(), F, Sampling(seed=1)))
    assert not torch.equal(one, model.generate(known(), F, Sampling(seed=2)))
    assert not torch.equal(one, model.generate(known(), F, Sampling(seed=1), seeds=[9, 8, 7, 6]))


def test_the_global_random_state_is_left_alone() -> None:
    model = make()
    before = torch.get_rng_state()
    model.generate(known(), F)
    assert torch.equal(before, torch.get_rng_state())


def test_a_tiny_set_is_learnt_by_heart() -> None:
    torch.manual_seed(0)
    model = CodecLM(LMConfig.debug())
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(60):
        optimizer.zero_grad()
        model.loss(codes(), known()).total.backward()
        optimizer.step()
    assert torch.equal(model.generate(known(), F, Sampling(temperature=0, guidance=1)), codes())


@pytest.mark.parametrize("fuser", FUSERS)
def test_saved_and_loaded(tmp_path: Path, fuser: str) -> None:
    model = make(fuser=fuser, codebook_weights=(1.0, 2.0, 3.0))
    model.save(tmp_path / "lm")
    loaded = CodecLM.load(tmp_path / "lm")
    assert loaded.config == model.config
    assert torch.equal(loaded(codes(), known()), model(codes(), known()))
    assert sorted(path.name for path in (tmp_path / "lm").iterdir()) == [
        "config.json",
        "model.safetensors",
    ]


def test_half_precision_halves_the_file(tmp_path: Path) -> None:
    model = make()
    model.save(tmp_path / "full")
    model.save(tmp_path / "half", torch.float16)
    full, half = ((tmp_path / n / "model.safetensors").stat().st_size for n in ("full", "half"))
    assert half < 0.55 * full
    loaded = CodecLM.load(tmp_path / "half")
    assert loaded.heads.weight.dtype == torch.float32
    assert torch.allclose(loaded.heads.weight, model.heads.weight, atol=1e-3)


def test_loading_what_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"config\.json is missing"):
        CodecLM.load(tmp_path)
    make().save(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"\x00" * 20)
    with pytest.raises(InputError, match=r"model\.safetensors does not fit"):
        CodecLM.load(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(InputError, match=r"model\.safetensors is missing"):
        CodecLM.load(tmp_path)
    (tmp_path / "config.json").write_text("[3]", encoding="utf-8")
    with pytest.raises(InputError, match="describes no codec language model"):
        CodecLM.load(tmp_path)


def test_wrong_requests_are_refused() -> None:
    model = make()
    with pytest.raises(InputError, match="no note"):
        model.generate(Conditions(), F)
    with pytest.raises(InputError, match=r"frames is 25; this model makes 1\.\.24"):
        model.generate(known(), 25)
    with pytest.raises(InputError, match="2 seeds for 4 notes"):
        model.generate(known(), F, seeds=[1, 2])
    with pytest.raises(InputError, match="at most 24 frames"):
        model(codes(frames=25), known())


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"dim": 30, "heads": 4}, "no multiple of heads"),
        ({"layers": 0}, "layers is 0"),
        ({"dropout": 1.0}, "dropout"),
        ({"codebook_weights": (1.0,)}, "codebook_weights"),
    ],
)
def test_contradictory_configurations_are_refused(wrong: dict[str, object], match: str) -> None:
    with pytest.raises(InputError, match=match):
        LMConfig.debug(**wrong)
