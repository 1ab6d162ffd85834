from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from trichord.data.executor import LocalExecutor
from trichord.errors import TrichordError


def test_results_come_with_the_index_of_their_job() -> None:
    jobs = [5, 0, 3, 9]
    assert dict(LocalExecutor(1).run(abs, jobs)) == dict(enumerate(jobs))
    assert dict(LocalExecutor(2).run(abs, jobs)) == dict(enumerate(jobs))


@pytest.mark.parametrize("workers", [0, 1])
def test_one_worker_or_none_is_this_process(workers: int) -> None:
    assert dict(LocalExecutor(workers).run(lambda _: os.getpid(), [0, 1])) == dict.fromkeys(
        (0, 1), os.getpid()
    )


def test_a_killed_worker_is_one_readable_error() -> None:
    with pytest.raises(TrichordError, match="run the same command again"):
        list(LocalExecutor(2).run(os._exit, [1, 1, 1]))


def test_workers_end_with_a_killed_parent() -> None:
    script = (
        "import multiprocessing, time\n"
        "from trichord.data.executor import LocalExecutor\n"
        "if __name__ == '__main__':\n"
        "    for _ in LocalExecutor(2).run(time.sleep, [0.01, 300, 300]):\n"
        "        print(*(p.pid for p in multiprocessing.active_children()), flush=True)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert child.stdout is not None
    workers = [int(pid) for pid in child.stdout.readline().split()]
    assert len(workers) == 2
    child.kill()
    child.wait()
    deadline = time.monotonic() + 30.0
    while any(_alive(pid) for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
