"""All figures of a set of made notes: how near to real ones, how consistent, how in tune."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from trichord.metrics.captioned import adapted_score, naive_score, retrieval
from trichord.metrics.consistency import effective_rank, timbral_consistency
from trichord.metrics.divergence import divergences
from trichord.metrics.frechet import frechet_distance
from trichord.metrics.kernel import kernel_distance
from trichord.metrics.playing import pitch_accuracy, velocity_order
from trichord.studies.conditioning.ears import EMBEDDINGS, Ears, Heard, Vectors
from trichord.studies.conditioning.material import VELOCITIES, HeldOut

CAPTIONS = 4
"""Of every instrument, that it is scored by; the first one is what it was asked for with."""
SPACE, HAND, JUDGE = EMBEDDINGS


@dataclass(frozen=True)
class Figures:
    """Of N notes, one for every key that was asked for.

    Attributes:
        notes: N.
        kad, fad: distance to the reference by embedding.
        consistency, rank: mean over instruments, by embedding.
        in_tune: share of notes within 10 cents of their key, in its octave.
        rising: share of pairs of velocities in the right order; `rising_keys` of whole keys.
        range_db: from softest to hardest.
        adapted, naive: score by the caption judge.
        found, found_chance: share of captions that find their own instrument, and by chance.
        divergence: of the tagger's answers from those on the real notes of the same keys, nats,
            summed over its questions.
        each: of every instrument, in their order: consistency (joint space), adapted score,
            divergence, and nearness, the cosine of its mean vector and that of its reference
            through the caption judge.
    """

    notes: int
    kad: dict[str, float]
    fad: dict[str, float]
    consistency: dict[str, float]
    rank: dict[str, float]
    in_tune: float
    rising: float
    rising_keys: float
    range_db: float
    adapted: float
    naive: float
    found: float
    found_chance: float
    divergence: float
    each: dict[str, list[float]]

    @classmethod
    def from_dict(cls, values: dict[str, object]) -> Figures:
        """As `asdict` told it."""
        return cls(**values)  # pyright: ignore[reportArgumentType]

    def flat(self) -> dict[str, float]:
        """Every figure under one name, for means over seeds."""
        told: dict[str, float] = {}
        for name, value in asdict(self).items():
            if name == "each":
                continue
            if isinstance(value, dict):
                told |= {f"{name}, {key}": float(figure) for key, figure in value.items()}
            else:
                told[name] = float(value)
        return told


def figures_of(
    heard: Heard, reference: Heard, real: Heard, held_out: Sequence[HeldOut], ears: Ears
) -> Figures:
    """Measures notes that were made for the asked keys.

    Args:
        heard: of the made notes, every key's velocities one after another.
        reference: other real notes of the same instruments.
        real: real notes of the asked keys, in the order of `heard`.
        held_out: the instruments, by their numbers.
        ears: that heard all of them.
    """
    made, known = ears.embeddings(heard), ears.embeddings(reference)
    count = len(held_out)
    sets = [heard.owner == number for number in range(count)]
    order = velocity_order(heard.level.reshape(-1, len(VELOCITIES)))
    told, meant = (ears.tagger.of_described(each.described) for each in (heard, real))
    texts = _captions(held_out, ears)  # [captions, instruments, D]
    notes = [made[JUDGE][mask] for mask in sets]
    adapted, naive = (
        np.array([[score(t, n) for t, n in zip(turn, notes, strict=True)] for turn in texts])
        for score in (adapted_score, naive_score)
    )
    found = [retrieval(turn, notes, list(range(count))) for turn in texts]
    consistency = {
        name: np.array([timbral_consistency(made[name][mask]) for mask in sets])
        for name in (SPACE, JUDGE)
    }
    diverged = np.sum([divergences(meant[name], told[name]) for name in meant], axis=0)
    theirs = [known[JUDGE][reference.owner == number] for number in range(count)]
    nearness = [adapted_score(b.mean(axis=0), a) for a, b in zip(notes, theirs, strict=True)]
    return Figures(
        notes=len(heard.owner),
        kad={name: kernel_distance(made[name], known[name]) for name in made},
        fad={name: frechet_distance(made[name], known[name]) for name in made},
        consistency={name: float(values.mean()) for name, values in consistency.items()},
        rank={
            name: float(np.mean([effective_rank(made[name][mask]) for mask in sets]))
            for name in (SPACE, JUDGE)
        },
        in_tune=pitch_accuracy(heard.cents, heard.octave_error),
        rising=order.pairs,
        rising_keys=order.keys,
        range_db=order.range_db,
        adapted=float(adapted.mean()),
        naive=float(naive.mean()),
        found=float(np.mean([one.share for one in found])),
        found_chance=found[0].chance,
        divergence=float(np.mean(diverged)),
        each={
            "consistency": consistency[SPACE].tolist(),
            "score adapted": adapted.mean(axis=0).tolist(),
            "tagger KL": [float(np.mean(diverged[mask])) for mask in sets],
            "nearness": nearness,
        },
    )


def _captions(held_out: Sequence[HeldOut], ears: Ears) -> list[Vectors]:
    """Unit vectors of the instruments' captions, one list of instruments after another."""
    turns = [
        [one.instrument.captions[turn % len(one.instrument.captions)] for one in held_out]
        for turn in range(CAPTIONS)
    ]
    return [ears.judge.embed_text(texts).numpy() for texts in turns]
