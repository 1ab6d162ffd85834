"""Where Sonic Pi and the sound server live on this machine, and what they bring along.

Trichord plays programs with the user's own Sonic Pi: nothing of it is copied here. The layout is
that of the Debian packages (Sonic Pi 3.2); what is missing is named with the package to install.
"""

from __future__ import annotations

import functools
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from trichord.errors import MissingProgramError

RUNTIME = Path("/usr/lib/sonic-pi/app/server/ruby")
SHARED = Path("/usr/share/sonic-pi")
PLUGINS = Path("/usr/lib/SuperCollider/plugins")
PACKAGES = ("sonic-pi-server", "sonic-pi-samples", "supercollider-server", "sc3-plugins-server")

SAMPLE_SUFFIXES = (".wav", ".wave", ".aif", ".aiff", ".flac", ".ogg", ".oga")
"""File names that Sonic Pi takes for samples."""


@dataclass(frozen=True)
class Installation:
    """One installed Sonic Pi.

    Attributes:
        root: The folder of its Ruby runtime, with `core.rb` and `lib/`.
        shared: The folder of its examples, samples, synth definitions and buffers.
        version: As it calls itself, "3.2.2".
        ruby: The interpreter.
    """

    root: Path
    shared: Path
    version: str
    ruby: Path

    def examples(self) -> list[Path]:
        """The programs that come with Sonic Pi, in the order of their paths."""
        return sorted((self.shared / "examples").rglob("*.rb"))

    @property
    def synthdef_folder(self) -> Path:
        """The compiled synth definitions."""
        return self.shared / "synthdefs" / "compiled"

    @property
    def sample_folder(self) -> Path:
        """The samples that a program plays by name."""
        return self.shared / "samples"

    def samples(self) -> dict[str, Path]:
        """Name of each sample (`sample :bd_haus`) and its file."""
        return samples_in(self.sample_folder)

    def synthdefs(self) -> dict[str, Path]:
        """Name of each synth definition as scsynth knows it and its file."""
        return synthdefs_in(self.synthdef_folder)

    def effects(self) -> list[str]:
        """Names that `with_fx` takes."""
        prefix = "sonic-pi-fx_"
        return sorted(n.removeprefix(prefix) for n in self.synthdefs() if n.startswith(prefix))


@functools.cache
def find(root: Path = RUNTIME, shared: Path = SHARED) -> Installation:
    """The installed Sonic Pi, ready to make scores.

    Raises:
        MissingProgramError: Something is not there; the message names the packages.
    """
    needed = {
        "Sonic Pi's runtime": root / "core.rb",
        "its synth definitions": shared / "synthdefs" / "compiled" / "sonic-pi-beep.scsyndef",
        "its samples": shared / "samples" / "bd_haus.flac",
        "its random numbers": shared / "buffers" / "rand-stream.wav",
    }
    absent = [what for what, path in needed.items() if not path.exists()]
    ruby = shutil.which("ruby")
    if absent or ruby is None:
        names = ", ".join([*absent, *([] if ruby else ["ruby"])])
        raise MissingProgramError(f"{names} not found: apt-get install {' '.join(PACKAGES)} ruby")
    return Installation(root=root, shared=shared, version=_version(root), ruby=Path(ruby))


def require_scsynth() -> Path:
    """The sound server `scsynth`, with the plugins that some of Sonic Pi's synths need.

    Raises:
        MissingProgramError: It is not installed; the message names the packages.
    """
    program = shutil.which("scsynth")
    if program is None or not (PLUGINS / "MdaUGens.so").exists():
        missing = "scsynth" if program is None else "the plugins of sc3-plugins"
        raise MissingProgramError(
            f"{missing} not found: apt-get install supercollider-server sc3-plugins-server"
        )
    return Path(program)


def samples_in(folder: Path) -> dict[str, Path]:
    """Samples in a folder and below it, by the name that a program calls them."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.stem: path for path in files if path.suffix.lower() in SAMPLE_SUFFIXES}


def synthdefs_in(folder: Path) -> dict[str, Path]:
    """Compiled synth definitions in a folder, by name."""
    return {path.stem: path for path in sorted(folder.glob("*.scsyndef"))}


def _version(root: Path) -> str:
    text = (root / "lib" / "sonicpi" / "runtime.rb").read_text(encoding="utf-8")
    found = re.search(r"@version = Version\.new\((\d+), *(\d+), *(\d+)", text)
    return ".".join(found.groups()) if found else "unknown"
