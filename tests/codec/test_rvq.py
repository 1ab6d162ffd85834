from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from vector_quantize_pytorch import ResidualVQ as Oracle

from trichord.codec.rvq import Codebook, ResidualVQ, RVQConfig, kmeans

CONFIG = RVQConfig(dim=6, num_codebooks=3, cardinality=16)


def trained(config: RVQConfig = CONFIG, steps: int = 5) -> tuple[ResidualVQ, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    quantiser = ResidualVQ(config).train()
    vectors = torch.randn(400, config.dim, generator=generator)
    for _ in range(steps):
        quantiser(vectors, generator)
    return quantiser.eval(), vectors


def test_codes_and_vectors_are_those_of_a_kept_library() -> None:
    quantiser, vectors = trained()
    oracle = Oracle(dim=6, num_quantizers=3, codebook_size=16, kmeans_init=False).eval()
    for mine, theirs in zip(quantiser.stages, oracle.layers, strict=True):
        assert isinstance(mine, Codebook)
        theirs._codebook.embed.data.copy_(mine.entries[None])
    quantised, codes, _ = oracle(vectors[None])
    assert torch.equal(quantiser.encode(vectors), codes[0])
    torch.testing.assert_close(quantiser.decode(codes[0]), quantised[0])


def test_one_moving_average_step_is_that_of_a_kept_library() -> None:
    # Many vectors per entry, so that neither side revives a code.
    config = RVQConfig(dim=4, num_codebooks=1, cardinality=4, decay=0.8, revive_below=0.0)
    generator = torch.Generator().manual_seed(1)
    vectors = torch.randn(256, 4, generator=generator)
    book = Codebook(config)
    book.start(vectors, generator)
    oracle = Oracle(
        dim=4, num_quantizers=1, codebook_size=4, decay=0.8, eps=0.0,
        threshold_ema_dead_code=0, kmeans_init=False,
    ).train()  # fmt: skip
    theirs = oracle.layers[0]._codebook
    theirs.embed.data.copy_(book.entries[None])
    theirs.embed_avg.data.copy_(book.sums[None])
    theirs.cluster_size.data.copy_(book.sizes[None])
    _, codes, _ = oracle(vectors[None])
    book.update(vectors, codes[0, :, 0], generator)
    torch.testing.assert_close(book.entries, theirs.embed[0], rtol=1e-4, atol=1e-5)


def test_each_stage_lowers_the_error() -> None:
    quantiser, vectors = trained(steps=20)
    codes = quantiser.encode(vectors)
    errors = [
        float((quantiser.decode(codes[:, : k + 1]) - vectors).square().mean()) for k in range(3)
    ]
    assert errors[2] < errors[1] < errors[0] < float(vectors.square().mean())


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), st.integers(1, 4), st.integers(0, 10_000))
def test_decoding_what_was_encoded_encodes_to_the_same_sum(
    dim: int, stages: int, seed: int
) -> None:
    config = RVQConfig(dim=dim, num_codebooks=stages, cardinality=8)
    generator = torch.Generator().manual_seed(seed)
    quantiser = ResidualVQ(config).train()
    vectors = torch.randn(64, dim, generator=generator)
    quantised = quantiser(vectors, generator)
    assert quantised.codes.shape == (64, stages)
    quantiser.eval()
    codes = quantiser.encode(vectors)
    assert int(codes.min()) >= 0
    assert int(codes.max()) < 8
    assert quantiser.decode(codes).shape == vectors.shape


def test_a_dead_code_is_revived_and_stays_so_through_the_moving_average() -> None:
    config = RVQConfig(dim=2, num_codebooks=1, cardinality=3)
    generator = torch.Generator().manual_seed(0)
    book = Codebook(config)
    vectors = torch.randn(90, 2, generator=generator)
    book.start(vectors, generator)
    book.entries[2] = 1e3
    book.sums[2] = 1e3 * book.sizes[2]
    book.sizes[2] *= 1e-3  # long unused
    book.sums[2] *= 1e-3
    codes = torch.randint(2, (90,), generator=generator)  # nobody chose entry 2
    book.update(vectors, codes, generator)
    distance = (vectors - book.entries[2]).norm(dim=1).min()
    assert float(distance) == 0.0, "a revived entry is one of the batch's vectors"
    book.update(vectors, codes, generator)
    assert float(book.entries[2].abs().max()) < 10, "its old statistics must not pull it back"


def test_kmeans_finds_separate_clusters() -> None:
    generator = torch.Generator().manual_seed(3)
    centres = torch.tensor([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])
    points = centres.repeat(50, 1) + 0.1 * torch.randn(150, 2, generator=generator)
    found = kmeans(points, 3, 20, generator)
    nearest = torch.cdist(centres, found).min(1).values
    assert float(nearest.max()) < 0.2


def test_gradient_passes_straight_through_and_dropped_stages_are_left_out() -> None:
    quantiser, vectors = trained()
    vectors = vectors[:8].requires_grad_()
    keep = torch.tensor([1, 2, 3, 1, 2, 3, 1, 2])
    generator = torch.Generator().manual_seed(0)
    result = quantiser(vectors, generator, keep)
    result.vectors.sum().backward()
    assert vectors.grad is not None
    assert torch.equal(vectors.grad, torch.ones_like(vectors))
    first = quantiser.decode(result.codes[:, :1])
    torch.testing.assert_close(result.vectors[0], first[0])
    assert not torch.allclose(result.vectors[2], first[2])


def test_more_clusters_than_vectors_is_no_error() -> None:
    generator = torch.Generator().manual_seed(0)
    assert kmeans(torch.randn(3, 2), 8, 2, generator).shape == (8, 2)
    with pytest.raises(RuntimeError):
        kmeans(torch.randn(0, 2), 8, 2, generator)
