"""The few ways in which a command can end badly, each with its exit code.

Every message is one line that names the file, field or value and the mend; the command line prints
it as it is. Nothing else should reach a user: any other exception is a bug of ours.
"""

from __future__ import annotations


class TrichordError(Exception):
    """Base of everything that a user may meet; `exit_code` is what the command returns."""

    exit_code = 1


class InputError(TrichordError, ValueError):
    """The user's input is wrong: a file, a field or a value, named in the message with the mend."""

    exit_code = 2


class MissingProgramError(TrichordError, RuntimeError):
    """A needed program or package is missing; the message names the package to install."""

    exit_code = 3
