"""Masked decoding: what is masked, what is seen, what is learnt and how holes are filled."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from trichord.errors import InputError
from trichord.lm import CodecLM, Conditions, LMConfig, Sampling
from trichord.lm.masked import masked_logits, passes_of, shown_tokens
from trichord.lm.masked.spans import (
    cosine_rate,
    draw_spans,
    least_confident,
    spans_for,
    visible_chance,
)

B, K, FRAMES = 4, 3, 24


def make(**changes: object) -> CodecLM:
    torch.manual_seed(0)
    model = CodecLM(LMConfig.debug(decoding="masked", **changes)).eval()
    for parameter in model.parameters():
        if parameter.dim() == 2:
            torch.nn.init.normal_(parameter, std=0.2)
    return model


def codes(frames: int = FRAMES) -> torch.Tensor:
    return torch.randint(0, 16, (B, K, frames), generator=torch.Generator().manual_seed(6))


def known(count: int = B) -> Conditions:
    return Conditions(pitch=40 + 3 * torch.arange(count), velocity=30 + torch.arange(count))


# -- spans ----------------------------------------------------------------------------------------


def test_the_schedule_is_the_cosine() -> None:
    rates = cosine_rate(torch.tensor([0.0, 1 / 3, 0.5, 1.0]))
    assert torch.allclose(
        rates, torch.tensor([1.0, math.sqrt(3) / 2, math.sqrt(0.5), 0.0]), atol=1e-6
    )


@pytest.mark.parametrize(("frames", "span", "count"), [(10, 3, 2), (7, 1, 3), (5, 4, 1), (6, 2, 6)])
def test_the_chance_to_stay_visible_is_the_ratio_of_binomials(
    frames: int, span: int, count: int
) -> None:
    """Held against exact binomials: u places none of which covers the frame."""
    found = visible_chance(torch.tensor(frames), span, torch.tensor(count))
    exact = math.comb(frames - 1, count) / math.comb(frames + span - 1, count)
    assert found.item() == pytest.approx(exact, abs=1e-9)


def test_every_frame_is_masked_as_often_as_is_wanted() -> None:
    generator = torch.Generator().manual_seed(0)
    lengths = torch.full((20_000,), 20)
    for wanted in (0.15, 0.5, 0.85):
        mask = draw_spans(torch.full((20_000,), wanted), lengths, 20, 3, generator)
        each = mask.float().mean(dim=0)
        count = spans_for(torch.tensor([wanted]), torch.tensor([20]), 3)
        expected = 1 - visible_chance(torch.tensor(20), 3, count).item()
        assert abs(expected - wanted) < 0.06, "the nearest whole number of spans"
        assert torch.allclose(each, torch.full((20,), expected), atol=0.02), "edges too"


def test_holes_are_spans_and_stay_within_their_row() -> None:
    lengths = torch.tensor([20, 9, 1, 15])
    mask = draw_spans(torch.full((4,), 0.3), lengths, 20, 4, torch.Generator().manual_seed(1))
    for row, length in zip(mask.tolist(), lengths.tolist(), strict=True):
        assert not any(row[length:])
        assert any(row)
        runs = "".join("x" if hole else "." for hole in row[:length]).split(".")
        inner = runs[1:-1]  # runs at the ends may hang over
        assert all(len(run) >= 4 for run in inner if run)


def test_masks_are_whole_at_rate_one_and_seeded() -> None:
    lengths = torch.tensor([5, 3])
    whole = draw_spans(torch.ones(2), lengths, 5, 2, torch.Generator())
    assert whole.sum(dim=1).tolist() == [5, 3]
    one, two = (
        draw_spans(torch.full((2,), 0.5), lengths, 5, 2, torch.Generator().manual_seed(3))
        for _ in range(2)
    )
    assert torch.equal(one, two)


def plainly_least_confident(
    confidence: list[float], masked: list[bool], count: int, span: int
) -> list[bool]:
    """The same in plain Python: span after span from the least sure on, until one is too many."""
    frames = len(confidence)
    scored: list[tuple[float, int]] = []
    for start in range(frames - span + 1):
        held = [confidence[t] for t in range(start, start + span) if masked[t]]
        if held:
            scored.append((max(held), start))
    taken: set[int] = set()
    for _, start in sorted(scored):
        more = taken | {t for t in range(start, start + span) if masked[t]}
        if len(more) > count:
            break
        taken = more
    return [t in taken for t in range(frames)]


@pytest.mark.parametrize("span", [1, 2, 3])
def test_the_least_sure_spans_stay(span: int) -> None:
    generator = torch.Generator().manual_seed(4)
    confidence = torch.rand(40, 12, generator=generator)
    masked = torch.rand(40, 12, generator=generator) < 0.7
    masked[:, 0] = True
    fewest = int(masked.sum(dim=1).min())
    for count in range(fewest):
        found = least_confident(confidence, masked, count, span)
        for row in range(40):
            wanted = plainly_least_confident(
                confidence[row].tolist(), masked[row].tolist(), count, span
            )
            assert found[row].tolist() == wanted


# -- what is seen ---------------------------------------------------------------------------------


def test_lower_codebooks_are_clean_and_higher_ones_hidden() -> None:
    holes = torch.tensor([[True, False, True]])
    shown = shown_tokens(torch.arange(9).view(1, 3, 3), 1, holes, 99)
    assert shown.tolist() == [[[0, 1, 2], [99, 4, 99], [99, 99, 99]]]


@pytest.mark.parametrize("fuser", ["sum", "prepend"])
@pytest.mark.parametrize("layers", [1, 2])
def test_restricted_attention_is_blind_beyond_its_context(fuser: str, layers: int) -> None:
    """A frame of a codebook above the first sees `mask_context` frames a layer, and no farther."""
    model = make(layers=layers, mask_context=2, fuser=fuser)
    fused = model.fused(known(), B)
    for codebook in range(K):
        before = masked_logits(model, codes(), fused, codebook)
        changed = codes()
        changed[:, 0, 12] = (changed[:, 0, 12] + 1) % 16
        moved = (masked_logits(model, changed, fused, codebook) != before).any(dim=2).any(dim=0)
        reach = 2 * layers
        far = (torch.arange(FRAMES) - 12).abs() > reach
        if codebook == 0:
            assert moved[far].any(), "the first codebook sees everything"
        else:
            assert not moved[far].any()
            assert moved[12 - reach]
            assert moved[12 + reach]


@pytest.mark.parametrize("fuser", ["sum", "prepend", "cross"])
def test_conditions_reach_every_frame_of_every_codebook(fuser: str) -> None:
    model = make(mask_context=1, fuser=fuser)
    before, after = model(codes(), Conditions()), model(codes(), known())
    assert (before != after).any(dim=3).all()


def test_what_lies_past_the_end_of_a_note_is_not_seen() -> None:
    model = make()
    lengths = torch.tensor([24, 5, 9, 1])
    one = model.loss(codes(), known(), lengths)
    changed = codes()
    changed[1, :, 5:], changed[3, :, 1:] = 3, 7
    two = model.loss(changed, known(), lengths)
    assert torch.equal(one.per_codebook, two.per_codebook)
    assert torch.equal(one.hidden[1, :5], two.hidden[1, :5])
    assert one.mask.sum(dim=1).tolist() == lengths.tolist()


# -- the loss -------------------------------------------------------------------------------------


def test_the_loss_is_the_cross_entropy_of_the_masked_codes() -> None:
    """One row, a mask of everything: the oracle asks for the logits under the same holes."""
    model = make(codebook_weights=(3.0, 2.0, 1.0), mask_span=1)
    with torch.no_grad():
        found = model.loss(codes(), known())
    generator = torch.Generator().manual_seed(7)
    expected = torch.zeros(K)
    for codebook in range(K):
        rate = torch.cos(torch.rand(B, generator=generator) * math.pi / 2)
        holes = draw_spans(rate, torch.full((B,), FRAMES), FRAMES, 1, generator)
        shown = codes()
        shown[:, codebook][holes] = 16
        shown[:, codebook + 1 :] = 16
        logits = model.logits(model.run(model.embed(shown, 0), model.fused(known(), B)))
        if codebook > 0:
            logits = model(shown, known()).transpose(1, 2)
        nll = -logits[:, :, codebook].log_softmax(-1)
        expected[codebook] = nll.gather(2, codes()[:, codebook, :, None])[..., 0][holes].mean()
    assert torch.allclose(found.per_codebook, expected, atol=1e-4)
    weighted = (expected * torch.tensor([3.0, 2, 1])).sum() / 6
    assert torch.allclose(found.total, weighted, atol=1e-4)


def test_training_asks_one_codebook_at_a_time_and_all_of_them_in_turn() -> None:
    model = make().train()
    asked: set[int] = set()
    for seed in range(12):
        torch.manual_seed(seed)
        report = model.loss(codes(), known())
        chosen = report.per_codebook.nonzero()[:, 0].tolist()
        assert len(chosen) == 1
        asked |= set(chosen)
        torch.manual_seed(seed)
        assert torch.equal(model.loss(codes(), known()).total, report.total)
    assert asked == {0, 1, 2}


# -- decoding -------------------------------------------------------------------------------------


def test_every_hole_is_filled_once_and_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    model = make()
    seen: list[tuple[int, torch.Tensor]] = []
    plain = model.embed

    def watched(tokens: torch.Tensor, first: int) -> torch.Tensor:
        seen.append((len(seen), tokens.clone()))
        return plain(tokens, first)

    monkeypatch.setattr(model, "embed", watched)
    options = Sampling(guidance=1, steps=(6, 4))
    drawn = model.generate(known(), FRAMES, options)
    steps = passes_of(options, K, FRAMES)
    assert len(seen) == sum(steps) == 14
    assert 0 <= drawn.min() <= drawn.max() < 16
    first = 0
    for codebook, passes in enumerate(steps):
        holes = [tokens[:, codebook] == 16 for _, tokens in seen[first : first + passes]]
        assert holes[0].all()
        for number in range(1, passes):
            left = holes[number].sum(dim=1)
            most = math.cos(math.pi / 2 * number / passes) * FRAMES
            assert (left <= most + 1e-6).all()
            assert (left < holes[number - 1].sum(dim=1)).all(), "each pass fills something"
            assert not (holes[number] & ~holes[number - 1]).any(), "what is filled stays"
            kept = seen[first + number][1][:, codebook]
            assert torch.equal(kept[~holes[number]], drawn[:, codebook][~holes[number]])
        assert (seen[first][1][:, codebook + 1 :] == 16).all()
        assert torch.equal(seen[first][1][:, :codebook], drawn[:, :codebook])
        first += passes


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_row_comes_out_alike_alone_or_in_a_batch(dtype: torch.dtype) -> None:
    model = make(dim=64, heads=4, fuser="prepend").to(dtype)
    options = Sampling(top_k=12, guidance=2.0, seed=3, steps=(4, 2))
    seeds = list(range(100, 120))
    together = model.generate(known(20), 20, options, seeds=seeds)
    for rows in ([4], [19, 0, 7]):
        apart = model.generate(known(20).select(rows), 20, options, seeds=[seeds[r] for r in rows])
        assert torch.equal(apart, together[rows])


def test_seeds_progress_and_the_global_stream() -> None:
    model = make()
    told: list[tuple[int, int]] = []
    before = torch.get_rng_state()
    options = Sampling(seed=1, steps=(3, 2))
    one = model.generate(known(), 2, options, on_step=lambda *s: told.append(s))
    assert told == [(n, 6) for n in range(1, 7)], "no more passes than frames"
    assert torch.equal(one, model.generate(known(), 2, options))
    assert not torch.equal(one, model.generate(known(), 2, Sampling(seed=2, steps=(3, 2))))
    assert torch.equal(before, torch.get_rng_state())
    assert model.generate(known(1), 1, options).shape == (1, K, 1)


def test_guidance_falls_to_its_end() -> None:
    """In the last of many passes hardly any guidance is left: ended at 1, another start does not
    matter where the last pass fills everything."""
    model = make(num_codebooks=1)
    one = model.generate(known(), 6, Sampling(temperature=0, guidance=3, steps=(1,)))
    conditioned = model(torch.full((B, 1, 6), 16), known())
    free = model(torch.full((B, 1, 6), 16), Conditions())
    assert torch.equal(one, (free + 3 * (conditioned - free)).argmax(-1)), "begins in full strength"


def pairs(count: int, generator: torch.Generator) -> torch.Tensor:
    """Two codebooks: the first runs along from a random start, the second is its successor."""
    start = torch.randint(0, 8, (count, 1), generator=generator)
    first = (start + torch.arange(6) // 2) % 8
    return torch.stack([first, (first + 3) % 8], dim=1)


@pytest.mark.parametrize("decoding", ["autoregressive", "masked"])
def test_both_ways_learn_a_small_world(decoding: str) -> None:
    torch.manual_seed(0)
    small = {"num_codebooks": 2, "cardinality": 8, "max_frames": 6, "mask_span": 2}
    model = CodecLM(LMConfig.debug(decoding=decoding, **small))
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    generator = torch.Generator().manual_seed(1)
    for _ in range(150 if decoding == "masked" else 50):
        world = pairs(64, generator)
        loss = model.loss(world, Conditions(pitch=60 + world[:, 0, 0])).total
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    wanted = pairs(64, generator)
    options = Sampling(temperature=0.5, guidance=1.0, steps=(4, 2))
    made = model.generate(Conditions(pitch=60 + wanted[:, 0, 0]), 6, options)
    assert (made == wanted).float().mean() > 0.9, "chance 1 in 8"


def test_it_is_saved_and_read_and_streams_at_once(tmp_path: Path) -> None:
    model = make()
    model.save(tmp_path)
    loaded = CodecLM.load(tmp_path)
    assert loaded.config.decoding == "masked"
    assert torch.equal(loaded(codes(), known()), model(codes(), known()))
    chunks = list(model.stream(known(), 7))
    assert len(chunks) == 1
    assert torch.equal(chunks[0], model.generate(known(), 7))


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"pattern": "flat"}, "decoding is 'masked' and pattern 'flat'"),
        ({"mask_span": 0}, "mask_span is 0 and mask_context 5"),
        ({"mask_span": 25}, r"1\.\.24 \(max_frames\)"),
        ({"mask_context": -1}, "mask_context -1"),
    ],
)
def test_contradictions_are_refused(wrong: dict[str, object], match: str) -> None:
    with pytest.raises(InputError, match=match):
        LMConfig.debug(decoding="masked", **wrong)


def test_no_passes_are_refused() -> None:
    for steps in ((), (4, 0)):
        with pytest.raises(InputError, match="at least one pass"):
            Sampling(steps=steps)
