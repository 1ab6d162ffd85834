"""Patches of the installed Sonic Pi: what each synth and sample sounds like, for sketches.

A synth is rendered once, alone, at notes three semitones apart, held, with open filters; its band
power lies in the user's cache from then on. The file's name holds a hash of all that it depends
on, so another Sonic Pi has patches of its own. Samples are read from their files as they are
asked for.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from trichord.audio.bands import GRID, BandGrid
from trichord.errors import InputError
from trichord.files import cache_folder
from trichord.livecode.sonicpi import install
from trichord.livecode.sonicpi.patch_render import NOTES, RECIPE, SynthPatches, rendered
from trichord.livecode.sonicpi.patch_samples import SamplePatches
from trichord.livecode.sonicpi.synthdefs import SynthDefs
from trichord.progress import Progress
from trichord.score import Score
from trichord.score.sketch import Patch

_MEND = "point XDG_CACHE_HOME at a folder of yours, with room"

PREFIX = "sonic-pi-"
MOST_FILES = 400
"""Files in the cache; those that were used longest ago go first."""

_NOT_PLAYED = frozenset(
    ("amp_stereo_monitor", "basic_mixer", "mixer", "recorder", "scope", "server-info")
) | {"live_audio", "live_audio_mono", "live_audio_stereo", "sound_in", "sound_in_stereo"}
_PLAYERS = "_player"


class SonicPiPatches:
    """The patches of one installation; keeps the contract `trichord.score.sketch.Patches`.

    Safe for several processes at once: a file is written beside its place and renamed.

    Args:
        folder: Where synth patches lie; the user's cache by default.
        build: True renders the patch of a synth when it is first asked for (seconds, once);
            False leaves such synths to what the sketch plays instead.
        synthdefs: Folders of further compiled synth definitions.
        progress: Where a patch that is being made is told of.

    Raises:
        MissingProgramError: Sonic Pi is not installed.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        build: bool = True,
        synthdefs: Sequence[Path] = (),
        progress: Progress | None = None,
    ) -> None:
        self._installation = install.find()
        self._folder = folder or cache_folder("patches")
        self._build = build
        self._extra = tuple(synthdefs)
        self._definitions = SynthDefs([self._installation.synthdef_folder, *synthdefs])
        self._progress = progress
        self._synths: dict[str, SynthPatches | None] = {}
        self._samples = SamplePatches(GRID)

    @property
    def grid(self) -> BandGrid:
        """The grid of all patches."""
        return GRID

    def names(self) -> list[str]:
        """The synths of the installation."""
        found = (name.removeprefix(PREFIX) for name in self._installation.synthdefs())
        return sorted(name for name in found if _is_synth(name))

    def synth(self, name: str, note: float) -> Patch | None:
        """A synth at the rendered note that is nearest; None for one that cannot be had."""
        if name not in self._synths:
            self._synths[name] = self._load(name)
        synth = self._synths[name]
        return None if synth is None else synth.nearest(note)

    def sample(self, path: str, rate: float, start: float, finish: float) -> Patch | None:
        """A sound file, played at a rate from one part of its length to another."""
        return self._samples.played(path, rate, start, finish)

    def prepare(self, names: Iterable[str] | None = None) -> None:
        """Renders what is not in the cache: of these synths, or of all.

        Raises:
            MissingProgramError: scsynth or the sandbox is missing.
            InputError: the cache cannot be written.
        """
        wanted = list(dict.fromkeys(self.names() if names is None else names))
        missing = [name for name in wanted if self._known(name) and not self._path(name).exists()]
        if not missing:
            return
        task = self._progress.task("patches", len(missing)) if self._progress else None
        for name, patches in rendered(missing, self._definitions, self._extra, GRID):
            self._write(name, patches)
            self._synths.pop(name, None)
            if task:
                task.advance(name=name)

    def prepare_for(self, scores: Iterable[Score]) -> None:
        """Renders what these scores need and the cache lacks."""
        self.prepare(
            event.name for score in scores for event in score.events if event.kind == "synth"
        )

    def _known(self, name: str) -> bool:
        return _is_synth(name) and self._definitions.path(PREFIX + name) is not None

    def _load(self, name: str) -> SynthPatches | None:
        if not self._known(name):
            return None
        if not self._path(name).exists():
            if not self._build:
                return None
            if self._progress:
                self._progress.note(f"synth {name}: rendering its patch, once")
            self.prepare([name])
        return _read(self._path(name))

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}-{self._key(name)}.safetensors"

    @functools.lru_cache(maxsize=256)  # noqa: B019 - lives as long as the patches do
    def _key(self, name: str) -> str:
        """A hash of all that a patch depends on."""
        content = self._definitions.content(PREFIX + name) or b""
        said = json.dumps([RECIPE, self._installation.version, repr(GRID), list(NOTES)])
        return hashlib.sha256(said.encode() + content).hexdigest()[:16]

    def _write(self, name: str, patches: SynthPatches) -> None:
        path = self._path(name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            patches.write(path, _MEND)
            _bound(self._folder)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(f"{path}: cannot be written ({reason}): {_MEND}") from None


def _is_synth(name: str) -> bool:
    return not (name.startswith("fx_") or name.endswith(_PLAYERS) or name in _NOT_PLAYED)


def _read(path: Path) -> SynthPatches | None:
    """A file of the cache; one that cannot be read is put away, to be made again."""
    from safetensors import SafetensorError

    try:
        patches = SynthPatches.read(path)
    except (OSError, SafetensorError, KeyError, ValueError):
        with contextlib.suppress(OSError):
            path.unlink()
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    return patches


def _bound(folder: Path) -> None:
    """Removes what was used longest ago when there are too many."""
    files = sorted(folder.glob("*.safetensors"), key=lambda path: path.stat().st_mtime)
    for path in files[: max(len(files) - MOST_FILES, 0)]:
        path.unlink(missing_ok=True)
