"""Anything -> unit vectors in one space: sentences through one door, sounds through the other."""

from trichord.space.base import Encoder, Sound
from trichord.space.joint import (
    JointSpace,
    SpaceConfig,
    debug_space,
    load_space,
    mean_direction,
    sentence_encoder,
)

__all__ = [
    "Encoder",
    "JointSpace",
    "Sound",
    "SpaceConfig",
    "debug_space",
    "load_space",
    "mean_direction",
    "sentence_encoder",
]
