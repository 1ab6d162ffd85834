"""The general codec: clips of any sound, no pitch given, as 25 frames of tokens a second."""

from __future__ import annotations

from trichord.codec.general.codec import GeneralCodec, GeneralCodecConfig

__all__ = ["GeneralCodec", "GeneralCodecConfig"]
