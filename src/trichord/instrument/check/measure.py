"""What can be measured on one sample of an instrument, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trichord.audio.io import read_native, read_wav_loop
from trichord.audio.loudness import amplitude_db, envelope, loudness, peak_db
from trichord.audio.notes import midi_to_hz, note_name
from trichord.audio.onset import onset
from trichord.audio.pitch import PitchReading, cents_from
from trichord.audio.sfz import SfzRegion
from trichord.instrument.check.seam import Seam, measure_seam
from trichord.instrument.check.timbre import centroid, cepstrum

_TAIL_SECONDS = 0.01
_CLIPPED_RUN = 4
_CONDITIONS = ("sw_last", "sw_down", "sw_up", "sw_previous", "locc", "hicc", "lobend", "hibend")


@dataclass(frozen=True)
class ZoneMeasure:
    """One region of an SFZ and the figures of its sample."""

    name: str
    """For people: "C4 85 piano_C4_v085.wav"."""
    file: str
    keys: tuple[int, int]
    velocities: tuple[int, int]
    root: int
    """MIDI key at which the sample is played as it is."""
    pitched: bool
    """False for regions that do not follow the keys."""
    conditional: bool
    """It sounds only after a key switch or with a controller moved, not when its key is pressed."""
    seconds: float
    tuning: PitchReading
    """Against the pitch that the region promises: its key centre less its tune."""
    onset_ms: float
    peak_db: float
    clipped: bool
    """Several samples in a row stand at full scale."""
    dc_db: float
    loudness: float
    """dB, the region's `volume` and `amplitude` included."""
    centroid_hz: float
    tail_db: float
    """Level of the last 10 ms, in dB relative to the loudest 10 ms."""
    seam: Seam | None
    """The loop, where the region has one."""
    cepstrum: NDArray[np.float64]
    """Shape of the spectrum, level taken out."""


def measure_region(region: SfzRegion) -> ZoneMeasure:
    """Reads and measures the sample of a region.

    Raises:
        InputError: the sample cannot be read.
    """
    wave, rate = read_native(region.sample)
    last = wave.size if region.end is None or region.end < 0 else region.end + 1
    played = wave[region.offset : last]
    root = region.pitch_keycenter
    loop = loop_of(region, wave.size)
    levels = envelope(played, rate)
    return ZoneMeasure(
        name=zone_name(region),
        file=region.sample.name,
        keys=(region.lokey, region.hikey),
        velocities=(region.lovel, region.hivel),
        root=root,
        pitched=region.opcodes.get("pitch_keytrack", "100") != "0",
        conditional=any(name.startswith(_CONDITIONS) for name in region.opcodes),
        seconds=played.size / rate,
        tuning=cents_from(played, rate, root - region.tune / 100.0),
        onset_ms=1000.0 * onset(played, rate) / rate,
        peak_db=peak_db(played),
        clipped=_is_clipped(played),
        dc_db=amplitude_db(abs(float(played.mean(dtype=np.float64)))) if played.size else -120.0,
        loudness=loudness(played, rate) + gain_db(region),
        centroid_hz=centroid(played, rate),
        tail_db=_tail_db(played, rate, float(levels.max())),
        seam=None if loop is None else measure_seam(wave, rate, *loop, root - region.tune / 100.0),
        cepstrum=cepstrum(played, rate, midi_to_hz(root - region.tune / 100.0)),
    )


def zone_name(region: SfzRegion) -> str:
    """Root key, velocities and file of a region."""
    return (
        f"{note_name(region.pitch_keycenter)} v{region.lovel}-{region.hivel} {region.sample.name}"
    )


def loop_of(region: SfzRegion, size: int) -> tuple[int, int] | None:
    """First and last sample of a region's loop; as players do, the WAV's own loop counts too."""
    if region.loop_mode in ("no_loop", "one_shot"):
        return None
    stored = None
    if region.sample.suffix.lower() == ".wav":
        stored = read_wav_loop(region.sample)
    if region.loop_mode is None and stored is None:
        return None
    start = region.loop_start if region.loop_start is not None else (stored.start if stored else 0)
    end = region.loop_end if region.loop_end is not None else (stored.end if stored else size - 1)
    return start, end


def gain_db(region: SfzRegion) -> float:
    """What the region's own opcodes add to its sample's level."""
    volume = _number(region, "volume", 0.0)
    amplitude = _number(region, "amplitude", 100.0) / 100.0
    return volume + amplitude_db(amplitude)


def _number(region: SfzRegion, opcode: str, default: float) -> float:
    try:
        return float(region.opcodes.get(opcode, default))
    except ValueError:
        return default


def _is_clipped(wave: NDArray[np.float32]) -> bool:
    full = np.abs(wave) >= 0.999
    run = np.convolve(full.astype(np.int32), np.ones(_CLIPPED_RUN, np.int32), mode="valid")
    return bool(run.size and run.max() >= _CLIPPED_RUN)


def _tail_db(wave: NDArray[np.float32], rate: int, loudest_db: float) -> float:
    tail = wave[-max(1, int(_TAIL_SECONDS * rate)) :].astype(np.float64)
    level = amplitude_db(float(np.sqrt(np.mean(tail**2)))) if tail.size else -120.0
    return level - loudest_db
