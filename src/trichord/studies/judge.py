"""The judge of families: a classifier on hand-made features of real notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trichord.data.schema import FAMILIES, SPLITS
from trichord.errors import MissingProgramError
from trichord.files import write_arrays
from trichord.studies.keys import key_of
from trichord.studies.study import HeldNote, Study
from trichord.studies.timbre import timbre_of

LOWEST, HIGHEST = 40, 76
"""Keys that it is trained on: a little wider than those of the made notes."""

_EACH = 16
"""Notes of every instrument."""
_TREES = 400
_FOLDS = 5
_LEAST = 1e-4
"""No family is ever less likely than this, so that one note cannot outvote all others."""


@dataclass(frozen=True)
class NoteFeatures:
    """Features `[N, D]` of notes, and whose they are."""

    values: NDArray[np.float64]
    families: NDArray[np.int64]
    pitches: NDArray[np.int64]
    groups: NDArray[np.int64]
    instruments: NDArray[np.str_]
    note_ids: NDArray[np.str_]

    def where(self, mask: NDArray[np.bool_]) -> NoteFeatures:
        """Some of the notes."""
        return NoteFeatures(**{name: value[mask] for name, value in vars(self).items()})


@dataclass(frozen=True)
class Judge:
    """A trained classifier."""

    model: Any

    def log_probabilities(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of every family, for each note `[N, 11]`."""
        shares = np.zeros((len(values), len(FAMILIES)))
        shares[:, self.model.classes_] = self.model.predict_proba(values)
        return np.log(np.maximum(shares, _LEAST))


def features_of(
    notes: Sequence[HeldNote], waves: Sequence[NDArray[np.float32]] | None = None
) -> NoteFeatures:
    """Features of notes, or of other waves that stand for them."""
    sounds = [note.wave for note in notes] if waves is None else waves
    owners = [note.instrument for note in notes]
    return NoteFeatures(
        values=np.stack([timbre_of(w, n.pitch) for w, n in zip(sounds, notes, strict=True)]),
        families=np.array([FAMILIES.index(owner.family) for owner in owners]),
        pitches=np.array([note.pitch for note in notes]),
        groups=np.array([owner.group for owner in owners]),
        instruments=np.array([owner.instrument_id for owner in owners]),
        note_ids=np.array([note.note_id for note in notes]),
    )


def fit(features: NoteFeatures, seed: int) -> Judge:
    """Extremely randomised trees (Geurts et al. 2006) under weights that hide the key.

    Raises:
        MissingProgramError: scikit-learn is not installed.
    """
    try:
        from sklearn.ensemble import ExtraTreesClassifier
    except ImportError:
        raise MissingProgramError(
            "the judge of families needs scikit-learn: pip install 'trichord[study]'"
        ) from None
    model = ExtraTreesClassifier(_TREES, min_samples_leaf=2, random_state=seed)
    return Judge(model.fit(features.values, features.families, even_weights(features)))


def even_weights(features: NoteFeatures) -> NDArray[np.float64]:
    """Weights under which all families are equally likely in every half octave."""
    places = list(zip(features.families.tolist(), (features.pitches // 6).tolist(), strict=True))
    counts = Counter(places)
    weights = np.array([1.0 / counts[place] for place in places])
    return weights * len(weights) / weights.sum()


def unknown_sounds(features: NoteFeatures, seed: int) -> NDArray[np.float64]:
    """Log probabilities `[N, 11]` by judges that never heard the note's sound nor its twins."""
    groups = np.random.default_rng(seed).permutation(np.unique(features.groups))
    scores = np.zeros((len(features.values), len(FAMILIES)))
    for fold in range(_FOLDS):
        held = np.isin(features.groups, groups[fold::_FOLDS])
        if held.any() and not held.all():
            judge = fit(features.where(~held), seed)
            scores[held] = judge.log_probabilities(features.values[held])
    return scores


def accuracies(scores: NDArray[np.float64], features: NoteFeatures) -> tuple[float, float]:
    """Share of notes whose family is heard, and of instruments by all their notes."""
    notes = float(np.mean(scores.argmax(axis=1) == features.families))
    right: list[bool] = []
    for name in np.unique(features.instruments):
        own = features.instruments == name
        right.append(int(scores[own].mean(axis=0).argmax()) == int(features.families[own][0]))
    return notes, float(np.mean(right))


def real_features(study: Study) -> NoteFeatures:
    """Notes of all real instruments, kept in the study's folder."""
    count = study.count(_EACH)
    corpus = key_of([study.options.corpus / "plan.json"])
    path = study.folder / f"features-{count}-{study.options.seed}-{corpus}.npz"
    if not path.is_file():
        rng = study.rng("judge")
        chosen: set[str] = set()
        for instrument in [one for split in SPLITS for one in study.instruments(split)]:
            keys = [k for k in study.keys_of(instrument) if LOWEST <= k.pitch <= HIGHEST]
            ids = [key.note_id for key in keys]
            chosen |= set(rng.choice(ids, min(count, len(ids)), replace=False).tolist())
        write_arrays(path, vars(features_of(study.read(chosen))), compressed=False)
    with np.load(path, allow_pickle=False) as stored:
        return NoteFeatures(**{name: stored[name] for name in stored.files})
