"""What a process may do inside the sandbox, and what the filters of system calls refuse."""

from __future__ import annotations

import base64
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from trichord.errors import MissingProgramError
from trichord.livecode.sonicpi import sandbox, seccomp
from trichord.livecode.sonicpi.sandbox import (
    Limits,
    SandboxError,
    limited,
    require_sandbox,
    sandboxed,
)
from trichord.livecode.sonicpi.syscalls import NUMBERS

MACHINE = ["x86_64", "aarch64"].index(platform.machine())
"""The column of `NUMBERS` for this machine."""
CONFINE = Path(sandbox.__file__).parent / "runtime" / "confine.rb"


def inside(folder: Path, *argv: str, limits: Limits | None = None, **more):
    command = sandboxed(list(argv), writable=folder, readable=[CONFINE.parent], limits=limits)
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **more)


def ruby(folder: Path, code: str, limits: Limits | None = None) -> str:
    done = inside(folder, "ruby", "-W0", "-e", code, limits=limits)
    return done.stdout.strip() or done.stderr.strip()


def confined(folder: Path, code: str, limits: str = "{}") -> str:
    """What a process prints that gave up its rights as the child of the fork server does."""
    packed = base64.b64encode(seccomp.program_filter()).decode()
    start = f"require '{CONFINE}'; Confine.program!({limits}, '{packed}'.unpack1('m'));"
    wrapped = f"begin; {code}; rescue SystemCallError, NoMemoryError => e; puts e.class; end"
    return ruby(folder, f"{start} $stdout.sync = true; {wrapped}")


def test_it_runs_here():
    require_sandbox()


def test_only_one_folder_can_be_written(tmp_path):
    canary = tmp_path / "outside"
    canary.write_text("secret")
    work = tmp_path / "work"
    work.mkdir()
    done = inside(work, "sh", "-c", f"touch here; cat {canary}; touch {canary} /usr/x /x /dev/x")
    assert done.stdout == ""
    # The file itself is not there, so touching it makes another one, in the sandbox's own /tmp.
    assert done.stderr.count("No such file") == 1
    assert done.stderr.count("Read-only file system") == 3
    assert [path.name for path in work.iterdir()] == ["here"]
    assert canary.read_text() == "secret"


def test_home_and_the_systems_settings_are_absent(tmp_path):
    listed = inside(tmp_path, "sh", "-c", "ls -A /home /root /etc /var; cat /etc/passwd").stdout
    assert "alternatives" in listed
    assert set(listed.split()) <= {
        *("/home:", "/root:", "/etc:", "player", "alternatives"),
        *("ld.so.cache", "ld.so.conf", "ld.so.conf.d"),
    }


