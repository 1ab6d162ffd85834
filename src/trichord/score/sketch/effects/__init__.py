"""Effects on band power, one function each, by the names that programs call them."""

from trichord.score.sketch.effects import (
    echoes,
    equalisers,
    gates,
    levels,
    rooms,
    shapers,
    shifters,
    sweeps,
)
from trichord.score.sketch.effects.base import EFFECTS, Stage, apply

__all__ = [
    "EFFECTS",
    "Stage",
    "apply",
    "echoes",
    "equalisers",
    "gates",
    "levels",
    "rooms",
    "shapers",
    "shifters",
    "sweeps",
]
