"""Times every attack of `tests/livecode/sonicpi/attacks` and writes the table of docs/safety.md.

    python scripts/time_attacks.py

For each kind: how long the guard takes to refuse it, and how long it lasts in the pool with the
guard off, under the limits named in the table's heading.
"""

from __future__ import annotations

import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from trichord.livecode.sonicpi.guard import findings
from trichord.livecode.sonicpi.pool import RuntimePool
from trichord.livecode.sonicpi.render import Renderer
from trichord.livecode.sonicpi.sandbox import Limits

ATTACKS = Path(__file__).parent.parent / "tests" / "livecode" / "sonicpi" / "attacks"
LIMITS = Limits(cpu_seconds=1, memory_bytes=400 * 2**20, wall_seconds=6.0, messages=20_000)


@dataclass(frozen=True)
class Timed:
    """One attack: milliseconds of the guard, None where it lets it pass, seconds in the process."""

    name: str
    guard_ms: float | None
    process_s: float


def main() -> None:
    """Writes the table to stdout."""
    write = sys.stdout.write
    write("| kind | attacks | refused by the guard | longest (ms) | longest in the process (s) |\n")
    write("|---|---|---|---|---|\n")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "secret.txt").write_text("secret")
        for path in sorted(ATTACKS.glob("*.toml")):
            rows = list(_timed(path, folder))
            guarded = [row.guard_ms for row in rows if row.guard_ms is not None]
            slowest = max(rows, key=lambda row: row.process_s)
            write(
                f"| {path.stem} | {len(rows)} | {len(guarded)} | "
                f"{f'{max(guarded):.1f}' if guarded else '–'} | "
                f"{slowest.process_s:.2f} ({slowest.name}) |\n"
            )


def _timed(path: Path, folder: str) -> Iterator[Timed]:
    """The attacks of one file, one after the other."""
    findings("play 60")  # the tables are read
    open_runner = _scsynth if path.stem == "sound" else _runtime
    runner = open_runner()
    run = next(runner)
    run("play 60")
    for name, entry in tomllib.loads(path.read_text()).items():
        code = entry["code"].replace("SECRET", f"{folder}/secret.txt").replace("OUTSIDE", folder)
        code = code.replace("PORT", "9")
        start = time.perf_counter()
        refused = bool(findings(code))
        guard = (time.perf_counter() - start) * 1000
        start = time.perf_counter()
        run(code)
        yield Timed(name, guard if refused else None, time.perf_counter() - start)
    runner.close()


def _runtime() -> Generator[Callable[[str], object], None, None]:
    with RuntimePool(1, limits=LIMITS) as pool:
        yield lambda code: pool.run(code, seconds=2.0)


def _scsynth() -> Generator[Callable[[str], object], None, None]:
    with Renderer(1, limits=LIMITS) as renderer:
        yield lambda code: renderer.render(code, seconds=1.0)


if __name__ == "__main__":
    main()
