"""Where an instrument comes from, written into its folder and into every sample.

No times of day and no paths of the machine: the same request gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from trichord import __version__
from trichord.audio.notes import note_name
from trichord.instrument.finish import FinishedInstrument, FinishedZone

SCHEMA = 1


def request_of(
    source: Mapping[str, Any], options: Mapping[str, Any], models: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything that decides the bytes of an instrument.

    Args:
        source: `{"prompt": …}`, `{"recording": …, "sha256": …}` or `{"program": …, "sha256": …}`.
        options: of the command, as far as they change the result.
        models: hashes and sampling.
    """
    return {
        "schema": SCHEMA,
        "trichord": __version__,
        "source": dict(source),
        "options": dict(options),
        "models": dict(models),
    }


def wav_info(title: str, request: Mapping[str, Any], licences: Mapping[str, str]) -> dict[str, str]:
    """INFO texts of a sample: the essentials of the request, as JSON in the comment."""
    digests = {name: digest[:16] for name, digest in request["models"].get("hashes", {}).items()}
    comment = {
        **request["source"],
        "seed": request["options"].get("seed"),
        "trichord": request["trichord"],
        "models": digests,
    }
    info = {
        "INAM": title,
        "ICMT": json.dumps(comment, ensure_ascii=False, separators=(",", ":")),
    }
    if licences:
        info["ICOP"] = "; ".join(f"{room}: {text}" for room, text in licences.items())
    return info


def record_of(
    request: Mapping[str, Any],
    instrument: FinishedInstrument,
    files: Mapping[str, str],
    digests: Mapping[str, str],
    licences: Mapping[str, str],
    warnings: tuple[str, ...],
) -> dict[str, Any]:
    """The content of instrument.json.

    Args:
        request: see `request_of`.
        instrument: the finished zones.
        files: zone name -> path of its sample in the instrument's folder.
        digests: path -> sha256 of every file of the instrument.
        licences: model -> licence of its weights.
        warnings: what was assumed on the way.
    """
    keys = [key for each in instrument.zones for key in (each.zone.lokey, each.zone.hikey)]
    return {
        "request": dict(request),
        "licences": dict(licences),
        "warnings": list(warnings),
        "keys": [min(keys), max(keys)],
        "sustained": instrument.sustained,
        "sample_rate": instrument.sample_rate,
        "zones": [
            _zone(each, files[each.zone.name], instrument.sample_rate) for each in instrument.zones
        ],
        "files": dict(digests),
    }


def _zone(finished: FinishedZone, file: str, sample_rate: int) -> dict[str, Any]:
    zone, loop = finished.zone, finished.loop
    return {
        "file": file,
        "note": note_name(zone.pitch),
        "pitch": zone.pitch,
        "keys": [zone.lokey, zone.hikey],
        "velocity": zone.velocity,
        "velocities": [zone.lovel, zone.hivel],
        "seconds": round(finished.wave.size / sample_rate, 3),
        "cents": round(finished.cents, 2),
        "tuned_by_cents": round(finished.tuned_by, 2),
        "loudness_db": round(finished.loudness, 2),
        "loop": None
        if loop is None
        else {"start": loop.start, "end": loop.end_inclusive, "score": round(loop.score, 3)},
    }
