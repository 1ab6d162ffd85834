"""Runs beside Trichord, inside the sandbox: scsynth's own library, loaded once, forked per score.

Starting `scsynth -N` costs about 70 ms before the first sample (linking, FFT plans, plugins): as
much as a short score itself. Here this is done once, and each score is played by a fork of the
process that has done it: the same library, the same calls as scsynth's own main function, the same
bytes. This file is started as a script with nothing but the standard library at hand:

    python -I -S synth_host.py PLUGIN_FOLDER FILTER

The filter of system calls (see `seccomp.py`, in base 64, empty for none) is put on each fork.

Each line on stdin is a job, a JSON object (`score`, `wave` and `log` are files, `rate` in Hz, and
the limits `cpu_seconds`, `wall_seconds`, `memory_bytes`, `file_bytes`); each line on stdout its
answer: `code` (0, or minus the signal that ended it) and `cpu_seconds`. The end of stdin ends it.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import resource
import signal
import struct
import sys
from typing import Any

LIBRARY = "libscsynth.so.1"

# What scsynth's options are for a score: no input, stereo out, as many nodes and buffers as Sonic
# Pi asks for, more room for both than a program needs. None of it changes what is heard.
NODES = 4096
BUFFERS = 4096
MEMORY_KB = 131072
AUDIO_BUSES = 1024
CONTROL_BUSES = 16384
BLOCK = 64

_PARENT_DEATH = 1  # PR_SET_PDEATHSIG
_DUMPABLE = 4  # PR_SET_DUMPABLE
_NO_NEW_PRIVILEGES = 38  # PR_SET_NO_NEW_PRIVS
_SECCOMP, _FILTER_MODE = 22, 2  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
_OWN_PID = b"PID!"  # seccomp.OWN_PID: where the filter wants the number of this process


class FilterProgram(ctypes.Structure):
    """`struct sock_fprog` of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


class WorldOptions(ctypes.Structure):
    """`struct WorldOptions` of SuperCollider's SC_WorldOptions.h, the same from 3.9 to 3.14."""

    _fields_ = (
        ("password", ctypes.c_char_p),
        ("buffers", ctypes.c_uint32),
        ("logins", ctypes.c_uint32),
        ("nodes", ctypes.c_uint32),
        ("definitions", ctypes.c_uint32),
        ("wires", ctypes.c_uint32),
        ("audio_buses", ctypes.c_uint32),
        ("inputs", ctypes.c_uint32),
        ("outputs", ctypes.c_uint32),
        ("control_buses", ctypes.c_uint32),
        ("block", ctypes.c_uint32),
        ("memory_kb", ctypes.c_uint32),
        ("shared_controls", ctypes.c_int),
        ("shared_control_values", ctypes.c_void_p),
        ("real_time", ctypes.c_bool),
        ("memory_locking", ctypes.c_bool),
        ("score", ctypes.c_char_p),
        ("input_file", ctypes.c_char_p),
        ("wave", ctypes.c_char_p),
        ("header_format", ctypes.c_char_p),
        ("sample_format", ctypes.c_char_p),
        ("rate", ctypes.c_uint32),
        ("random_generators", ctypes.c_uint32),
        ("hardware_block", ctypes.c_uint32),
        ("load_definitions", ctypes.c_uint32),
        ("input_streams", ctypes.c_char_p),
        ("output_streams", ctypes.c_char_p),
        ("input_device", ctypes.c_char_p),
        ("verbosity", ctypes.c_int),
        ("rendezvous", ctypes.c_bool),
        ("plugins", ctypes.c_char_p),
        ("output_device", ctypes.c_char_p),
        ("restricted_path", ctypes.c_char_p),
        ("shared_memory", ctypes.c_int),
        ("room_for_more", ctypes.c_char * 256),  # a later version may read on
    )


class Synth:
    """The library with its plugins loaded."""

    def __init__(self, plugins: str) -> None:
        self._plugins = plugins
        self._library = ctypes.CDLL(LIBRARY)
        self._library.World_New.restype = ctypes.c_void_p
        self._library.World_NonRealTimeSynthesis.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        self._library.World_Cleanup.argtypes = [ctypes.c_void_p, ctypes.c_bool]
        # The first world loads the plugins; taking it down joins its thread and keeps them.
        world = self._library.World_New(ctypes.byref(self._options("", "", 44100)))
        self._library.World_Cleanup(world, False)

    def play(self, score: str, wave: str, rate: int) -> None:
        """Plays a score into a WAV of 16 bits; once per process."""
        options = self._options(score, wave, rate)
        world = self._library.World_New(ctypes.byref(options))
        self._library.World_NonRealTimeSynthesis(world, ctypes.byref(options))

    def _options(self, score: str, wave: str, rate: int) -> WorldOptions:
        return WorldOptions(
            buffers=BUFFERS,
            logins=64,
            nodes=NODES,
            definitions=1024,
            wires=64,
            audio_buses=AUDIO_BUSES,
            outputs=2,
            control_buses=CONTROL_BUSES,
            block=BLOCK,
            memory_kb=MEMORY_KB,
            score=os.fsencode(score),
            wave=os.fsencode(wave),
            header_format=b"WAV",
            sample_format=b"int16",
            rate=rate,
            random_generators=64,
            verbosity=-1,
            plugins=os.fsencode(self._plugins),
        )


def main() -> None:
    """Takes jobs until there are no more."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PARENT_DEATH, signal.SIGKILL)
    # A fork that a score has taken over cannot write into the memory of this process.
    libc.prctl(_DUMPABLE, 0, 0, 0, 0)
    steps = base64.b64decode(sys.argv[2])
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # The library prints; only answers may go out.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    synth = Synth(sys.argv[1])
    libc.fflush(None)
    for line in sys.stdin:
        answers.write(json.dumps(_fork(synth, json.loads(line), libc, steps)) + "\n")
        answers.flush()
    # A clean exit of the interpreter would unload what the plugins still use.
    os._exit(0)


def _fork(synth: Synth, job: dict[str, Any], libc: ctypes.CDLL, steps: bytes) -> dict[str, float]:
    child = os.fork()
    if child == 0:
        try:
            _confine(job)
            libc.prctl(_PARENT_DEATH, signal.SIGKILL)
            _give_up_rights(libc, steps)
            synth.play(job["score"], job["wave"], job["rate"])
            libc.fflush(None)
        finally:
            os._exit(0 if sys.exc_info()[0] is None else 1)
    _, status, usage = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return {"code": code, "cpu_seconds": usage.ru_utime + usage.ru_stime}


def _confine(job: dict[str, Any]) -> None:
    """Limits of the system, a clock that ends it, and the log as its only output."""
    log = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.closerange(3, 64)
    # Python ignores this one; here it says that the file became too large.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, job["wall_seconds"])
    cpu = job["cpu_seconds"]
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))  # a signal with a name comes first
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind, name in (
        (resource.RLIMIT_AS, "memory_bytes"),
        (resource.RLIMIT_FSIZE, "file_bytes"),
    ):
        resource.setrlimit(kind, (job[name], job[name]))


def _give_up_rights(libc: ctypes.CDLL, steps: bytes) -> None:
    """Puts the filter on; from here on there is no new process, no signal and no socket."""
    if not steps:
        return
    own = steps.replace(_OWN_PID, struct.pack("=I", os.getpid()))
    program = FilterProgram(len(own) // 8, own)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if libc.prctl(_SECCOMP, _FILTER_MODE, ctypes.byref(program), 0, 0) != 0:
        raise OSError("the system takes no filter of system calls")


if __name__ == "__main__":
    main()
