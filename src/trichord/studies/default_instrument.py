"""How long the default instrument takes, as a user would start it: a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from trichord.errors import TrichordError
from trichord.studies.prompts import held_out_prompts
from trichord.studies.study import Study
from trichord.studies.tables import Cell, Table, Target

ZONES = ("--keys", "A0-C8", "--every", "3", "--layers", "3", "--seconds", "4")
MOST_SECONDS, MOST_TO_MIDDLE = 60.0, 5.0
_CORES = 2
_RUNS = 3
_COLUMNS = ("processor seconds", "cores busy with other programs")


@dataclass(frozen=True)
class Timed:
    """One run of the command."""

    middle: float
    """Seconds from the start of the command until middle C lies on the disk."""
    whole: float
    """Seconds until the command has ended."""
    zones: int
    processor: float
    """Seconds of processor time of the command, all cores together."""
    others: float
    """Cores that other programs kept busy meanwhile, on average."""


def default_instrument_table(study: Study) -> Table:
    """Times `trichord make` with the default zones, and checks what came out of the last run."""
    prompts = [prompt.text for prompt in held_out_prompts()[: study.count(_RUNS, least=1)]]
    runs = [time_command(study, prompt) for prompt in prompts]
    failures = _failed_checks(study)
    slowest = max(run.whole for run in runs)
    middle = max(run.middle for run in runs)
    return Table(
        title="Seconds to the default instrument",
        columns=("prompt", "middle C on disk, s", "whole instrument, s", "samples", *_COLUMNS),
        rows=tuple(_row(prompt, run) for prompt, run in zip(prompts, runs, strict=True)),
        about=(
            f"`trichord make PROMPT --out DIR {' '.join(ZONES)}` as a process of its own on "
            f"{_CORES} cores, the start of Python and the loading of the models included; "
            "where other programs kept cores busy meanwhile, the last column says how many. "
            f"`trichord check` finds {failures} failures in the last of them."
        ),
        targets=(
            _seconds(f"default instrument ({runs[0].zones} samples)", MOST_SECONDS, slowest),
            _seconds("middle C audible", MOST_TO_MIDDLE, middle),
        ),
        raw={"runs": [asdict(run) for run in runs], "failures": failures},
    )


def time_command(study: Study, prompt: str) -> Timed:
    """Runs the command into a fresh folder, listening to its JSON lines."""
    out = study.folder / "default"
    shutil.rmtree(out, ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "trichord",
        "make",
        prompt,
        "--out",
        str(out),
        *ZONES,
        "--json",
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": str(_CORES)}
    start, used, busy = time.monotonic(), _used(), _busy()
    middle, zones = None, 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line)
            if event.get("event") == "audible":
                middle = time.monotonic() - start
            elif event.get("event") == "summary":
                zones = event["zones"]
    if process.returncode or middle is None:
        raise TrichordError(f"{' '.join(command)}: ended with exit code {process.returncode}")
    whole, own = time.monotonic() - start, _used() - used
    return Timed(middle, whole, zones, own, max(0.0, _busy() - busy - own) / whole)


def _used() -> float:
    """Processor seconds of the programs started from here that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def _busy() -> float:
    """Processor seconds that all programs of the machine have used; 0 where it does not tell."""
    path = Path("/proc/stat")
    if not path.is_file():
        return 0.0
    user, nice, system = path.read_text(encoding="ascii").split("\n", 1)[0].split()[1:4]
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")


def _row(prompt: str, run: Timed) -> tuple[Cell, ...]:
    return (prompt, run.middle, run.whole, run.zones, run.processor, run.others)


def _failed_checks(study: Study) -> int:
    from trichord.instrument.check import check_instrument
    from trichord.progress import Progress

    report = check_instrument(study.folder / "default", Progress("quiet"))
    return sum(finding.severity == "failure" for finding in report.findings)


def _seconds(what: str, most: float, measured: float) -> Target:
    return Target(what, f"≤ {most:g} s", f"{measured:.1f} s", measured <= most)
