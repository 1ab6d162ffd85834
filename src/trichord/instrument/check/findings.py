"""What a check finds: one line for the fault, one for the mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["failure", "warning"]


@dataclass(frozen=True)
class Finding:
    """A fault of a zone, of a key, or of the whole instrument."""

    severity: Severity
    rule: str
    """tuning, octave, onset, peak, dc, tail, loop, loudness, brightness, timbre, keys, sample…"""
    where: str
    """The zone or the key that it was found at."""
    message: str
    """What was measured."""
    mend: str
    """What to do about it."""

    def __str__(self) -> str:
        return f"{self.where}: {self.message}: {self.mend}"


def failure(rule: str, where: str, message: str, mend: str) -> Finding:
    """A fault that makes the check fail."""
    return Finding("failure", rule, where, message, mend)


def warning(rule: str, where: str, message: str, mend: str) -> Finding:
    """Something to look at; the check passes."""
    return Finding("warning", rule, where, message, mend)
