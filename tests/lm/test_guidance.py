"""Guidance over subsets of the conditions, held against the formula written out."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from trichord.errors import InputError
from trichord.lm import CodecLM, Conditions, LMConfig, Sampling, Term

B, FRAMES = 4, 24


def make(**changes: object) -> CodecLM:
    torch.manual_seed(0)
    model = CodecLM(LMConfig.debug(like_frames=4, text_dim=5, text_tokens=3, **changes)).eval()
    for parameter in model.parameters():
        if parameter.dim() == 2:
            torch.nn.init.normal_(parameter, std=0.2)
    return model


def known() -> Conditions:
    generator = torch.Generator().manual_seed(5)
    joint = torch.randn(B, 8, generator=generator)
    return Conditions(
        joint=torch.nn.functional.normalize(joint, dim=1),
        pitch=40 + 3 * torch.arange(B),
        velocity=30 + torch.arange(B),
        like=torch.randint(0, 16, (B, 3, 4), generator=generator),
        text=torch.randn(B, 2, 5, generator=generator),
    )


def absent(*names: str) -> Conditions:
    return dataclasses.replace(known(), **dict.fromkeys(names))


@pytest.mark.parametrize("fuser", ["sum", "prepend", "cross"])
def test_terms_add_up_as_the_formula_says(fuser: str) -> None:
    model = make(fuser=fuser)
    terms = (Term(("joint",), 2.5), Term(("text", "velocity"), 1.7))
    drawn = model.generate(known(), FRAMES, Sampling(temperature=0, terms=terms))
    full = model(drawn, known())
    no_joint = model(drawn, absent("joint"))
    no_text = model(drawn, absent("text", "velocity"))
    assert torch.equal((full + 1.5 * (full - no_joint) + 0.7 * (full - no_text)).argmax(-1), drawn)


def test_a_shown_note_is_left_out_whole() -> None:
    model = make()
    drawn = model.generate(known(), FRAMES, Sampling(temperature=0, terms=(Term(("like",), 3.0),)))
    full, without = model(drawn, known()), model(drawn, absent("like"))
    assert torch.equal((full + 2 * (full - without)).argmax(-1), drawn)


def test_one_term_over_everything_is_plain_guidance() -> None:
    model = make()
    everything = ("joint", "pitch", "velocity", "like", "text")
    one = model.generate(known(), FRAMES, Sampling(seed=4, guidance=2.0))
    two = model.generate(known(), FRAMES, Sampling(seed=4, terms=(Term(everything, 2.0),)))
    assert (one == two).float().mean() > 0.99, "up to the last bit of the sums"


def test_terms_of_weight_one_cost_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    model = make()
    rows: list[int] = []
    plain = model.embed

    def watched(tokens: torch.Tensor, first: int) -> torch.Tensor:
        rows.append(len(tokens))
        return plain(tokens, first)

    monkeypatch.setattr(model, "embed", watched)
    terms = (Term(("joint",), 1.0), Term(("pitch",), 1.0))
    free = model.generate(known(), 3, Sampling(terms=terms))
    assert set(rows) == {16}
    assert torch.equal(free, model.generate(known(), 3, Sampling(guidance=1.0)))


def test_masked_models_are_guided_alike() -> None:
    model = make(decoding="masked", num_codebooks=1)
    known_one = dataclasses.replace(known(), like=None)
    options = Sampling(temperature=0, steps=(1,), terms=(Term(("text",), 2.0),))
    drawn = model.generate(known_one, 6, options)
    holes = torch.full((B, 1, 6), 16)
    full = model(holes, known_one)
    without = model(holes, dataclasses.replace(known_one, text=None))
    assert torch.equal((full + (full - without)).argmax(-1), drawn)


def test_a_term_that_names_no_condition_is_refused() -> None:
    with pytest.raises(InputError, match="'pich' is no condition; perhaps pitch"):
        make().generate(known(), 3, Sampling(terms=(Term(("pich",), 2.0),)))
    with pytest.raises(InputError, match="'x' is no condition; known are joint, pitch"):
        make().generate(known(), 3, Sampling(terms=(Term(("x",), 2.0),)))
    with pytest.raises(InputError, match="guidance_end -1"):
        Sampling(guidance_end=-1)
