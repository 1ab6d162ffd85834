"""One space for how programs, samples and instruments sound, with doors for text and code."""

from trichord.space.clips.config import ClipConfig, CodeDoorConfig, PictureConfig
from trichord.space.clips.space import ClipSpace, debug_clip_space, load_clip_space

__all__ = [
    "ClipConfig",
    "ClipSpace",
    "CodeDoorConfig",
    "PictureConfig",
    "debug_clip_space",
    "load_clip_space",
]
