"""The key of a program: the pitch classes that its notes come from."""

from __future__ import annotations

from collections.abc import Iterable

from trichord.livecode.templates.places import Place
from trichord.livecode.templates.words import pitch

PENTATONIC_MINOR = (0, 3, 5, 7, 10)
MAJOR = (0, 2, 4, 5, 7, 9, 11)
HARMONIC_MINOR = (0, 2, 3, 5, 7, 8, 11)
FEWEST = 5
"""With fewer pitch classes than a pentatonic has, a program shows its mode only in part."""


def pitch_classes(places: Iterable[Place]) -> tuple[int, ...]:
    """The pitch classes that the notes of a program may be moved to.

    Those that it uses; where these are few, the smallest scale of the usual ones that holds them
    all; all twelve where no such scale does.
    """
    notes = [note for each in places if (note := midi(each)) is not None]
    used = sorted({note % 12 for note in notes})
    if len(used) >= FEWEST:
        return tuple(used)
    root = notes[0] % 12 if notes else 0
    for steps in (PENTATONIC_MINOR, MAJOR, HARMONIC_MINOR):
        # The scale on the first note, if it fits: that is most often the tonic.
        for tonic in [root, *range(12)]:
            scale = {(tonic + step) % 12 for step in steps}
            if scale.issuperset(used):
                return tuple(sorted(scale))
    return tuple(range(12))


def midi(place: Place) -> int | None:
    """The MIDI note at a place, if it is a note."""
    if place.meaning != "note":
        return None
    if isinstance(place.value, str):
        return pitch(place.value)
    return int(place.value)


def spell(note: int, like: str) -> str:
    """The name of a MIDI note, with the case of `like` (`fs4` or `Fs4`), and its octave or none."""
    names = ("c", "cs", "d", "eb", "e", "f", "fs", "g", "ab", "a", "bb", "b")
    name = names[note % 12]
    if like[:1].isupper():
        name = name.capitalize()
    return f"{name}{note // 12 - 1}"
