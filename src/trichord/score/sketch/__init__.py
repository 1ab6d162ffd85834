"""Sketches: the spectrogram that a score implies, from one patch per event and no audio."""

from trichord.score.sketch.drawing import sketch
from trichord.score.sketch.patch import Patch, Patches
from trichord.score.sketch.thumbnail import png

__all__ = ["Patch", "Patches", "png", "sketch"]
