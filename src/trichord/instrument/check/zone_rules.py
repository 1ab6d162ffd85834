"""Rules for single samples: what a sound designer looks at in every zone."""

from __future__ import annotations

import math
from collections.abc import Iterator

from trichord.instrument.check.findings import Finding, failure, warning
from trichord.instrument.check.measure import ZoneMeasure
from trichord.instrument.check.seam import Seam

MOST_CENTS = 5.0
LATEST_ONSET_MS = 10.0
HIGHEST_PEAK_DB = -1.0
HIGHEST_DC_DB = -60.0
LOUDEST_TAIL_DB = -50.0
WIDEST_STRETCH = 3
SILENT_DB = -90.0

LARGEST_JUMP, LARGEST_BEND = 2.0, 4.0
LOOP_LEVEL_DB, LOOP_BRIGHTNESS, LOOP_CENTS = 3.0, 1.5, 15.0
SHORTEST_LOOP = 0.05

_TRUSTED = 0.2
_ROUNDING_DB = 0.05


def check_zone(zone: ZoneMeasure) -> Iterator[Finding]:
    """All findings of one zone."""
    if zone.peak_db < SILENT_DB:
        yield failure("sample", zone.name, "silent", "record or render this sample again")
        return
    if zone.pitched:
        yield from _tuning(zone)
        yield from _stretch(zone)
    yield from _start_and_level(zone)
    if zone.seam is None:
        yield from _tail(zone)
    else:
        yield from _loop(zone, zone.seam)


def _tuning(zone: ZoneMeasure) -> Iterator[Finding]:
    reading = zone.tuning
    if reading.octave_error:
        mend = "set pitch_keycenter to the note that really sounds"
        yield failure("octave", zone.name, "sounds an octave (or more) off its key", mend)
    elif reading.confidence < _TRUSTED:
        mend = "listen to it; set pitch_keytrack=0 if it has none"
        yield warning("tuning", zone.name, "no clear pitch could be read", mend)
    elif abs(reading.cents) > MOST_CENTS:
        how = "sharp" if reading.cents > 0 else "flat"
        mend = f"change its tune by {-reading.cents:+.0f}"
        yield failure("tuning", zone.name, f"{abs(reading.cents):.1f} cents {how}", mend)


def _stretch(zone: ZoneMeasure) -> Iterator[Finding]:
    low, high = max(zone.keys[0], 21), min(zone.keys[1], 108)
    widest = max(zone.root - low, high - zone.root)
    if widest > WIDEST_STRETCH:
        mend = f"sample nearer keys (within {WIDEST_STRETCH} semitones)"
        yield warning("stretch", zone.name, f"stretched by {widest} semitones", mend)


def _start_and_level(zone: ZoneMeasure) -> Iterator[Finding]:
    if zone.onset_ms > LATEST_ONSET_MS:
        mend = "cut the silence in front, or set offset"
        yield failure("onset", zone.name, f"starts after {zone.onset_ms:.0f} ms", mend)
    if zone.clipped:
        mend = "record or render it again with more room"
        yield failure("peak", zone.name, "clipped: samples in a row at full scale", mend)
    elif zone.peak_db > HIGHEST_PEAK_DB + _ROUNDING_DB:
        mend = f"lower all samples by {zone.peak_db - HIGHEST_PEAK_DB:.1f} dB"
        yield failure("peak", zone.name, f"peak at {zone.peak_db:.1f} dBFS", mend)
    if zone.dc_db > HIGHEST_DC_DB:
        mend = "take the mean off its samples"
        yield failure("dc", zone.name, f"constant offset of {zone.dc_db:.0f} dBFS", mend)


def _tail(zone: ZoneMeasure) -> Iterator[Finding]:
    if zone.tail_db > LOUDEST_TAIL_DB:
        mend = "fade it out, or give it a loop"
        message = f"breaks off {-zone.tail_db:.0f} dB below its peak"
        yield failure("tail", zone.name, message, mend)


def _loop(zone: ZoneMeasure, seam: Seam) -> Iterator[Finding]:
    if not seam.inside:
        mend = "set loop_start and loop_end (inclusive) within the sample"
        message = f"loop {seam.start}..{seam.end} lies outside its sample"
        yield failure("loop", zone.name, message, mend)
        return
    blend = "move the loop, or blend its end into its start"
    if seam.seconds < SHORTEST_LOOP and abs(seam.cents) > MOST_CENTS:
        message = (
            f"loop of {1000 * seam.seconds:.0f} ms retunes the note by {seam.cents:+.0f} cents"
        )
        yield failure("loop", zone.name, message, "make it a whole number of periods, or longer")
    elif seam.trusted and abs(seam.cents) > LOOP_CENTS:
        message = f"pitch in the loop differs from the attack by {seam.cents:+.1f} cents"
        yield failure(
            "loop", zone.name, message, "loop a whole number of periods of the steady part"
        )
    if seam.jump > LARGEST_JUMP or seam.slope_jump > LARGEST_BEND:
        message = f"loop clicks: step {seam.jump:.1f}×, bend {seam.slope_jump:.1f}× the usual ones"
        yield failure("loop", zone.name, message, blend)
    if abs(seam.level_db) > LOOP_LEVEL_DB + seam.usual_level_db:
        message = f"level changes by {seam.level_db:+.1f} dB over the loop's seam"
        yield failure("loop", zone.name, message, blend)
    if abs(math.log(seam.brightness)) > math.log(LOOP_BRIGHTNESS * seam.usual_brightness):
        message = f"brightness changes by a factor of {seam.brightness:.2f} over the loop's seam"
        yield failure("loop", zone.name, message, blend)
