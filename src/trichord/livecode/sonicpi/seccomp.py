"""Filters of system calls, assembled by hand as classic BPF: what a process may ask the kernel.

Three programs, all deny-lists over an otherwise confined process (namespaces, no capabilities):

- `sandbox_filter` goes to bubblewrap: no tracing, mounting, new namespaces, keyrings, io_uring,
  and no sockets but local ones;
- `program_filter` is laid on top by the worker's child that runs one user program: it starts no
  process, signals nobody, opens no file for writing, makes no socket, changes no limit;
- `synth_filter` is the same for scsynth, which opens its own files.

Source: `Documentation/userspace-api/seccomp_filter.rst` and `linux/filter.h` of the Linux kernel.
"""

from __future__ import annotations

import errno
import os
import platform
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from trichord.livecode.sonicpi.syscalls import NEWEST, NUMBERS

# linux/filter.h: load a word, jump if equal / greater / any bit, return.
_LOAD, _EQUAL, _GREATER, _BITS, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
# machine -> (AUDIT_ARCH_…, column of NUMBERS)
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

_NEW_NAMESPACES = 0x7E020080  # CLONE_NEWNS | CGROUP | UTS | IPC | USER | PID | NET | TIME
_CLONE_THREAD = 0x00010000
_WRITING = os.O_ACCMODE | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: typing into somebody else's terminal
# Stands in `program_filter` for the process that loads it, which puts its own number there.
OWN_PID = 0x21444950  # the bytes "PID!" in memory
_SIGNAL_OWNERS = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: signals by way of a file


@dataclass(frozen=True)
class Rule:
    """Refuse the system call `name` with `error`, always or by the low word of one argument.

    Attributes:
        name: A key of `syscalls.NUMBERS`.
        error: The `errno` that the caller sees.
        argument: Which argument (0-5) decides; None refuses every call.
        test: "equal" refuses where the argument is `value`, "unequal" where it is not,
            "bits" where it has any bit of `value`, "no bits" where it has none.
        value: What the argument is compared with.
    """

    name: str
    error: int = errno.EPERM
    argument: int | None = None
    test: str = "equal"
    value: int = 0


def _names(text: str, error: int = errno.EPERM) -> tuple[Rule, ...]:
    return tuple(Rule(name, error) for name in text.split())


SANDBOX_RULES: tuple[Rule, ...] = (
    *_names("ptrace process_vm_readv process_vm_writev process_madvise pidfd_getfd kcmp"),
    *_names("mount umount2 pivot_root chroot unshare setns open_tree move_mount fsopen fsconfig"),
    *_names("fsmount fspick mount_setattr open_by_handle_at name_to_handle_at fanotify_init"),
    *_names("keyctl add_key request_key bpf perf_event_open userfaultfd"),
    *_names("init_module finit_module delete_module kexec_load kexec_file_load swapon swapoff"),
    *_names("reboot acct quotactl quotactl_fd syslog settimeofday clock_settime clock_adjtime"),
    *_names("adjtimex iopl ioperm modify_ldt lookup_dcookie move_pages migrate_pages vhangup"),
    *_names("uselib personality nfsservctl"),
    # "No such call": C libraries then fall back to calls whose arguments can be seen here.
    *_names("clone3 io_uring_setup io_uring_enter io_uring_register", errno.ENOSYS),
    Rule("clone", argument=0, test="bits", value=_NEW_NAMESPACES),
    Rule("socket", errno.EAFNOSUPPORT, argument=0, test="unequal", value=1),  # AF_UNIX
    *(Rule("ioctl", argument=1, value=request) for request in _TERMINAL_INPUT),
)

