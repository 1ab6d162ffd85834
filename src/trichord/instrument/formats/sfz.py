"""SFZ, version 1 opcodes and `amp_velcurve_N`: what every SFZ player reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trichord.audio.notes import note_name
from trichord.files import write_atomically
from trichord.instrument.finish import FinishedZone
from trichord.instrument.formats.base import ExportedInstrument, Format

_RELEASE_SUSTAINED, _RELEASE_DECAYING = 0.35, 0.25
"""Seconds; without an `ampeg_release` players cut notes off with a click."""
_BELOW_SOFTEST_DB = 12.0
"""From the softest layer's top velocity down to velocity 1."""


class SfzFormat(Format):
    """One region per zone, paths relative, loop ends inclusive."""

    name = "sfz"

    def write(self, instrument: ExportedInstrument, folder: Path) -> Path:
        """See `Format.write`."""
        path = folder / f"{instrument.name}.sfz"
        write_atomically(path, ("\n".join(_lines(instrument)) + "\n").encode("utf-8"))
        return path


def _lines(instrument: ExportedInstrument) -> Iterator[str]:
    release = _RELEASE_SUSTAINED if instrument.sustained else _RELEASE_DECAYING
    yield f"// {' '.join(instrument.title.split())}"
    yield f"// {len(instrument.zones)} samples; made by Trichord, see instrument.json"
    yield ""
    yield "<group>"
    yield f"ampeg_release={release}"
    drops = _drops(instrument.zones)
    for zone in instrument.zones:
        yield ""
        yield f"// {note_name(zone.zone.pitch)}, velocity {zone.zone.velocity}"
        yield from _region(zone, instrument.files[zone.zone.name], drops)


def _region(finished: FinishedZone, file: str, drops: dict[int, float]) -> Iterator[str]:
    zone = finished.zone
    yield "<region>"
    yield f"sample={file}"
    yield f"lokey={zone.lokey} hikey={zone.hikey} pitch_keycenter={zone.pitch}"
    yield f"lovel={zone.lovel} hivel={zone.hivel}"
    yield " ".join(_velocity_curve(zone.lovel, zone.hivel, drops[zone.velocity]))
    if finished.loop is None:
        yield "loop_mode=no_loop"
    else:
        loop = finished.loop
        yield "loop_mode=loop_continuous"
        yield f"loop_start={loop.start} loop_end={loop.end_inclusive}"


def _velocity_curve(lovel: int, hivel: int, drop_db: float) -> Iterator[str]:
    """Full level at the layer's top; at its foot the level at which the layer below ends.

    Players draw straight lines between the points, so the loudness runs on through the layers
    without steps, and no layer is turned down once more by the default square law.
    """
    span = hivel - lovel + 1
    if lovel == 1:
        span = hivel - 1 or 1
    foot = 10.0 ** (-drop_db * (hivel - lovel) / span / 20.0)
    if lovel < hivel:
        yield f"amp_velcurve_{lovel}={foot:.4f}"
    yield f"amp_velcurve_{hivel}=1"


def _drops(zones: tuple[FinishedZone, ...]) -> dict[int, float]:
    """Velocity of a layer -> dB by which its quietest velocity lies under its loudest."""
    levels: dict[int, list[float]] = {}
    for zone in zones:
        levels.setdefault(zone.zone.velocity, []).append(zone.loudness)
    middles = {velocity: sorted(each)[len(each) // 2] for velocity, each in levels.items()}
    drops: dict[int, float] = {}
    below: float | None = None
    for velocity in sorted(middles):
        drop = _BELOW_SOFTEST_DB if below is None else max(0.0, middles[velocity] - below)
        drops[velocity] = drop
        below = middles[velocity]
    return drops
