"""What a piece plays, as plain data: events in time, their parameters, effects and sound files."""

from trichord.score.as_json import from_json, to_json
from trichord.score.columns import pack, unpack
from trichord.score.events import KINDS, Change, Event, Kind, Score
from trichord.score.single import shortest

__all__ = [
    "KINDS",
    "Change",
    "Event",
    "Kind",
    "Score",
    "from_json",
    "pack",
    "shortest",
    "to_json",
    "unpack",
]
