"""A corpus of tones, small untrained models, and patches that need no Sonic Pi."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.data.clips import stand_in
from trichord.audio.bands import GRID, BandGrid
from trichord.data.clips.programs import Parts, ProgramsOptions, build
from trichord.data.clips.sources import Family, Wishes
from trichord.livecode.code_tower import debug_code_tower
from trichord.progress import Progress
from trichord.score.sketch import Patch
from trichord.space.clips import debug_clip_space
from trichord.space.refiner import debug_refiner
from trichord.studies.alignment import material, sketches
from trichord.studies.alignment.study import AlignmentOptions, AlignmentStudy

SECONDS = 2.0


class Tones:
    """Patches of which each is one band that dies away."""

    grid: BandGrid = GRID

    def prepare_for(self, scores: object) -> None:
        pass

    def synth(self, name: str, note: float) -> Patch:
        power = np.full((60, GRID.bands), 1e-9, np.float32)
        power[:, round(note) - GRID.low] = 0.1 * 0.9 ** np.arange(60)
        return Patch(power, note, 1.0)

    def sample(self, path: str, rate: float, start: float, finish: float) -> None:
        return None


@contextmanager
def open_tones() -> Iterator[Tones]:
    yield Tones()


def gather(wishes: Wishes) -> list[Family]:
    """As the stand-in's, with composed programs that are not taken for one and the same."""
    return [
        replace(family, base=f"piece of letter {chr(97 + at)} " * 5)
        if family.kind == "generated"
        else family
        for at, family in enumerate(stand_in.gather(wishes))
    ]


@pytest.fixture(scope="session")
def tones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eleven templates of 24 variations, one of them held out, and twenty composed programs."""
    out = tmp_path_factory.mktemp("tones") / "clips"
    options = ProgramsOptions(
        out=out, variations=24, generate=20, seconds=SECONDS, audio="16000:mono", workers=1
    )
    build(options, parts=Parts(gather, stand_in.open_stand_in))
    return out


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    debug_clip_space().save(folder / "clips")
    debug_refiner().save(folder / "refiner")
    debug_code_tower().save(folder / "code")
    return folder


@pytest.fixture
def study(
    tones: Path, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AlignmentStudy:
    monkeypatch.setattr(material, "TRAINING", 20)
    monkeypatch.setattr(sketches, "open_patches", open_tones)
    options = AlignmentOptions(
        tmp_path / "study", corpus=tones, weights=weights, siblings=2, unseen=20, seconds=SECONDS
    )
    return AlignmentStudy(options, Progress("quiet"))
