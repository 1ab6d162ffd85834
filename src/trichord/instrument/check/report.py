"""The result of a check: figures, findings, a table for people, JSON for machines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trichord.audio.notes import note_name
from trichord.instrument.check.findings import Finding
from trichord.instrument.check.measure import ZoneMeasure
from trichord.instrument.check.played import PlayedKey

if TYPE_CHECKING:
    from rich.console import Console

_MOST_LINES = 40
_CAPTION = "loud, peak, DC in dB; bright in Hz; onset in ms; loop in s"


@dataclass(frozen=True)
class CheckReport:
    """Everything that was measured on an instrument."""

    path: str
    zones: tuple[ZoneMeasure, ...]
    played: tuple[PlayedKey, ...]
    findings: tuple[Finding, ...]
    consistency: float | None
    """Mean cosine of the samples' cepstra over all pairs; None for fewer than two samples."""

    @property
    def failures(self) -> tuple[Finding, ...]:
        """What makes the check fail."""
        return tuple(each for each in self.findings if each.severity == "failure")

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return not self.failures

    def figures(self) -> dict[str, float | int | None]:
        """The instrument in a few numbers."""
        filed = [abs(z.tuning.cents) for z in self.zones if z.pitched and z.tuning.confidence > 0]
        heard = [abs(p.tuning.cents) for p in self.played if p.tuning.confidence > 0]
        return {
            "zones": len(self.zones),
            "keys_played": len({each.key for each in self.played}),
            "cents_median_files": _percentile(filed, 50),
            "cents_p95_files": _percentile(filed, 95),
            "cents_median_played": _percentile(heard, 50),
            "cents_p95_played": _percentile(heard, 95),
            "octave_errors": sum(each.rule == "octave" for each in self.findings),
            "looped": sum(zone.seam is not None for zone in self.zones),
            "peak_db": round(max((zone.peak_db for zone in self.zones), default=-120.0), 2),
            "timbral_consistency": None if self.consistency is None else round(self.consistency, 4),
            "failures": len(self.failures),
            "warnings": len(self.findings) - len(self.failures),
        }

    def to_json(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {
            "path": self.path,
            "passed": self.passed,
            "figures": self.figures(),
            "findings": [vars(each) for each in self.findings],
            "zones": [_zone_row(zone) for zone in self.zones],
            "played": [_played_row(each) for each in self.played],
        }

    def print_to(self, console: Console) -> None:
        """A table of the zones, the findings, and the verdict."""
        console.print(self._table())
        shown = [*self.failures, *(f for f in self.findings if f.severity == "warning")]
        for finding in shown[:_MOST_LINES]:
            label = "FAIL" if finding.severity == "failure" else "warn"
            console.print(f"{label}  {finding}", markup=False, highlight=False, soft_wrap=True)
        if len(shown) > _MOST_LINES:
            rules = Counter(finding.rule for finding in shown[_MOST_LINES:])
            rest = ", ".join(f"{count} {rule}" for rule, count in rules.most_common())
            console.print(f"… and {len(shown) - _MOST_LINES} more ({rest}): see --json")
        console.print(self._verdict(), markup=False, highlight=False, soft_wrap=True)

    def _verdict(self) -> str:
        numbers = self.figures()
        verdict = "passed" if self.passed else f"FAILED ({numbers['failures']})"
        tuning = numbers["cents_p95_played"]
        heard = "" if tuning is None else f", 95 % of the keys played within {tuning} cents"
        return f"{self.path}: {verdict}: {numbers['zones']} zones{heard}"

    def _table(self) -> Any:
        from rich.table import Table

        table = Table(box=None, pad_edge=False, caption=_CAPTION, caption_justify="left")
        for title in ("note", "keys", "velocity", "cents", "loud", "bright", "onset", "peak"):
            table.add_column(title, justify="left" if title == "note" else "right", no_wrap=True)
        for title in ("DC", "loop", ""):
            table.add_column(title, justify="right", no_wrap=True)
        failed = Counter(each.where for each in self.failures)
        for zone in sorted(self.zones, key=lambda z: (z.root, z.velocities)):
            table.add_row(*_table_row(zone), "FAIL" if failed[zone.name] else "")
        return table


def _table_row(zone: ZoneMeasure) -> list[str]:
    loop = "–" if zone.seam is None else f"{zone.seam.seconds:.2f}"
    cents = "octave" if zone.tuning.octave_error else f"{zone.tuning.cents:+.1f}"
    return [
        note_name(zone.root),
        f"{note_name(max(0, zone.keys[0]))}–{note_name(max(0, zone.keys[1]))}",
        f"{zone.velocities[0]}–{zone.velocities[1]}",
        cents if zone.tuning.confidence > 0 else "?",
        f"{zone.loudness:.1f}",
        f"{zone.centroid_hz:.0f}",
        f"{zone.onset_ms:.0f}",
        f"{zone.peak_db:.1f}",
        f"{zone.dc_db:.0f}",
        loop,
    ]


def _zone_row(zone: ZoneMeasure) -> dict[str, Any]:
    seam = zone.seam
    return {
        "name": zone.name,
        "file": zone.file,
        "root": zone.root,
        "keys": list(zone.keys),
        "velocities": list(zone.velocities),
        "seconds": round(zone.seconds, 3),
        "cents": round(zone.tuning.cents, 2),
        "octave_error": zone.tuning.octave_error,
        "pitch_confidence": round(zone.tuning.confidence, 3),
        "onset_ms": round(zone.onset_ms, 1),
        "peak_db": round(zone.peak_db, 2),
        "clipped": zone.clipped,
        "dc_db": round(zone.dc_db, 1),
        "loudness_db": round(zone.loudness, 2),
        "centroid_hz": round(zone.centroid_hz, 1),
        "tail_db": round(zone.tail_db, 1),
        "loop": None
        if seam is None
        else {
            name: round(value, 3) if isinstance(value, float) else value
            for name, value in vars(seam).items()
        },
    }


def _played_row(played: PlayedKey) -> dict[str, Any]:
    return {
        "key": played.key,
        "velocity": played.velocity,
        "cents": round(played.tuning.cents, 2),
        "octave_error": played.tuning.octave_error,
        "loudness_db": round(played.loudness, 2),
        "peak_db": round(played.peak_db, 2),
    }


def _percentile(values: list[float], percent: float) -> float | None:
    return round(float(np.percentile(values, percent)), 2) if values else None
