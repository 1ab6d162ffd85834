"""Jobs on a Ray cluster, or on one that is started on this machine: the same code as locally.

The folder that a build writes into must be seen by all machines of the cluster under one path,
and each must have Trichord and its programs installed. See https://docs.ray.io/.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, TypeVar

from trichord.data.executor import LOST_WORKER, Executor, OpenTool
from trichord.errors import InputError, MissingProgramError, TrichordError

Job = TypeVar("Job")
Result = TypeVar("Result")
Tool = TypeVar("Tool")

LOCAL = "local"
"""Address that starts a cluster on this machine."""

STORE_BYTES = 100 * 1024**2
"""Ray's store of objects on this machine: jobs and their results are small."""


class RayExecutor(Executor):
    """Workers of a Ray cluster, one per core, each keeping its tool for its life.

    Args:
        address: of the cluster ("auto", "10.0.0.1:6379", "ray://…"), or `LOCAL`.
        workers: on a cluster started here, and at most on any other; at least 1.
    """

    def __init__(self, address: str, workers: int) -> None:
        self.address = address
        self.workers = workers

    def run_with(
        self,
        open_tool: OpenTool[Tool],
        function: Callable[[Tool, Job], Result],
        jobs: Sequence[Job],
    ) -> Iterator[tuple[int, Result]]:
        """See `Executor.run_with`."""
        if not jobs:
            return
        ray = _connect(self.address, self.workers)
        try:
            worker = ray.remote(num_cpus=1)(_Worker)
            count = min(self.workers, len(jobs))
            actors = [worker.remote(open_tool, function) for _ in range(count)]
            yield from _drain(ray, actors, jobs)
            ray.get([actor.close.remote() for actor in actors])
        finally:
            ray.shutdown()


class _Worker:
    """What runs on the cluster: a function, and the tool that it is handed.

    The tool is opened for the first job, since an error in there is told as the job's own.
    """

    def __init__(self, open_tool: OpenTool[Any], function: Callable[[Any, Any], Any]) -> None:
        self._open_tool = open_tool
        self._function = function
        self._stack = ExitStack()
        self._tools: list[Any] = []

    def work(self, job: Any) -> Any:
        """One job."""
        if not self._tools:
            self._tools.append(self._stack.enter_context(self._open_tool()))
        return self._function(self._tools[0], job)

    def close(self) -> None:
        """End the tool."""
        self._stack.close()


def _drain(ray: Any, actors: Sequence[Any], jobs: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    """A job at a time for each worker, results as they come."""
    from ray.exceptions import RayActorError, RayTaskError

    following = iter(enumerate(jobs))
    running: dict[Any, tuple[int, Any]] = {}

    def start(actor: Any) -> None:
        if (item := next(following, None)) is not None:
            running[actor.work.remote(item[1])] = (item[0], actor)

    for actor in actors:
        start(actor)
    while running:
        [ready], _ = ray.wait(list(running), num_returns=1)
        index, actor = running.pop(ready)
        try:
            result = ray.get(ready)
        except RayActorError as error:
            raise TrichordError(LOST_WORKER) from error
        except RayTaskError as error:
            raise error.cause from error
        start(actor)
        yield index, result


def _connect(address: str, workers: int) -> Any:
    """The module `ray`, connected.

    Raises:
        MissingProgramError: Ray is not installed.
        InputError: no cluster answers at the address.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise MissingProgramError("Ray is missing: pip install 'trichord[cluster]'") from error
    _check_reachable(address)
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    try:
        if address == LOCAL:
            ray.init(
                address="local",
                num_cpus=workers,
                include_dashboard=False,
                object_store_memory=STORE_BYTES,
                **quiet,
            )
        else:
            ray.init(address=address, **quiet)
    except (ConnectionError, ValueError) as error:
        raise _no_cluster(address, str(error)) from error
    return ray


def _check_reachable(address: str) -> None:
    """Knock at HOST:PORT: Ray itself would wait for minutes where nobody answers."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=5.0).close()
    except (OSError, OverflowError) as error:
        raise _no_cluster(address, str(error)) from error


def _no_cluster(address: str, why: str) -> InputError:
    return InputError(
        f"ray = {address!r}: no cluster there ({why}); start one with `ray start --head`, "
        "or give `local`"
    )
