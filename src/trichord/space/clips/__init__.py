"""One space for how programs, samples and instruments sound, with a door for text."""

from trichord.space.clips.config import ClipConfig, PictureConfig
from trichord.space.clips.space import ClipSpace, debug_clip_space, load_clip_space

__all__ = [
    "ClipConfig",
    "ClipSpace",
    "PictureConfig",
    "debug_clip_space",
    "load_clip_space",
]
