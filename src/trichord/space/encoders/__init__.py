"""Encoders of text, audio and code by name or local path, behind one contract."""

from trichord.space.encoders.audio import AudioModelEncoder, ClipEncoder
from trichord.space.encoders.code import CodeModelEncoder
from trichord.space.encoders.load import load_encoder
from trichord.space.encoders.text import TextModelEncoder

__all__ = [
    "AudioModelEncoder",
    "ClipEncoder",
    "CodeModelEncoder",
    "TextModelEncoder",
    "load_encoder",
]
