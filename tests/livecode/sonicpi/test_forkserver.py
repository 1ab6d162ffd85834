"""A program that misbehaves is stopped with one clear line, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from trichord.livecode.sonicpi import install
from trichord.livecode.sonicpi.forkserver import ForkServer, ForkServerError, Job
from trichord.livecode.sonicpi.pool import RuntimePool
from trichord.livecode.sonicpi.recording import Recording
from trichord.livecode.sonicpi.sandbox import Limits

LIMITS = Limits(cpu_seconds=1, wall_seconds=60.0, memory_bytes=400 * 2**20, messages=50)


@pytest.fixture(scope="module")
def server() -> Iterator[Callable[[str, Limits], Recording]]:
    """Plays a program with limits of its own, on one confined server."""
    running = ForkServer(install.find(), LIMITS, sandbox=True)
    running.start()

    def play(code: str, limits: Limits = LIMITS) -> Recording:
        running._limits = limits
        return running.play(Job(code, 2.0, 1))

    yield play
    running.close()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("while true\nend", "stopped after 1 s of processor time: raise the limit cpu_seconds"),
        ("trap(:XCPU) {}\nwhile true\nend", "processor time"),
        (
            'text = "x" * (1 << 29)',
            "the program needs more memory than 400 MiB: raise the limit memory_bytes",
        ),
        (
            'text = "x" * (1 << 35)',
            "the program needs more memory than it may have: raise the limit memory_bytes",
        ),
        (
            "loop do\n  play 60\n  sleep 0.01\nend",
            "more than 50 messages: raise the limit messages",
        ),
        ("loop do\n  cue :a\n  sleep 0.01\nend", "more than 50 cues"),
        ('loop do\n  puts "x" * 9999\n  sleep 0.01\nend', "more than 1000000 characters printed"),
        ("exit!", "the program's process ended by itself"),
    ],
)
def test_a_program_is_stopped_and_the_next_one_plays(
    server: Callable[..., Recording], code: str, said: str
) -> None:
    found = server(code)
    assert len(found.errors) == 1
    assert said in found.errors[0].message
    assert "\n" not in found.errors[0].message
    assert server("play 60").errors == ()


def test_a_program_that_waits_for_ever_is_stopped_from_outside(
    server: Callable[..., Recording],
) -> None:
    found = server("::Kernel.sleep", replace(LIMITS, wall_seconds=0.5))
    assert [e.message for e in found.errors] == [
        "stopped after 0.5 s: raise the limit wall_seconds"
    ]


def test_what_was_played_before_a_limit_is_kept(server: Callable[..., Recording]) -> None:
    found = server("play 60\nplay 64\nsleep 0.5\nwhile true\nend")
    assert [m.line for m in found.messages if m.address == "/s_new" and m.time_ns >= 0] == [1, 2]
    assert [e.kind for e in found.errors] == ["limit"]
    assert not found.finished


def test_many_threads_are_no_excess_of_memory(server: Callable[..., Recording]) -> None:
    found = server("500.times do\n  in_thread do\n    sleep 1\n  end\nend\nputs :alive")
    assert ([p.text for p in found.prints], found.errors) == ([":alive"], ())


def test_each_program_has_an_empty_home_of_its_own(server: Callable[..., Recording]) -> None:
    code = 'puts Dir.glob("**/*", ::File::FNM_DOTMATCH, base: Dir.home).size, ENV["SONIC_PI_HOME"]'
    first, second = (server(code).prints[0].text.split(maxsplit=1) for _ in range(2))
    assert first[0] == second[0]
    assert first[1] != second[1]
    gone = first[1].strip('"')
    assert server(f'puts File.exist?("{gone}")').prints[0].text == "false"


def test_a_forged_record_harms_its_own_program_alone(server: Callable[..., Recording]) -> None:
    code = """
::ObjectSpace.each_object(::IO) do |io|
  io.syswrite('{"version": 1}') rescue nil
