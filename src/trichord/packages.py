"""The Python packages that this project's own metadata ask for, and the extras that bring them."""

from __future__ import annotations

import importlib.metadata
import re

from trichord.errors import MissingProgramError

_NAMED_OTHERWISE = {"fluidsynth": "pyfluidsynth", "sklearn": "scikit-learn", "umap": "umap-learn"}
"""A module -> its package, where they differ by more than a dash."""


def requirements() -> dict[str, tuple[str, ...]]:
    """A package -> the extras that ask for it, `""` being the run time itself."""
    found: dict[str, tuple[str, ...]] = {}
    for requirement in importlib.metadata.requires("trichord") or []:
        name = re.match(r"[\w.-]+", requirement)
        extra = re.search(r"extra == ['\"](\w+)['\"]", requirement)
        if name is not None and name[0] != "trichord":  # an extra may ask for other extras
            found[name[0]] = (*found.get(name[0], ()), extra[1] if extra else "")
    return found


def install_command(extra: str) -> str:
    """What brings the packages of an extra."""
    return f"pip install 'trichord[{extra}]'" if extra else "pip install trichord"


def named(error: ModuleNotFoundError, verb: str) -> MissingProgramError | None:
    """What to tell a user whose command met a package that is not installed.

    Args:
        error: what Python said.
        verb: the first word of the command; where several extras bring the package, the one of
            that name is told.

    Returns:
        None where the module is of no package that the project asks for: that is a bug of ours.
    """
    module = (error.name or "").split(".")[0]
    package = _NAMED_OTHERWISE.get(module, module.replace("_", "-"))
    extras = requirements().get(package)
    if not extras:
        return None
    extra = verb if verb in extras else extras[0]
    return MissingProgramError(f"{package} is not installed: {install_command(extra)}")
