"""`trichord study exactness`: our scores of programs beside what the real Sonic Pi server sends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trichord.errors import InputError
from trichord.files import write_atomically
from trichord.livecode.sonicpi import install
from trichord.livecode.sonicpi.pool import RuntimePool
from trichord.livecode.sonicpi.recording import Recording
from trichord.livecode.sonicpi.render import Renderer
from trichord.progress import Progress
from trichord.studies.sonicpi.captures import captures
from trichord.studies.sonicpi.compare import compare
from trichord.studies.sonicpi.functions import functions
from trichord.studies.sonicpi.page import page_of
from trichord.studies.sonicpi.programs import programs
from trichord.studies.sonicpi.replay import replay
from trichord.studies.sonicpi.results import Checked, as_json, report
from trichord.studies.sonicpi.said import compare_said


@dataclass(frozen=True)
class ExactnessOptions:
    """Runs programs on the real Sonic Pi server and compares what it sends with our scores.

    The server plays in real time. What it sent is kept, so that a second comparison is quick.
    """

    out: Path = Path("build/verify")
    """Folder for what the real server sent."""
    only: str = ""
    """Names of programs, separated by commas; all examples and all of ours where empty."""
    seconds: float = 18.0
    """Length of every score."""
    jobs: int = 2
    """Real servers that run side by side."""
    page: Path | None = None
    """Also write the page of all tables here."""

    def __post_init__(self) -> None:
        if not 1.0 <= self.seconds <= 600.0:
            raise InputError(f"--seconds {self.seconds:g}: give 1 to 600 seconds")
        if not 1 <= self.jobs <= 16:
            raise InputError(f"--jobs {self.jobs}: give 1 to 16 servers")


def study_exactness(options: ExactnessOptions, progress: Progress) -> dict[str, Any]:
    """Captures what is missing, compares everything, and writes the page where one is asked for.

    Returns:
        What was shown of how many programs and messages.

    Raises:
        InputError: an option is wrong, or the real server does not boot.
        MissingProgramError: Sonic Pi, JACK or scsynth is not installed.
    """
    chosen = programs(options.only)
    made = captures(chosen, options.seconds, options.out / "captures", options.jobs, progress)
    with RuntimePool() as pool:
        runs = dict(pool.map([one.code for one in chosen], seconds=options.seconds))
    ours: list[Recording] = [runs[place] for place in range(len(chosen))]
    sounds = replay(made, ours)
    checked = [
        Checked(
            program,
            compare(capture, recording, options.seconds),
            compare_said(capture, recording, options.seconds),
            sound,
        )
        for program, capture, recording, sound in zip(chosen, made, ours, sounds, strict=True)
    ]
    with Renderer(score_only=True) as renderer:
        exact = {one.program.name for one in checked if one.exact}
        table = functions(chosen, exact, renderer, install.find())
    write_atomically(options.out / "report.json", as_json(checked, table))
    if options.page is not None:
        options.page.parent.mkdir(parents=True, exist_ok=True)
        page = page_of(checked, table, options.seconds, install.find().version)
        write_atomically(options.page, page.encode())
    return report(checked, table)