end
exit!(true)
"""
    assert "spoilt its own record" in server(code).errors[0].message
    assert server("play 60").errors == ()


def test_a_record_may_name_only_files_for_programs(server: Callable[..., Recording]) -> None:
    code = """
::SonicPi::SCSynthExternal.instance.buffers[1] = '/usr/share/sonic-pi/../../../etc/passwd'
"""
    assert "is no file for programs" in server(code).errors[0].message


def test_a_program_finds_no_file_open_but_its_answer(server: Callable[..., Recording]) -> None:
    code = """
folder = "/proc/self/fd"
puts Dir.children(folder).map { |n| File.readlink("#{folder}/#{n}") rescue 0 }
"""
    text = server(code).prints[0].text
    assert ".log" not in text
    assert text.count("pipe:") <= 3  # its answer, and two ends of one that Ruby itself needs


def test_the_server_starts_again_when_it_is_brought_down() -> None:
    server = ForkServer(install.find(), LIMITS, sandbox=True)
    server.start()
    process = server._process
    assert process is not None
    process.kill()
    process.wait()
    assert (
        "took the runtime's process down" in server.play(Job("play 60", 1.0, 1)).errors[0].message
    )
    assert server.play(Job("play 60", 1.0, 1)).errors == ()
    server.close()
    assert "pool was closed" in server.play(Job("play 60", 1.0, 1)).errors[0].message


def test_a_runtime_that_does_not_load_says_why(tmp_path: Path) -> None:
    (tmp_path / "core.rb").write_text("raise 'half an installation'")
    broken = replace(install.find(), root=tmp_path)
    server = ForkServer(broken, LIMITS, sandbox=False)
    with pytest.raises(ForkServerError, match=r"did not load: .*half an installation"):
        server.start()


def test_a_closed_pool_leaves_no_process_and_no_folder() -> None:
    with RuntimePool(1, limits=LIMITS) as pool:
        server = pool._servers[0]
        process, folder = server._process, server._folder
        assert process is not None
        assert folder is not None
        place = Path(folder.name)
        assert place.exists()
        pool.run("play 60", seconds=1)
    pool.close()
    assert process.poll() is not None
    assert not place.exists()
    with pytest.raises(RuntimeError, match="the pool is closed"):
        pool.run("play 60")


def test_nothing_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    script = """
import sys
from trichord.livecode.sonicpi.pool import RuntimePool
from trichord.livecode.sonicpi.sandbox import Limits
pool = RuntimePool(1, limits=Limits(), sandbox=sys.argv[1] == "confined")
print(pool._servers[0]._process.pid, flush=True)
pool.run("::Kernel.sleep", seconds=1)
"""
    for mode in ("confined", "open"):
        parent = subprocess.Popen(
            [sys.executable, "-c", script, mode],
            stdout=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, "TMPDIR": str(tmp_path)},
        )
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        family = wait_for(lambda worker=worker: descendants(worker))
        parent.kill()
        parent.wait()
        parent.stdout.close()
        try:
            wait_for(lambda family=family: not any(alive(pid) for pid in family))
        finally:
            for pid in family:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def wait_for(condition: Callable[[], object]) -> list[int]:
    """Waits, up to half a minute, until something is so."""
    for _ in range(600):
        found = condition()
        if found:
            return found if isinstance(found, list) else []
        time.sleep(0.05)
    raise AssertionError("it did not come to be so")


def descendants(pid: int) -> list[int]:
    """The process and all below it, once a child of it runs a program (it leads a session)."""
    parents = {
        int(stat.parent.name): stat.read_text().rpartition(")")[2].split()
        for stat in Path("/proc").glob("[0-9]*/stat")
    }
    family = [pid]
    for member in family:
        family += [child for child, fields in parents.items() if int(fields[1]) == member]
    leaders = [p for p in family if p in parents and int(parents[p][3]) == p and p != pid]
    return family if leaders and len(family) > 1 else []


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
