"""What became of a program: its sound, its events, what it said, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from trichord.livecode.sonicpi.events import score_of
from trichord.livecode.sonicpi.recording import Cue, Notice, Print, ProgramError, Recording
from trichord.livecode.sonicpi.synthdefs import SynthDefs
from trichord.score import Score

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trichord.livecode.sonicpi.pcm import Level


@dataclass(frozen=True)
class Render:
    """What became of a program.

    Attributes:
        recording: What its run sent and said.
        errors: What stopped the program, or threads of it, or its sound; empty when all is well.
        wave: The bytes of a WAV file, 16 bits, stereo, 44100 Hz; None when no sound was made.
        cpu_seconds: Processor time of Ruby and scsynth.
    """

    recording: Recording
    errors: tuple[ProgramError, ...]
    wave: bytes | None = None
    cpu_seconds: float = 0.0
    _definitions: SynthDefs = field(default_factory=lambda: SynthDefs([]), repr=False)

    @cached_property
    def score(self) -> Score:
        """The events of the program."""
        return score_of(self.recording, self._definitions)

    @cached_property
    def audio(self) -> NDArray[np.float32] | None:
        """The sound, `[2, T]` at 44100 Hz within -1..1."""
        from trichord.livecode.sonicpi import pcm

        return None if self.wave is None else pcm.stereo(self.wave)

    @cached_property
    def render_hash(self) -> str | None:
        """SHA-256 of the samples: equal sounds have equal hashes."""
        from trichord.livecode.sonicpi import pcm

        return None if self.wave is None else pcm.digest(self.wave)

    @cached_property
    def level(self) -> Level | None:
        """Peak and root mean square, dBFS."""
        from trichord.livecode.sonicpi import pcm

        return None if self.wave is None else pcm.level(self.wave)

    @property
    def prints(self) -> tuple[Print, ...]:
        """Lines that the program printed."""
        return self.recording.prints

    @property
    def cues(self) -> tuple[Cue, ...]:
        """Cues that it gave."""
        return self.recording.cues

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What it asked for and cannot have offline."""
        return self.recording.notices

    @property
    def refused(self) -> bool:
        """Whether the program was not run at all, or could not be read."""
        return any(error.kind in ("refused", "syntax") for error in self.errors)
