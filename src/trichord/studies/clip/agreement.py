"""Do made clips follow their words? Judged by measures of the sound, which no model of ours made.

The generator is conditioned on the space of clips and on a sentence encoder; a judge out of either
would praise itself. So the judge is a ruler: the axes of `choose/axes.py` (brightness, density and
others), read off the picture of a clip.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import rankdata

from trichord.audio.bands import picture
from trichord.choose.axes import measure
from trichord.clip.wav import limited
from trichord.clip.wish import conditions_of_all
from trichord.lm.sampling import Sampling
from trichord.studies.clip.study import ClipStudy, Row, Wave
from trichord.studies.figures import draw_spectrograms
from trichord.studies.tables import Cell, Table, Target, percent

OPPOSITES: dict[str, tuple[str, str]] = {
    "brightness": ("dark", "bright"),
    "pace": ("slow", "fast"),
    "density": ("sparse", "dense"),
    "attacks": ("sustained", "percussive"),
    "loudness": ("quiet", "loud"),
    "bass": ("thin", "bass-heavy"),
    "noise": ("clean", "noisy"),
}
SENTENCES = ("{} music", "a {} loop", "{} synth with drums")
SECONDS = 8.0
MOST_AT_ONCE = 42
TEMPERATURE, GUIDANCE = 0.9, 3.0
LEAST_RIGHT = 0.65

Values = dict[str, NDArray[np.float64]]


def agreement_table(study: ClipStudy) -> Table:
    """Order of opposites, and rank correlation with the clip whose caption was the prompt."""
    torch.set_num_threads(1)
    held = [row for row in study.held_clips() if row.captions]
    rate = study.models.codec.sample_rate
    pairs = _opposites(study)
    told = _values(
        study, "captions", make(study, [row.captions[0] for row in held], study.options.seed), rate
    )
    real = _values(study, "held-out clips", [_stretch(row, 0) for row in held], held[0].rate)
    later = _values(study, "their ends", [_stretch(row, 1) for row in held], held[0].rate)
    rows = [_row(axis, pairs[axis], told, real, later, held) for axis in OPPOSITES]
    right = float(np.mean([pairs[axis].mean() for axis in OPPOSITES]))
    count = sum(len(each) for each in pairs.values())
    error = 1.96 * (right * (1 - right) / count) ** 0.5
    rows.append(("all", count, percent(right), None, None, None, None))
    return Table(
        title="Made clips against the words that they were made of",
        columns=(
            "axis",
            "pairs",
            "right order, chance 50 %",
            "right order, real clips",
            "ρ made with captioned",
            "its 95 % interval",
            "ρ beginning with end of real clips",
        ),
        rows=tuple(rows),
        about=(
            f"Pairs: {len(SENTENCES)} sentences with either word of an axis "
            f"({', '.join('/'.join(words) for words in OPPOSITES.values())}), "
            f"{study.options.seeds} seeds each, {SECONDS:g} s, guidance {GUIDANCE:g}, temperature "
            f"{TEMPERATURE:g}; right where the measure orders the two clips of one seed as the "
            "words do. Real clips: all pairs of held-out clips of which one's captions hold the "
            "one word and the other's the other. ρ: Spearman's, between the measure of a clip "
            f"made of a caption and that of the held-out clip it was written for, {len(held)} "
            f"templates of the {study.options.split} split; beside it what the beginning of a real "
            "clip tells of its own end. Every clip is the first that is drawn: silent ones, which "
            "`trichord clip` draws again, count as they are."
        ),
        targets=(
            Target(
                "opposite words give clips in that order",
                f"≥ {percent(LEAST_RIGHT)} (chance 50 %)",
                f"{percent(right)} ± {percent(error)} of {count} pairs",
                right >= LEAST_RIGHT,
            ),
        ),
        figures=("made.png",),
        raw={"right": {axis: each.tolist() for axis, each in pairs.items()}},
    )


def make(
    study: ClipStudy, prompts: Sequence[str], seed: int, keys: Sequence[int] | None = None
) -> list[Wave]:
    """A clip of each prompt; those of equal keys share their luck, none where not given."""
    models = study.models
    frames = models.codec.frames(SECONDS)
    sampling = Sampling(temperature=TEMPERATURE, top_p=0.95, guidance=GUIDANCE, seed=seed)
    luck = range(len(prompts)) if keys is None else keys
    task = study.progress.task("making clips", len(prompts))
    waves: list[Wave] = []
    for first in range(0, len(prompts), MOST_AT_ONCE):
        some = list(prompts[first : first + MOST_AT_ONCE])
        own = list(luck[first : first + len(some)])
        codes = models.lm.generate(conditions_of_all(models, some), frames, sampling, seeds=own)
        waves += [limited(models.codec.decode(one[None])[0, 0].numpy()) for one in codes]
        task.advance(len(some))
    return waves


def _opposites(study: ClipStudy) -> dict[str, NDArray[np.bool_]]:
    """For each axis and pair whether the measure has the order of the words."""
    prompts = [
        sentence.format(word)
        for words in OPPOSITES.values()
        for sentence in SENTENCES
        for word in words
    ]
    shown: list[tuple[str, Wave]] = []
    rate = study.models.codec.sample_rate
    per_seed: list[list[dict[str, float]]] = []
    for seed in range(study.options.seeds):
        # Both clips of a pair share their luck: what differs between them is the word.
        keys = [place // 2 for place in range(len(prompts))]
        waves = make(study, prompts, 1000 * study.options.seed + seed, keys)
        per_seed.append([_measured(wave, rate) for wave in waves])
        if seed == 0:
            shown = list(zip(prompts, waves, strict=True))
    _draw(study, shown)
    each = 2 * len(SENTENCES)
    found: dict[str, NDArray[np.bool_]] = {}
    for place, axis in enumerate(OPPOSITES):
        low = [v[place * each + 2 * s][axis] for v in per_seed for s in range(len(SENTENCES))]
        high = [v[place * each + 2 * s + 1][axis] for v in per_seed for s in range(len(SENTENCES))]
        found[axis] = np.array(high) > np.array(low)
    return found


def _stretch(row: Row, place: int) -> Wave:
    size = round(SECONDS * row.rate)
    return row.wave[-size:] if place else row.wave[:size]


def _measured(wave: Wave, rate: int) -> dict[str, float]:
    return measure(picture(wave, rate, seconds=None))


def _values(study: ClipStudy, name: str, waves: Sequence[Wave], rate: int) -> Values:
    task = study.progress.task(f"measuring {name}", len(waves))
    found: list[dict[str, float]] = []
    for wave in waves:
        found.append(_measured(wave, rate))
        task.advance()
    return {axis: np.array([each[axis] for each in found]) for axis in OPPOSITES}


def _row(
    axis: str,
    right: NDArray[np.bool_],
    told: Values,
    real: Values,
    later: Values,
    held: Sequence[Row],
) -> tuple[Cell, ...]:
    low, high = (_saying(held, word) for word in OPPOSITES[axis])
    values = real[axis]
    # A measure that is the same for both counts half.
    order = [
        float(values[h] > values[n]) + 0.5 * float(values[h] == values[n])
        for h in high
        for n in low
    ]
    rho = _rank_correlation(told[axis], values)
    spread = 1.96 / max(1.0, len(values) - 3) ** 0.5
    low_end, high_end = np.tanh(
        np.arctanh(np.clip(rho, -0.999, 0.999)) + np.array([-spread, spread])
    )
    return (
        axis,
        len(right),
        percent(float(right.mean())),
        f"{percent(float(np.mean(order)))} of {len(order)}" if order else None,
        rho,
        f"{low_end:.2f} to {high_end:.2f}",
        _rank_correlation(values, later[axis]),
    )


def _rank_correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Spearman's ρ; not a number where either is the same throughout."""
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.corrcoef(rankdata(x), rankdata(y))[0, 1])


def _saying(held: Sequence[Row], word: str) -> list[int]:
    return [i for i, row in enumerate(held) if any(word in c.split() for c in row.captions)]


def _draw(study: ClipStudy, shown: Sequence[tuple[str, Wave]]) -> None:
    """Each axis with either word, the first sentence, the first seed."""
    each = 2 * len(SENTENCES)
    columns = []
    for place, words in enumerate(OPPOSITES.values()):
        low, high = shown[place * each][1], shown[place * each + 1][1]
        # The first one's level is that of the column, and what is "more" is seldom silent.
        columns.append((" / ".join(words), [("more", high), ("less", low)]))
    draw_spectrograms(columns, study.models.codec.sample_rate, study.options.out / "made.png")
