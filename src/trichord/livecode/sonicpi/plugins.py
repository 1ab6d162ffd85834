"""Which of scsynth's plugins hold the unit generators that some synth definitions need.

scsynth loads every plugin in the folders that it is given, and with all that Debian installs this
is a quarter of the work for a short score. Here it is given a folder with links to a few.
"""

from __future__ import annotations

import functools
from collections.abc import Collection
from pathlib import Path

from trichord.livecode.sonicpi.install import PLUGINS

# SuperCollider's own plugins. They are asked first: a name like `LPF` also stands, as a part of
# other names, in plugins of other makers.
_OWN = (
    *("BinaryOpUGens", "ChaosUGens", "DelayUGens", "DemandUGens", "DynNoiseUGens", "FFT_UGens"),
    *("FilterUGens", "GendynUGens", "GrainUGens", "IOUGens", "LFUGens", "MulAddUGens"),
    *("NoiseUGens", "OscUGens", "PanUGens", "PhysicalModelingUGens", "PV_ThirdParty"),
    *("ReverbUGens", "TriggerUGens", "UnaryOpUGens", "UnpackFFTUGens"),
)

# Disk, screen and foreign plugins: none belongs into a score, and the thread that the first one
# starts does not survive a fork. The others are built for another server.
_NEVER = ("DiskIO_UGens", "UIUGens", "LadspaUGen")
_OTHER_SERVER = "_supernova"


def plugins_for(units: Collection[str], folder: Path = PLUGINS) -> list[Path]:
    """The fewest plugins of which one can be sure that they hold all these unit generators.

    A plugin's file has the names of its unit generators as zero-ended texts. A name that several
    files have is taken from all of SuperCollider's own among them.

    Args:
        units: Names of unit generators; those built into scsynth may be among them.
        folder: Where all plugins are.
    """
    # The score's own synth for the seed of the noise needs this one.
    return list(_plugins_for(frozenset({*units, "RandSeed"}), folder))


@functools.cache
def _plugins_for(units: frozenset[str], folder: Path) -> tuple[Path, ...]:
    own = [folder / f"{name}.so" for name in _OWN if (folder / f"{name}.so").is_file()]
    chosen, missing = _holding(own, units)
    if missing:
        chosen += _holding(_foreign(folder), missing)[0]
    return tuple(chosen)


def _foreign(folder: Path) -> list[Path]:
    others = sorted(path for path in folder.glob("*.so") if path.stem not in (*_OWN, *_NEVER))
    return [path for path in others if not path.stem.endswith(_OTHER_SERVER)]


def _holding(plugins: list[Path], units: Collection[str]) -> tuple[list[Path], set[str]]:
    """The plugins that have any of the names, and the names that none has."""
    chosen: list[Path] = []
    missing = set(units)
    for plugin in plugins:
        content = plugin.read_bytes()
        held = {unit for unit in units if unit.encode() + b"\0" in content}
        if held:
            chosen.append(plugin)
            missing -= held
    return chosen, missing


def link(plugins: list[Path], folder: Path) -> Path:
    """Fills an empty folder with links to plugins; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    for plugin in plugins:
        (folder / plugin.name).symlink_to(plugin)
    return folder
