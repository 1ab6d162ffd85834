"""The options of `trichord clip`, and what can be told wrong of them before a model is loaded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from trichord.errors import InputError
from trichord.instrument.prompt import check_prompt

LONGEST_SECONDS = 10.0
"""What the shipped model has learned; a model of shorter clips says so itself."""
SHORTEST_SECONDS = 0.5
STDOUT = "-"


@dataclass(frozen=True)
class ClipOptions:
    """Makes a clip of sound of a sentence, of a program's or a recording's sound, or of both."""

    out: str
    """The WAV to write; `-` streams it to stdout as it is made."""
    prompt: tyro.conf.Positional[str] = ""
    """The sound in words, such as "slow dark dub with a deep bass"."""
    from_: Annotated[Path | None, tyro.conf.arg(name="from")] = None
    """A recording to sound like, alone or beside a prompt."""
    from_code: Path | None = None
    """A Sonic Pi program to sound like, alone or beside a prompt; it is read, not copied."""
    seconds: float = 10.0
    """Length, 0.5 to 10."""
    seed: int = 7
    """The same seed gives the same sound."""
    guidance: float = 3.0
    """How strictly the wish is followed; 1 is no extra guidance, and half the work."""
    temperature: float = 0.9
    """Below 1 likelier sounds, above 1 stranger ones."""
    weights: Path | None = None
    """Folder with the models `general` and `clip_lm`; the package's own where it is not given."""
    json: bool = False
    """Say what was made as one JSON object; on stderr where the sound goes to stdout."""

    @property
    def to_stdout(self) -> bool:
        """Whether the sound is streamed."""
        return self.out == STDOUT


def check_options(options: ClipOptions) -> str:
    """The prompt as it is read, "" where there is none.

    Raises:
        InputError: an option that no clip can be made by; one line with the mend.
    """
    if not SHORTEST_SECONDS <= options.seconds <= LONGEST_SECONDS:
        raise InputError(
            f"--seconds {options.seconds:g}: use {SHORTEST_SECONDS:g} to {LONGEST_SECONDS:g}, "
            "which is what the model has learned"
        )
    if not 0 <= options.seed < 2**31:
        raise InputError(f"--seed {options.seed}: use 0 to {2**31 - 1}")
    if not (math.isfinite(options.guidance) and 0 <= options.guidance <= 20):
        raise InputError(f"--guidance {options.guidance:g}: use 0 to 20")
    if not (math.isfinite(options.temperature) and 0 <= options.temperature <= 2):
        raise InputError(f"--temperature {options.temperature:g}: use 0 to 2")
    if options.from_ is not None and options.from_code is not None:
        raise InputError("give one of --from and --from-code: leave the other out")
    if not options.to_stdout:
        _check_place(Path(options.out))
    starts_from_sound = options.from_ is not None or options.from_code is not None
    if starts_from_sound and not options.prompt.strip():
        return ""
    return check_prompt(options.prompt)


def _check_place(out: Path) -> None:
    if out.suffix.lower() != ".wav":
        raise InputError(f"--out {out}: name a file that ends in .wav, or - for stdout")
    if out.is_dir():
        raise InputError(f"--out {out}: is a folder: name a file in it")
    if not out.parent.is_dir():
        raise InputError(f"--out {out}: its folder does not exist: make it first")
    if out.exists() and not out.is_file():
        raise InputError(f"--out {out}: is no ordinary file: name another one")