PROGRAM_RULES: tuple[Rule, ...] = (
    *_names("fork vfork execve execveat socket socketpair bind connect listen accept accept4"),
    *_names("kill tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_send_signal"),
    *_names("process_mrelease creat truncate ftruncate fallocate rename renameat renameat2"),
    *_names("unlink unlinkat rmdir mkdir mkdirat mknod mknodat link linkat symlink symlinkat"),
    *_names("chmod fchmod fchmodat chown fchown lchown fchownat utime utimes utimensat futimesat"),
    *_names("setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr flock"),
    *_names("shmget shmat semget semop semtimedop msgget msgsnd msgrcv mq_open mq_unlink"),
    *_names("memfd_create memfd_secret setpriority ioprio_set sched_setaffinity"),
    *_names("sched_setscheduler sched_setparam sched_setattr setrlimit setsid setpgid"),
    *_names("inotify_init inotify_init1"),
    *_names("openat2", errno.ENOSYS),
    Rule("clone", argument=0, test="no bits", value=_CLONE_THREAD),
    Rule("open", argument=1, test="bits", value=_WRITING),
    Rule("openat", argument=2, test="bits", value=_WRITING),
    *(Rule("fcntl", argument=1, value=command) for command in _SIGNAL_OWNERS),
    Rule("prlimit64", argument=0, test="unequal", value=0),  # nobody else's limits
    Rule("tgkill", argument=0, test="unequal", value=OWN_PID),  # Ruby signals its own threads
)

# scsynth opens the file of its sound by name; all else is refused to it as to a program.
SYNTH_RULES: tuple[Rule, ...] = tuple(
    rule
    for rule in PROGRAM_RULES
    if rule.name not in ("open", "openat", "creat", "ftruncate", "flock")
)


def supported(machine: str | None = None) -> bool:
    """Whether filters can be assembled for this machine (x86-64 and AArch64)."""
    return (machine or platform.machine()) in _MACHINES


def sandbox_filter(machine: str | None = None) -> bytes:
    """The filter of everything inside the sandbox, as bubblewrap's `--seccomp` reads it."""
    return assemble(SANDBOX_RULES, machine or platform.machine())


def program_filter(machine: str | None = None) -> bytes:
    """The filter of the child that runs one user program, on top of `sandbox_filter`."""
    return assemble(PROGRAM_RULES, machine or platform.machine())


def synth_filter(machine: str | None = None) -> bytes:
    """The filter of the process that plays one score with scsynth's library."""
    return assemble(SYNTH_RULES, machine or platform.machine())


def assemble(rules: Iterable[Rule], machine: str) -> bytes:
    """The BPF program of `rules`: 8 bytes an instruction (code, two jumps, a 32-bit operand)."""
    audit, column = _MACHINES[machine]
    program = [
        _op(_LOAD, _ARCHITECTURE),
        _op(_EQUAL, audit, 1, 0),
        _op(_RETURN, _KILL),
        _op(_LOAD, _NUMBER),
        # Above lie calls newer than this file and the x32 calls of x86-64.
        _op(_GREATER, NEWEST, 0, 1),
        _op(_RETURN, _ERRNO | errno.ENOSYS),
    ]
    for rule in rules:
        number = NUMBERS[rule.name][column]
        if number is not None:
            program += _refusal(number, rule)
    return b"".join([*program, _op(_RETURN, _ALLOW)])


def _refusal(number: int, rule: Rule) -> list[bytes]:
    """The instructions of one rule; the call's number is in the accumulator before and after."""
    refuse = _op(_RETURN, _ERRNO | rule.error)
    if rule.argument is None:
        return [_op(_EQUAL, number, 0, 1), refuse]
    code = _BITS if "bits" in rule.test else _EQUAL
    jumps = (1, 0) if rule.test.startswith(("un", "no")) else (0, 1)
    return [
        _op(_EQUAL, number, 0, 4),
        _op(_LOAD, _ARGUMENTS + 8 * rule.argument),
        _op(code, rule.value, *jumps),
        refuse,
        _op(_LOAD, _NUMBER),
    ]


def _op(code: int, operand: int, true: int = 0, false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, true, false, operand)
