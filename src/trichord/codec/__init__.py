"""Waveform <-> tokens: the contract, a debug codec, the quantiser and the shipped note codec."""

from __future__ import annotations

import json
from pathlib import Path

from trichord.codec.base import Codec
from trichord.errors import InputError

__all__ = ["Codec", "load_codec"]


def load_codec(name: str | Path) -> Codec:
    """A codec by name (`debug`) or from a folder that `Codec.save` wrote.

    Raises:
        InputError: the folder holds no codec that is known.
    """
    if str(name) == "debug":
        from trichord.codec.debug import DebugCodec

        return DebugCodec()
    config = Path(name) / "config.json"
    if not config.is_file():
        raise InputError(f"{config}: no such file; give `debug` or a folder written by a training")
    kind = json.loads(config.read_text(encoding="utf-8")).get("codec")
    if kind == "debug":
        from trichord.codec.debug import DebugCodec, DebugCodecConfig

        values = json.loads(config.read_text(encoding="utf-8"))
        values.pop("codec")
        return DebugCodec(DebugCodecConfig(**values))
    if kind == "note":
        from trichord.codec.note import NoteCodec

        return NoteCodec.load(Path(name))
    raise InputError(f"{config}: codec {kind!r} is not known; known are 'debug' and 'note'")
