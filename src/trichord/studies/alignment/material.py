"""The sets of the study, and what towers and listeners make of their clips."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from trichord.audio import second_ears, yardstick
from trichord.audio.bands import GRID
from trichord.audio.bandstats import band_families, band_statistics
from trichord.audio.standard import Standard
from trichord.studies.alignment.agreement import Distance, Vectors, cosines, euclidean
from trichord.studies.alignment.collection import Collection, Workshop
from trichord.studies.alignment.ears import FIRST, load_arrays, save_arrays
from trichord.studies.alignment.extract import (
    extract_sets,
    sibling_names,
    training_names,
    unseen_names,
)
from trichord.studies.alignment.scenario_sets import Wanted, scenario_sets
from trichord.studies.alignment.scenarios import Scenario
from trichord.studies.alignment.towers import TOWERS

if TYPE_CHECKING:
    from trichord.livecode.code_tower import CodeTower
    from trichord.space.clips import ClipSpace
    from trichord.space.refiner import Refiner
    from trichord.studies.alignment.study import AlignmentStudy

TRAINING = 200
"""Clips of the training split that set the scale of the hand-made descriptors."""

START_COLUMNS = -(-GRID.frames(FIRST) // 4)
"""Of a picture's first four seconds."""

DISTANCES: dict[str, Distance] = {
    "space": cosines,
    "yardstick": euclidean,
    "ears": euclidean,
    "bands": euclidean,
}
"""How a listener compares two sounds."""


class Material:
    """Everything is made when first asked for, and kept in the study's folder."""

    def __init__(self, study: AlignmentStudy) -> None:
        self._study = study
        self.folder = study.options.out / "sets"
        self.workshop = Workshop(study.executor, study.progress)

    @cached_property
    def space(self) -> ClipSpace:
        """The space of clips that is measured."""
        from trichord.space.clips import load_clip_space

        return load_clip_space(self._study.options.weights / "clips")

    @cached_property
    def code_tower(self) -> CodeTower:
        """The code tower that is measured."""
        from trichord.livecode.code_tower import load_code_tower

        return load_code_tower(self._study.options.weights / "code")

    @cached_property
    def _refiner(self) -> Refiner:
        from trichord.space.refiner import load_refiner

        return load_refiner(self._study.options.weights / "refiner")

    def scenario(self, scenario: Scenario, count: int = 0) -> Collection:
        """The candidate sets of a scenario; as many as the options say where no count is given."""
        options = self._study.options
        wanted = Wanted(options.corpus, count or options.sets, options.seconds, options.seed)
        paths = scenario_sets(
            wanted, scenario, self.folder, self.workshop.executor, self.workshop.progress
        )
        return Collection(scenario.name, tuple(paths), self.workshop)

    @cached_property
    def siblings(self) -> Collection:
        """Ten variations of one held-out template at a time, straight from the corpus."""
        options = self._study.options
        names = sibling_names(options.corpus, options.siblings, options.seed)
        return self._extracted("variation", names)

    @cached_property
    def unseen(self) -> Collection:
        """Clips of as many unseen programs as there are."""
        options = self._study.options
        return self._extracted("unseen", unseen_names(options.corpus, options.unseen, options.seed))

    @cached_property
    def training(self) -> Collection:
        """Clips of the training split, for scales and maps alone."""
        options = self._study.options
        return self._extracted("training", training_names(options.corpus, TRAINING, options.seed))

    def listener(self, clips: Collection, name: str) -> Vectors:
        """What a listener makes of the real sound, `[S, N, D]`.

        Args:
            clips: what is heard.
            name: `space` (our audio door), `yardstick`, `ears` or `bands`; with `_start` behind
                it the same of the first four seconds.
        """
        kind = name.removesuffix("_start")
        if kind in ("yardstick", "ears"):
            return self._standards[kind].apply(clips.heard(name))
        pictures = clips.heard("picture")
        shown = pictures[..., :START_COLUMNS] if name.endswith("_start") else pictures
        if kind == "bands":
            return self.bands(shown)
        return self.kept(clips, name, ("clips",), lambda: self.see(shown))

    def tower(self, clips: Collection, name: str) -> Vectors:
        """What a tower makes of the programs, `[S, N, D]`; see `towers.TOWERS` and `VARIANTS`."""
        from trichord.studies.alignment.variants import VARIANTS

        tower = TOWERS.get(name) or VARIANTS[name]
        return self.kept(clips, name, tower.rooms, lambda: tower.make(self, clips))

    def bands(self, pictures: Vectors) -> Vectors:
        """Band statistics of pictures `[S, N, 108, F]` on the scale of the training split."""
        return self._standards["bands"].apply(band_statistics(pictures))

    def refine(self, pictures: Vectors) -> Vectors:
        """Sketched pictures `[S, N, 108, F]` as the refiner expects their sound."""
        import torch

        flat = torch.from_numpy(pictures.reshape(-1, *pictures.shape[2:]))
        return self._refiner.refine(flat).numpy().reshape(pictures.shape)

    def see(self, pictures: Vectors) -> Vectors:
        """The space's vectors `[S, N, D]` of pictures `[S, N, 108, F]`."""
        import torch

        flat = torch.from_numpy(np.ascontiguousarray(pictures.reshape(-1, *pictures.shape[2:])))
        return self.space.embed_picture(flat).numpy().reshape(*pictures.shape[:2], -1)

    def kept(
        self, clips: Collection, name: str, rooms: Sequence[str], make: Callable[[], Vectors]
    ) -> Vectors:
        """Vectors out of the study's folder, or made now; other weights or sets, another file."""
        said = [self._study.digest(room) for room in rooms]
        said += [f"{clip.clip_id} {clip.render_hash}" for clip in clips.clips]
        key = hashlib.sha256("\n".join(said).encode()).hexdigest()[:12]
        path = self._study.options.out / "vectors" / f"{clips.name}-{name}-{key}.safetensors"
        if not path.exists():
            save_arrays(path, {"vectors": make()})
        return np.asarray(load_arrays(path)["vectors"], np.float32)

    @cached_property
    def _standards(self) -> dict[str, Standard]:
        """Scales of the hand-made descriptors, from the training split."""
        sizes = {"yardstick": yardstick.FAMILY_SIZES, "ears": second_ears.FAMILY_SIZES}
        return {
            name: Standard.fit(heard.reshape(-1, heard.shape[-1]), families)
            for name, families in sizes.items()
            for heard in [self.training.heard(name)]
        } | {"bands": self._band_standard}

    @property
    def _band_standard(self) -> Standard:
        pictures = self.training.heard("picture")
        told = band_statistics(pictures).reshape(-1, 3 * (GRID.bands + 1))
        return Standard.fit(told, band_families(GRID.bands))

    def _extracted(self, name: str, names: dict[str, list[str]]) -> Collection:
        corpus = self._study.options.corpus
        text = "\n".join(f"{corpus} {key} {' '.join(clips)}" for key, clips in names.items())
        place = self.folder / hashlib.sha256(text.encode()).hexdigest()[:12]
        return Collection(name, tuple(extract_sets(corpus, names, place)), self.workshop)
