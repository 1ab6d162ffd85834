"""The process that runs a stranger's program: bubblewrap around it, a system-call filter, limits.

Inside are the system's programs and libraries (read only), the folders named by the caller (read
only), one writable folder, an empty /tmp and an empty home. There is no network, no other process,
no capability and no variable of the user's environment.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trichord.errors import InputError, MissingProgramError
from trichord.livecode.sonicpi import seccomp

# What Ruby, scsynth and the dynamic linker read of the system. /etc itself stays outside.
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d")
_HOME = "/home/player"
_TMP_BYTES = 64 * 2**20

# Ruby reads the stack sizes of its fibers from here: without them recursion past about 600 fails.
ENVIRONMENT = {
    "HOME": _HOME,
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "RUBY_FIBER_MACHINE_STACK_SIZE": "2097152",
    "RUBY_FIBER_VM_STACK_SIZE": "1048576",
    "TMPDIR": "/tmp",  # noqa: S108 - the sandbox's own
    "TZ": "UTC",
}

_FILTER_NUMBER = 9


class SandboxError(InputError):
    """This system does not let bubblewrap run; the message says what to change."""


@dataclass(frozen=True)
class Limits:
    """What one program may use before it is stopped.

    Attributes:
        cpu_seconds: Processor time of the process.
        memory_bytes: Address space of the process.
        file_bytes: Size of the largest file that it may write.
        processes: Processes and threads of the user (the kernel exempts root).
        open_files: Open file descriptors.
        wall_seconds: Real time until it is killed from outside.
        messages: Messages in the score.
    """

    cpu_seconds: int = 20
    memory_bytes: int = 1536 * 2**20
    file_bytes: int = 256 * 2**20
    processes: int = 64
    open_files: int = 256
    wall_seconds: float = 60.0
    messages: int = 200_000


def sandboxed(
    argv: Sequence[str],
    *,
    writable: Path,
    readable: Sequence[Path] = (),
    limits: Limits | None = None,
) -> list[str]:
    """The command line that runs `argv` inside the sandbox; nothing is started here.

    The inner program ends with the *thread* that started it (bubblewrap's `--die-with-parent`):
    start it from a thread that lives as long as it shall.

    Args:
        argv: The program and its arguments, as seen from inside.
        writable: The one folder that may be written, at the same path inside as outside.
        readable: Further files and folders, read only, at the same paths.
        limits: Limits of the operating system for the program and its children; None sets none.
    """
    bwrap = shutil.which("bwrap") or "bwrap"
    inner = argv if limits is None else limited(argv, limits)
    command = [bwrap, *_isolation(), *_filesystem(writable, readable), "--", *inner]
    # The shell opens the filter and becomes bubblewrap. Its environment is empty, since /proc
    # inside would show that of bubblewrap itself.
    script = f'exec /usr/bin/env -i PATH=/usr/bin:/bin "$@"{_redirection()}'
    return ["/bin/sh", "-c", script, "sandbox", *command]


def limited(argv: Sequence[str], limits: Limits) -> list[str]:
    """The command line that runs `argv` under the operating system's limits, sandbox or not."""
    script = "; ".join([*_ulimits(limits), 'exec "$@"'])
    return ["/bin/sh", "-c", script, "limits", *argv]


@functools.cache
def require_sandbox() -> None:
    """Make sure that the sandbox runs here.

    Raises:
        MissingProgramError: bubblewrap is not installed.
        SandboxError: The system forbids it.
    """
    if shutil.which("bwrap") is None:
        raise MissingProgramError(
            "bwrap is not installed, so a program cannot be run safely: apt-get install bubblewrap"
        )
    with tempfile.TemporaryDirectory() as folder:
        command = sandboxed(["/usr/bin/true"], writable=Path(folder))
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise SandboxError(
            f"bubblewrap cannot run here ({reason}): allow user namespaces (sysctl "
            "kernel.unprivileged_userns_clone=1, on Ubuntu "
            "kernel.apparmor_restrict_unprivileged_userns=0), or pass --unsafe for programs that "
            "you trust"
        )


def _isolation() -> list[str]:
    words = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    words += ["--hostname", "sandbox", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        words += ["--setenv", name, value]
    return [*words, *(["--seccomp", str(_FILTER_NUMBER)] if seccomp.supported() else [])]


def _filesystem(writable: Path, readable: Sequence[Path]) -> list[str]:
    words: list[str] = []
    for name in _SYSTEM:
        path = Path(name)
        if path.is_symlink():
            words += ["--symlink", os.fspath(path.readlink()), name]
        elif path.exists():
            words += ["--ro-bind", name, name]
    for name in _ETC:
        words += ["--ro-bind-try", name, name]
    words += ["--proc", "/proc", "--dev", "/dev", *_tmpfs("/tmp"), *_tmpfs(_HOME)]  # noqa: S108
    for path in readable:
        place = os.path.abspath(path)  # noqa: PTH100 - a symlink keeps its own name
        words += ["--ro-bind", place, place]
    place = os.path.abspath(writable)  # noqa: PTH100
    words += ["--bind", place, place, "--chdir", place]
    # The roots of the file systems that bubblewrap makes would be writable for the user.
    return [*words, *_tmpfs("/dev/shm"), "--remount-ro", "/dev", "--remount-ro", "/"]  # noqa: S108


def _tmpfs(place: str) -> list[str]:
    return [*(["--size", str(_TMP_BYTES)] if _knows_size() else []), "--tmpfs", place]


@functools.cache
def _knows_size() -> bool:
    """Whether this bubblewrap can limit a temporary folder (0.7 and later)."""
    try:
        done = subprocess.run(
            ["bwrap", "--help"], capture_output=True, text=True, timeout=30, check=False
        )
    except OSError:
        return False
    return "--size" in done.stdout + done.stderr


def _ulimits(limits: Limits) -> list[str]:
    words = [
        "ulimit -c 0",
        f"ulimit -t {limits.cpu_seconds}",
        f"ulimit -v {limits.memory_bytes // 1024}",
        f"ulimit -f {limits.file_bytes // 512}",
        f"ulimit -n {limits.open_files}",
    ]
    if _counts_processes_per_namespace():  # named -u by bash and -p by dash
        words.append(f"ulimit -u {limits.processes} 2>/dev/null || ulimit -p {limits.processes}")
    return words


def _counts_processes_per_namespace() -> bool:
    """Linux 5.14 and later; before, the limit would count all processes of the user."""
    major, minor = (int(part) for part in re.findall(r"\d+", os.uname().release)[:2])
    return (major, minor) >= (5, 14)


def _redirection() -> str:
    return f" {_FILTER_NUMBER}<{_filter_path()}" if seccomp.supported() else ""


def _filter_path() -> str:
    """The filter as a file in memory, which the shell opens through this process's /proc."""
    return f"/proc/{os.getpid()}/fd/{_filter_file()}"


@functools.cache
def _filter_file() -> int:
    number = os.memfd_create("trichord-seccomp")
    os.write(number, seccomp.sandbox_filter())
    return number
