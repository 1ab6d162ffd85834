"""The guard: a program is read, not run, and refused where it could do more than make sound.

It works by allow-lists: kinds of syntax, functions, methods, constants. Whatever it does not know
it refuses, with line and column, what, and why. It is the first of several layers (docs/safety.md).
"""

from trichord.livecode.sonicpi.guard.check import check, findings
from trichord.livecode.sonicpi.guard.refusal import Refusal, RefusedProgram

__all__ = ["Refusal", "RefusedProgram", "check", "findings"]
