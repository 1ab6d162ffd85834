"""From probe notes to ranks of traits, and from these to every instrument's captions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trichord.data.captions import Described, rank, write_captions
from trichord.data.probes import Probe
from trichord.data.table import Kind
from trichord.data.traits import mean_traits


@dataclass(frozen=True)
class Subject:
    """An instrument to be described: what the table says of it, and how its probe notes sound."""

    instrument_id: str
    name: str
    kind: Kind
    probes: tuple[Probe, ...]


def caption_all(subjects: Sequence[Subject], seed: int) -> list[tuple[str, ...]]:
    """Captions per subject; trait words compare within the family or with all of them."""
    relative = relative_traits([subject.probes for subject in subjects])
    names = list(relative[0])
    overall = {name: rank([row[name] for row in relative]) for name in names}
    captions: list[tuple[str, ...]] = []
    for index, subject in enumerate(subjects):
        family = [i for i, s in enumerate(subjects) if s.kind.family == subject.kind.family]
        place = family.index(index)
        described = Described(
            instrument_id=subject.instrument_id,
            name=subject.name,
            family=subject.kind.family,
            source=subject.kind.source,
            nouns=subject.kind.nouns,
            traits=mean_traits([probe.traits for probe in subject.probes]),
            in_family={n: rank([relative[i][n] for i in family])[place] for n in names},
            overall={name: overall[name][index] for name in names},
        )
        captions.append(write_captions(described, seed))
    return captions


def relative_traits(probed: Sequence[Sequence[Probe]]) -> list[dict[str, float]]:
    """Mean traits against the median of all instruments at the same pitch and velocity.

    Low notes have more partials below any given frequency and ring longer: without this, every
    bass would be bright and long.
    """
    notes = [probe for probes in probed for probe in probes]
    names = list(vars(notes[0].traits))
    at: dict[tuple[int, int], list[Probe]] = {}
    for probe in notes:
        at.setdefault((probe.pitch, probe.velocity), []).append(probe)
    medians = {
        place: {name: float(np.median([getattr(p.traits, name) for p in there])) for name in names}
        for place, there in at.items()
    }

    def above(probe: Probe, name: str) -> float:
        return getattr(probe.traits, name) - medians[probe.pitch, probe.velocity][name]

    return [
        {name: round(float(np.mean([above(probe, name) for probe in probes])), 4) for name in names}
        for probes in probed
    ]
