"""The shipped codec: 44.1 kHz notes of given pitch as about fifteen frames of tokens a second."""

from trichord.codec.note.codec import NoteCodec, NoteCodecConfig
from trichord.codec.note.network import NetworkConfig

__all__ = ["NetworkConfig", "NoteCodec", "NoteCodecConfig"]
