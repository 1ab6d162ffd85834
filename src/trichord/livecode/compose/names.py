"""Names for loops and functions, by the theme of the writer, and comments by role."""

from __future__ import annotations

import random
from collections.abc import Collection

_PLAIN = {
    "drums": ("drums", "beat", "kit", "groove", "rhythm"),
    "hats": ("hats", "hihat", "hat", "shaker", "cymbals"),
    "break": ("break_beat", "amen", "chopped", "slices", "loop_beat"),
    "bass": ("bass", "bassline", "sub", "low_end"),
    "melody": ("melody", "lead", "tune", "theme", "solo"),
    "arp": ("arp", "arpeggio", "sequence", "pattern"),
    "bell": ("bells", "chimes", "sparkle", "pings"),
    "chords": ("chords", "keys", "harmony", "stabs", "comping"),
    "drone": ("drone", "pad", "strings", "sustain"),
    "texture": ("texture", "noise", "atmos", "background", "wash"),
}
_SHORT = {
    "drums": "d", "hats": "h", "break": "br", "bass": "b", "melody": "m", "arp": "a", "bell": "bl",
    "chords": "c", "drone": "dr", "texture": "t",
}  # fmt: skip
_POETIC = (
    "moonlight",
    "rust",
    "tide",
    "ember",
    "glass",
    "harbour",
    "fog",
    "lantern",
    "static",
    "meadow",
    "pulse_of_rain",
    "neon",
    "drift",
    "orbit",
    "canyon",
    "sleepwalk",
    "mirror_room",
    "falling",
    "snow",
    "copper",
    "river",
    "dust_cloud",
    "satellite",
    "night_bus",
    "concrete",
    "willow",
    "sparks",
    "tunnel",
    "paper_boats",
    "winter",
    "horizon",
    "velvet",
    "thunder",
    "clockwork",
)
_TEST = ("foo", "bar", "baz", "loop1", "loop2", "loop3", "one", "two", "three", "x", "y", "z")
_FUNCTION = {
    "drums": ("play_drums", "drum_bar", "kit_bar", "groove_bar"),
    "hats": ("hat_bar", "play_hats"),
    "break": ("chop", "break_bar"),
    "bass": ("bass_line", "play_bass", "riff_bass"),
    "melody": ("riff", "play_melody", "phrase", "verse"),
    "arp": ("run_arp", "arp_bar", "ripple"),
    "bell": ("ring_bells", "ping"),
    "chords": ("comp", "play_chords", "pad_bar"),
    "drone": ("hold", "play_drone"),
    "texture": ("swell", "breathe"),
}
COMMENTS = {
    "drums": ("Drums", "the beat", "Drum pattern", "kick and friends", "rhythm section"),
    "hats": ("Hi-hats", "hats on top", "keep it moving"),
    "break": ("Breakbeat", "chop the loop", "sampled drums"),
    "bass": ("Bass", "Bassline", "low end", "keep this one simple"),
    "melody": ("Melody", "Lead line", "the tune", "improvise over the scale"),
    "arp": ("Arpeggio", "running notes", "arp"),
    "bell": ("Bells", "high sparkle", "a few bright notes"),
    "chords": ("Chords", "harmony", "chord progression", "comping"),
    "drone": ("Drone", "long notes underneath", "pad"),
    "texture": ("Texture", "atmosphere", "something in the background"),
}
TITLES = {
    "techno": ("Warehouse", "Four in the morning", "Machine room"),
    "house": ("Saturday", "Rooftop", "Deep cut"),
    "dub": ("Echo chamber", "Version", "Steppers"),
    "ambient": ("Slow light", "Early fog", "Floating"),
    "drone": ("Hum", "Stone", "Long shadow"),
    "minimal": ("Phases", "Small changes", "Additive"),
    "jazz": ("Late set", "Blue corner", "Changes"),
    "breakbeat": ("Chopped", "Junglist", "Rollers"),
    "hiphop": ("Dusty", "Head nod", "Beat tape"),
    "chiptune": ("Level one", "Boss fight", "8 bit"),
    "gamelan": ("Bronze", "Courtyard", "Interlocking"),
    "trance": ("Lift off", "Sunrise", "Hands up"),
    "synthwave": ("Night drive", "Neon grid", "1984"),
    "glitch": ("Broken machine", "Bit rot", "Skips"),
    "folk": ("Village tune", "Kitchen song", "Reel"),
    "raga": ("Evening", "Monsoon", "Tanpura study"),
    "poly": ("Three against four", "Cross rhythm", "Cycles"),
    "sketch": ("Sketch", "Idea", "Trying things out"),
}


def loop_name(rng: random.Random, role: str, theme: str, taken: Collection[str]) -> str:
    """A fresh name of a loop for a role in the writer's theme."""
    pools = {
        "plain": _PLAIN[role],
        "role": (role, *_PLAIN[role]),
        "short": tuple(f"{_SHORT[role]}{at}" for at in range(1, 4)),
        "poetic": _POETIC,
        "test": _TEST,
    }
    return _fresh(rng, pools[theme], taken)


def function_name(rng: random.Random, role: str, taken: Collection[str]) -> str:
    """A fresh name of a function that plays a role."""
    return _fresh(rng, _FUNCTION[role], taken)


def _fresh(rng: random.Random, pool: tuple[str, ...], taken: Collection[str]) -> str:
    free = [each for each in pool if each not in taken]
    if free:
        return rng.choice(free)
    base, at = rng.choice(pool), 2
    while f"{base}_{at}" in taken:
        at += 1
    return f"{base}_{at}"
