"""What is known of every program after the comparison, and what was to be shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from trichord.studies.sonicpi.compare import Comparison
from trichord.studies.sonicpi.functions import Function
from trichord.studies.sonicpi.programs import Program
from trichord.studies.sonicpi.replay import Replay
from trichord.studies.sonicpi.said import Said
from trichord.studies.tables import Target

_LEAST_OWN, _LEAST_SAMPLES = 20, 99.0


@dataclass(frozen=True)
class Checked:
    """All that is known of one program."""

    program: Program
    comparison: Comparison
    said: Said
    replay: Replay

    @property
    def exact(self) -> bool:
        """Whether the real server and ours say the same, to scsynth and to the screen."""
        return self.comparison.exact and self.said.same


def targets(checked: Sequence[Checked], table: Sequence[Function]) -> tuple[Target, ...]:
    """What was asked, beside what came out."""
    examples = [one for one in checked if one.program.origin == "example"]
    own = [one for one in checked if one.program.origin == "ours"]
    timed = sum(one.comparison.timed for one in checked)
    equal = sum(one.comparison.equal for one in checked)
    extra = sum(len(one.comparison.extra) for one in checked)
    verified = sum(one.verified for one in table)
    untold = [one.name for one in table if not one.verified and not one.unsupported]
    share = min(100 * one.replay.equal / max(1, one.replay.samples) for one in checked)
    apart = max(one.replay.largest for one in checked)
    return (
        Target(
            "timed messages equal: within 1 ms, same address, same arguments",
            "100 %",
            f"{equal:,} of {timed:,}, and {extra:,} that only we have",
            equal == timed and extra == 0,
        ),
        Target("installed examples equal", "all", *_all(examples)),
        Target(
            f"programs of ours equal, of which there are to be {_LEAST_OWN}",
            "all",
            _all(own)[0],
            len(own) >= _LEAST_OWN and _all(own)[1],
        ),
        Target(
            "sound: samples equal, what the server sent beside our score",
            f"≥ {_LEAST_SAMPLES:g} % of each program",
            f"at least {share:.4f} %, at most {apart} LSB apart",
            share >= _LEAST_SAMPLES,
        ),
        Target(
            "documented functions: used in an equal program, or refused with an error",
            "all",
            f"{verified} and {len(table) - verified - len(untold)} of {len(table)}",
            not untold,
        ),
    )


def _all(some: Sequence[Checked]) -> tuple[str, bool]:
    good = sum(one.exact for one in some)
    return f"{good} of {len(some)}", good == len(some)


def report(checked: Sequence[Checked], table: Sequence[Function]) -> dict[str, Any]:
    """The targets, and the names of programs that differ in anything."""
    return {
        "targets": [asdict(one) for one in targets(checked, table)],
        "differ": [one.program.name for one in checked if not one.exact],
    }


def as_json(checked: Sequence[Checked], table: Sequence[Function]) -> bytes:
    """Everything, for machines."""
    values = {
        "programs": [
            {
                "name": one.program.name,
                "origin": one.program.origin,
                "messages": asdict(one.comparison),
                "said": asdict(one.said),
                "sound": asdict(one.replay),
            }
            for one in checked
        ],
        "functions": [asdict(one) for one in table],
    }
    return (json.dumps(values, indent=1) + "\n").encode()