def test_no_variable_of_the_user_comes_in_by_any_way(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    seen = inside(tmp_path, "sh", "-c", "env; cat /proc/*/environ").stdout
    assert "hunter2" not in seen
    assert "RUBY_FIBER_VM_STACK_SIZE=1048576" in seen


def test_nobody_else_is_there(tmp_path):
    numbers = inside(tmp_path, "sh", "-c", "echo /proc/[0-9]*").stdout.split()
    assert len(numbers) <= 3


def test_no_capability_and_no_new_privileges(tmp_path):
    status = inside(tmp_path, "cat", "/proc/self/status").stdout
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert {int(fields[f"Cap{kind}"], 16) for kind in ("Eff", "Prm", "Bnd", "Inh", "Amb")} == {0}
    assert fields["NoNewPrivs"] == "1"
    assert fields["Seccomp"] == "2"


def test_no_network(tmp_path):
    calls = ["TCPSocket.new('127.0.0.1', 80)", "UDPSocket.new", "Socket.new(:PACKET, :RAW)"]
    code = "; ".join(f"begin; {call}; rescue => e; puts e.class; end" for call in calls)
    assert ruby(tmp_path, f"require 'socket'; {code}").split() == ["Errno::EAFNOSUPPORT"] * 3


def test_the_kernel_is_not_asked_for_more(tmp_path):
    names = ["unshare", "ptrace", "mount", "keyctl", "bpf", "io_uring_setup", "userfaultfd"]
    code = "; ".join(
        f"begin; syscall({NUMBERS[name][MACHINE]}, 0x10000000, 0, 0, 0, 0);"
        "rescue SystemCallError => e; puts e.class; end"
        for name in names
    )
    answers = ruby(tmp_path, code).split()
    assert len(answers) == len(names)
    assert set(answers) == {"Errno::EPERM", "Errno::ENOSYS"}


def test_what_ruby_needs_works(tmp_path):
    code = "fork { print 1 }; Process.wait; print Thread.new { 2 }.value, IO.popen('echo 3').read"
    assert ruby(tmp_path, code) == "123"


def test_limits_hold(tmp_path):
    small = Limits(memory_bytes=300 * 2**20, file_bytes=2**20, open_files=20)
    code = (
        "trap(:XFSZ, 'IGNORE');"
        "def t; yield; rescue SystemCallError, NoMemoryError => e; puts e.class; end;"
        "t { 'a' * 2**30 }; t { 40.times.map { File.open('/usr') } };"
        "t { File.write('x', 'a' * 2**21) }"
    )
    assert ruby(tmp_path, code, small).split() == ["NoMemoryError", "Errno::EMFILE", "Errno::EFBIG"]
    assert (tmp_path / "x").stat().st_size <= 2**20


def test_limits_hold_without_the_sandbox():
    done = subprocess.run(
        limited(["sh", "-c", "ulimit -n"], Limits(open_files=33)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "33"


def test_it_ends_with_its_parent(tmp_path):
    """The sandbox is killed when who started it is."""
    starter = (
        "import subprocess, sys, os, signal;"
        "subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE).stdout.readline();"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    marker = tmp_path / "alive"
    command = sandboxed(["sh", "-c", f"echo started; sleep 1; touch {marker}"], writable=tmp_path)
    subprocess.run([shutil.which("python3"), "-c", starter, *command], check=False)
    subprocess.run(["sleep", "1.5"], check=True)
    assert not marker.exists()


FORBIDDEN = {
    "fork": "fork {}",
    "exec": "exec 'true'",
    "spawn": "spawn 'true'",
    "popen": "IO.popen('true')",
    "raw fork": f"syscall({NUMBERS['clone'][MACHINE]}, 17, 0, 0, 0, 0)",
    "kill": "Process.kill(9, Process.ppid)",
    "kill all": "Process.kill(9, -1)",
    "create": "File.write('x', '')",
    "append": "File.open('/dev/null', 'a')",
    "truncate": "File.truncate(__FILE__, 0) rescue File.truncate('/dev/null', 0)",
    "delete": "File.unlink('there')",
    "rename": "File.rename('there', 'x')",
    "folder": "Dir.mkdir('x')",
    "link": "File.symlink('there', 'x')",
    "mode": "File.chmod(0o777, 'there')",
    "fifo": "File.mkfifo('x')",
    "socket": "require 'socket'; UNIXSocket.pair",
    "limits of others": f"syscall({NUMBERS['prlimit64'][MACHINE]}, Process.ppid, 7, 0, 0)",
    "priority": "Process.setpriority(Process::PRIO_PROCESS, 0, 10)",
    "in a thread": "Thread.report_on_exception = false; Thread.new { File.write('x', '') }.join",
}


@pytest.fixture(scope="module")
def refusals(tmp_path_factory):
    """What one confined process was answered to each, and its folder afterwards."""
    folder = tmp_path_factory.mktemp("confined")
    (folder / "there").write_text("kept")
    tries = "; ".join(
        f"begin; {code}; puts '{name}: done'; rescue SystemCallError => e;"
        f'puts "{name}: #{{e.class}}"; end'
        for name, code in FORBIDDEN.items()
    )
    lines = confined(folder, tries).splitlines()
    return dict(line.split(": ", 1) for line in lines), folder


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_confined_program_is_refused(refusals, name):
    assert refusals[0][name] == "Errno::EPERM"


def test_a_confined_program_leaves_nothing(refusals):
    folder = refusals[1]
    assert [path.name for path in folder.iterdir()] == ["there"]
    assert (folder / "there").read_text() == "kept"


def test_a_confined_program_still_reads_threads_and_answers(tmp_path):
    code = "puts File.exist?('/usr'), Thread.new { 3 }.value, IO.pipe.last.write('x')"
    assert confined(tmp_path, code).split() == ["true", "3", "1"]


def test_a_confined_program_is_limited(tmp_path):
    assert confined(tmp_path, "'a' * 2**30", "{ memory_bytes: 300 * 2**20 }") == "NoMemoryError"
    many = "40.times.map { File.open('/usr') }"
    assert confined(tmp_path, many, "{ open_files: 20 }") == "Errno::EMFILE"


def test_a_worker_hides_from_its_children(tmp_path):
    code = (
        f"require '{CONFINE}'; Confine.worker!;"
        "fork { begin; File.read(\"/proc/#{Process.ppid}/environ\"); puts 'read';"
        "rescue SystemCallError => e; puts e.class; end }; Process.wait"
    )
    assert ruby(tmp_path, code) == "Errno::EACCES"


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_filters_are_sound_programs(machine):
    """Every jump lands inside, every path ends in a verdict: what the kernel checks, too."""
    for rules in (seccomp.SANDBOX_RULES, seccomp.PROGRAM_RULES, seccomp.SYNTH_RULES):
        program = seccomp.assemble(rules, machine)
        steps = [program[at : at + 8] for at in range(0, len(program), 8)]
        assert len(steps) < 4096
        assert steps[-1][0] == 0x06
        for at, step in enumerate(steps):
            if step[0] in (0x15, 0x25, 0x45):
                assert at + 1 + max(step[2], step[3]) < len(steps)


def test_missing_bubblewrap_is_one_line(monkeypatch):
    require_sandbox.cache_clear()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(MissingProgramError, match="apt-get install bubblewrap"):
        require_sandbox()


def test_a_system_that_forbids_it_is_one_line(monkeypatch):
    require_sandbox.cache_clear()
    monkeypatch.setattr(sandbox, "_isolation", lambda: ["--unshare-nothing"])
    with pytest.raises(SandboxError, match=r"bubblewrap cannot run here .*--unsafe") as caught:
        require_sandbox()
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_the_process_that_plays_a_score_gives_up_its_rights(tmp_path):
    """It may open files of its own, and nothing else; the host hides from it."""
    code = """
import base64, ctypes, os, socket, sys
from trichord.livecode.sonicpi.synth_host import _give_up_rights
_give_up_rights(ctypes.CDLL(None), base64.b64decode(sys.argv[1]))
open("sound", "w").close()
for attempt in (os.fork, lambda: os.execv("/bin/true", ["true"]), lambda: os.kill(os.getppid(), 0),
                socket.socket, lambda: os.unlink("sound")):
    try:
        attempt()
    except PermissionError:
        print("refused")
"""
    packed = base64.b64encode(seccomp.synth_filter()).decode()
    done = subprocess.run(
        [sys.executable, "-c", code, packed],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["refused"] * 5, done.stderr
    assert (tmp_path / "sound").exists()
