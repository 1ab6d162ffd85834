"""The command line: verbs only. Each verb's options and work stand in the room that it comes from.

A verb's room is imported when the verb is called and not before, so `trichord --help` is quick.
Results go to stdout, everything else to stderr; exit codes are 0 done, 1 a check failed, 2 the
input is wrong, 3 a needed program is missing, 130 stopped by the user.
"""

from __future__ import annotations

import errno
import importlib
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trichord import __version__
from trichord.errors import InputError, TrichordError

FULL_OR_FORBIDDEN = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS)
"""What the system says of a full or unwritable place: the user's to mend, no bug of ours."""

EPILOG = """\
`trichord VERB --help` tells a verb's options. Exit codes: 0 done, 1 a check failed,
2 the input is wrong, 3 a needed program is missing. MIDI 60 is C4."""


@dataclass(frozen=True)
class Verb:
    """One command: what the help says of it, and what it does with the words after it."""

    summary: str
    run: Callable[[Sequence[str], str], int]
    """Takes the words after the verb and the words up to it; returns the exit code."""


def _verb(place: str, summary: str) -> Verb:
    """A verb whose work is `file.function` of `trichord.verbs`, imported when it is called."""

    def run(words: Sequence[str], prog: str) -> int:
        file, name = place.split(".")
        return getattr(importlib.import_module(f"trichord.verbs.{file}"), name)(words, prog)

    return Verb(summary, run)


VERBS: dict[str, Verb] = {
    "make": _verb("sounds.make", "a sentence, or a recording of one note, becomes an instrument"),
    "clip": _verb("sounds.clip", "a sentence, a program, or a recording becomes a clip of sound"),
    "check": _verb("sounds.check", "measure any SFZ instrument: tuning, loudness, loops, velocity"),
    "render": _verb("sounds.render", "play a Sonic Pi program offline, to a WAV or to its events"),
    "rank": _verb(
        "sounds.rank", "which programs, samples, instruments sound as wanted, or differ most"
    ),
    "search": _verb("sounds.search", "find programs, samples, instruments in a folder by sound"),
    "data soundfont": _verb("data.soundfont", "play SoundFonts into a corpus of notes"),
    "data nsynth": _verb("data.nsynth", "import an NSynth folder (json-wav) as a corpus of notes"),
    "data sfz": _verb("data.sfz", "import an SFZ instrument as a corpus of notes"),
    "data template": _verb("data.template", "make a template with typed holes from a program"),
    "data programs": _verb("data.programs", "render Sonic Pi programs into a corpus of clips"),
    "data vary": _verb("data.vary", "add treated variants of a corpus's training instruments"),
    "train codec": _verb("train.codec", "train a codec: of notes, or (--kind general) of clips"),
    "train space": _verb("train.space", "train the joint space of text and sound"),
    "train align": _verb("train.align", "train the space of clips, and the refiner of sketches"),
    "train code": _verb("train.code", "train the tower that tells a program's sound from its text"),
    "train motion": _verb("train.motion", "train how a codec's notes move"),
    "train judge": _verb("train.judge", "train the judge of captions that scores made sound"),
    "train tagger": _verb("train.tagger", "train the tagger of notes that scores made sound"),
    "train lm": _verb("train.lm", "train the language model over codec tokens"),
    "train clip": _verb("train.clip", "train the language model over tokens of clips"),
    "study conditioning": _verb("studies.conditioning", "the conditioning schemes of instruments"),
    "study clip": _verb("studies.clip", "the general codec and made clips, on what is held out"),
    "study spine": _verb("studies.spine", "measure the shipped models on what they never heard"),
    "study regularisation": _verb("studies.regularisation", "similarity of states to the text's"),
    "study exactness": _verb("studies.exactness", "our Sonic Pi scores beside the real server's"),
    "study sonicpi": _verb("studies.sonicpi", "measure the offline renderer and its corpus"),
    "study alignment": _verb("studies.alignment", "does code, or a score, tell how it will sound?"),
    "study lm": _verb("studies.lm", "how fast the language model draws and learns"),
    "doctor": _verb("sounds.doctor", "what is installed, what is missing, how to get it"),
}


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    words = list(sys.argv[1:] if words is None else words)
    try:
        return _dispatch(words)
    except TrichordError as error:
        return _fail(str(error), error.exit_code)
    except ModuleNotFoundError as error:
        from trichord import packages

        told = packages.named(error, words[0])
        if told is None:
            raise
        return _fail(str(told), told.exit_code)
    except KeyboardInterrupt:
        again = "the same command completes what is left"
        return _fail(f"stopped; {again}", 128 + signal.SIGINT)
    except BrokenPipeError:
        # The reader (`head`, a closed pager) has left: nobody is there to tell, and Python's own
        # flush at exit must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except OSError as error:
        if error.errno not in FULL_OR_FORBIDDEN:
            raise
        where = error.filename or "the output"
        return _fail(f"{where}: {error.strerror}; name a place that can be written", 2)


def _dispatch(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        sys.stdout.write(help_text())
        return 0 if words else 2
    if words[0] == "--version":
        sys.stdout.write(f"trichord {__version__}\n")
        return 0
    for length in (2, 1):
        name = " ".join(words[:length])
        if name in VERBS:
            return VERBS[name].run(words[length:], f"trichord {name}")
    group = sorted(name for name in VERBS if name.startswith(f"{words[0]} "))
    if group and words[1:2] in ([], ["-h"], ["--help"]):
        sys.stdout.write(help_text(words[0]))
        return 0 if words[1:] else 2
    known = ", ".join(group or VERBS)
    raise InputError(f"{' '.join(words[: 2 if group else 1])}: no such command; known are {known}")


def help_text(group: str | None = None) -> str:
    """The table of the verbs, or of those that begin with `group`."""
    names = [name for name in VERBS if group is None or name.startswith(f"{group} ")]
    width = max(map(len, names))
    rows = [f"  {name:<{width}}  {VERBS[name].summary}" for name in names]
    title = "A sentence or a one-shot recording in, a playable instrument out."
    usage = f"usage: trichord {f'{group} ' if group else ''}VERB ..."
    return "\n".join([usage, "", title, "", *rows, "", EPILOG, ""])


def _fail(message: str, code: int) -> int:
    # Bars and tables may stand on the line; the message is one line whatever it was made from.
    sys.stderr.write(f"trichord: {' '.join(message.split())}\n")
    return code
