"""Everything that is measured of a setting, seed by seed, and held against the one without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trichord.metrics.bootstrap import Interval, mean_interval
from trichord.metrics.paired import PairedT, paired_t, permutation_test
from trichord.studies.regularisation.agreement import order_agreement
from trichord.studies.regularisation.cells import Cell
from trichord.studies.regularisation.making import drawn_evenly, heard_of, stands

if TYPE_CHECKING:
    from trichord.studies.conditioning.ears import Heard
    from trichord.studies.conditioning.measure import Figures
    from trichord.studies.regularisation.study import RegularisationStudy

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Losses:
    """Nats per token of a setting, means over its seeds.

    Attributes:
        shown, hidden: of each held-out instrument [I], with its caption and with nothing.
        gain, gain_heard: what the caption tells, mean over held-out and over heard instruments.
        agreement, similarity: means over seeds.
    """

    seeds: tuple[int, ...]
    shown: Values
    hidden: Values
    gain: float
    gain_heard: float
    agreement: Values
    similarity: float


def losses_of(study: RegularisationStudy, cell: Cell) -> Losses | None:
    """Of the seeds that stand; None where none does."""
    seeds = study.runs.seeds(cell)
    if not seeds:
        return None
    read = [study.runs.readings(cell, seed) for seed in seeds]

    def gain(shown: list[float], hidden: list[float]) -> float:
        return float(np.mean(hidden) - np.mean(shown))

    return Losses(
        tuple(seeds),
        np.mean([one.unheard.shown for one in read], axis=0),
        np.mean([one.unheard.hidden for one in read], axis=0),
        float(np.mean([gain(one.unheard.shown, one.unheard.hidden) for one in read])),
        float(np.mean([gain(one.heard.shown, one.heard.hidden) for one in read])),
        np.array([one.unheard.agreement for one in read]),
        float(np.mean([one.unheard.similarity for one in read])),
    )


def loss_difference(
    study: RegularisationStudy, one: Losses, other: Losses
) -> tuple[Interval, float]:
    """Of the losses of held-out instruments: the mean with its interval over them, and p."""
    rng = study.rng("losses")
    difference = one.shown - other.shown
    return mean_interval(difference, rng), permutation_test(one.shown, other.shown, rng)


@dataclass(frozen=True)
class Sounds:
    """What was heard of a setting, a figure for each of its seeds.

    Attributes:
        seeds: those that were heard.
        kad_hand, kad_judge, fad_space: distance to real notes of the same instruments.
        divergence: of the tagger's answers, nats.
        score: of the caption judge, adapted.
        geometry: do captions that are alike give sounds that are? Spearman's correlation over
            pairs of instruments, by the judge's ear.
    """

    seeds: tuple[int, ...]
    kad_hand: Values
    kad_judge: Values
    fad_space: Values
    divergence: Values
    score: Values
    consistency: Values
    geometry: Values


def sounds_of(study: RegularisationStudy, cell: Cell, guidance: float) -> Sounds | None:
    """Of the seeds whose notes were heard; None where none was."""
    seeds = [s for s in study.runs.seeds(cell) if stands(study, cell, s, guidance)]
    if not seeds:
        return None
    return _sounds(
        tuple(seeds), [figures_of(study, heard_of(study, cell, s, guidance)) for s in seeds]
    )


def real_sounds(study: RegularisationStudy) -> Sounds:
    """The same of the real notes of the asked keys."""
    return _sounds((0,), [figures_of(study, study.listening.material.asked)])


def chance_sounds(study: RegularisationStudy) -> Sounds:
    """The same of notes whose every token is as likely as any other."""
    heard = study.listening.material.hear_asked("evenly", lambda: drawn_evenly(study))
    return _sounds((0,), [figures_of(study, heard)])


def _sounds(seeds: tuple[int, ...], told: Sequence[tuple[Figures, float]]) -> Sounds:
    from trichord.studies.conditioning.ears import EMBEDDINGS

    space, hand, judge = EMBEDDINGS
    return Sounds(
        seeds,
        np.array([one.kad[hand] for one, _ in told]),
        np.array([one.kad[judge] for one, _ in told]),
        np.array([one.fad[space] for one, _ in told]),
        np.array([one.divergence for one, _ in told]),
        np.array([one.adapted for one, _ in told]),
        np.array([one.consistency[judge] for one, _ in told]),
        np.array([geometry for _, geometry in told]),
    )


def figures_of(study: RegularisationStudy, heard: Heard) -> tuple[Figures, float]:
    """The figures of notes of the asked keys, and the agreement of captions and sounds."""
    from trichord.studies.conditioning import measure
    from trichord.studies.conditioning.ears import EMBEDDINGS

    listening = study.listening
    material, ears = listening.material, listening.ears
    held_out = material.held_out
    figures = measure.figures_of(heard, material.reference, material.asked, held_out, ears)
    vectors = ears.embeddings(heard)[EMBEDDINGS[2]]
    sounds = np.stack([vectors[heard.owner == n].mean(axis=0) for n in range(len(held_out))])
    texts = ears.judge.embed_text([one.caption for one in held_out]).numpy()
    return figures, order_agreement(texts, sounds)


def over_seeds(
    one: Values, seeds: tuple[int, ...], other: Values, others: tuple[int, ...]
) -> PairedT:
    """The difference of two settings on the seeds that both have."""
    common = [seed for seed in seeds if seed in others]
    return paired_t(
        [one[seeds.index(seed)] for seed in common],
        [other[others.index(seed)] for seed in common],
    )
