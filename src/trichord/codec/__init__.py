"""Waveform <-> tokens: the contract, our codecs of notes and of clips, and those of the field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from trichord.codec.base import Codec
from trichord.errors import InputError

__all__ = ["Codec", "load_codec"]


def load_codec(name: str | Path) -> Codec:
    """A codec by name or from a folder, ready for use.

    Args:
        name: `debug`; a folder that `Codec.save` or `transformers` wrote; `dac_44khz`,
            `encodec_24khz`, `encodec_32khz`, `mimi` and others (`trichord.codec.hub.NAMES`), or
            their names on the hub, where they were downloaded before.

    Raises:
        InputError: the folder holds no codec that is known, or the model is not on this machine.
    """
    if str(name) == "debug":
        from trichord.codec.debug import DebugCodec

        return DebugCodec()
    config = Path(name) / "config.json"
    if config.is_file():
        return _from_folder(Path(name), _read(config))
    if Path(name).is_dir() or Path(name).is_absolute():
        raise InputError(f"{config}: no such file; give `debug` or a folder written by a training")
    from trichord.codec.hub import load_hub_codec

    return load_hub_codec(str(name))


def _read(config: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(config.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise InputError(f"{config}: describes no codec ({error})") from None


def _from_folder(folder: Path, values: dict[str, Any]) -> Codec:
    kind = values.get("codec")
    if kind == "debug":
        from trichord.codec.debug import DebugCodec, DebugCodecConfig

        values.pop("codec")
        return DebugCodec(DebugCodecConfig(**values))
    if kind == "note":
        from trichord.codec.note import NoteCodec

        return NoteCodec.load(folder)
    if kind == "general":
        from trichord.codec.general import GeneralCodec

        return GeneralCodec.load(folder)
    if kind is None and "model_type" in values:
        from trichord.codec.hub import load_hub_codec

        return load_hub_codec(str(folder))
    raise InputError(
        f"{folder / 'config.json'}: codec {kind!r} is not known; known are 'debug', 'note', "
        "'general', and the codecs of transformers"
    )
