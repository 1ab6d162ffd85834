"""What the language's functions do with their arguments: which stand for notes, times or names."""

from __future__ import annotations

import re


def word_set(names: str) -> frozenset[str]:
    """The names of a list that is written as a sentence."""
    return frozenset(names.split())


NOTE = re.compile(r"([a-gA-G])([sSbBfF]?)(\d?)")
"""`:e`, `:E4`, `:fs2`, `:bb3` as Sonic Pi reads them; the accidental `f` is a flat too."""

POSITIONAL: dict[str, tuple[str, ...]] = {
    "chord": ("note", "chord"),
    "chord_degree": ("degree", "note", "scale", "count"),
    "degree": ("degree", "note", "scale"),
    "density": ("density",),
    "load_sample": ("sample",),
    "load_samples": ("sample",) * 8,
    "note": ("note",),
    "octs": ("note", "count"),
    "one_in": ("chance",),
    "play": ("note",),
    "play_chord": ("note",),
    "play_pattern": ("note",),
    "play_pattern_timed": ("note", "sleep"),
    "sample": ("sample",),
    "sample_duration": ("sample",),
    "scale": ("note", "scale"),
    "sleep": ("sleep",),
    "spread": ("hits", "steps"),
    "synth": ("synth",),
    "use_bpm": ("bpm",),
    "use_octave": ("octave",),
    "use_random_seed": ("seed",),
    "use_sample_bpm": ("sample",),
    "use_synth": ("synth",),
    "use_transpose": ("transpose",),
    "wait": ("sleep",),
    "with_bpm": ("bpm",),
    "with_fx": ("effect",),
    "with_octave": ("octave",),
    "with_random_seed": ("seed",),
    "with_synth": ("synth",),
    "with_transpose": ("transpose",),
}
"""The meaning of each positional argument, by function."""

PASSED_ON = {
    "bools": (),
    "choose": (0,),
    "knit": (0, 2, 4, 6, 8, 10, 12, 14),
    "line": (0, 1),
    "pick": (0,),
    "ramp": range(64),
    "rand": (0,),
    "rand_i": (0,),
    "range": (0, 1),
    "ring": range(64),
    "rrand": (0, 1),
    "rrand_i": (0, 1),
    "shuffle": (0,),
    "stretch": (0,),
    "vector": range(64),
}
"""Functions whose value is (one of) their arguments, with those that it may be."""

RING_METHODS = word_set(
    "butlast choose drop drop_last first last look mirror pick ramp reflect repeat reverse ring "
    "rotate shuffle sort stretch take take_last tick to_a"
)
"""Methods whose value is of the same kind as what they are called on."""

SYNTH_SOUNDS = word_set(
    "play play_chord play_pattern play_pattern_timed use_synth_defaults with_synth_defaults "
    "use_merged_synth_defaults with_merged_synth_defaults"
)
"""Functions whose keywords go to the synth in force."""

SAMPLE_SOUNDS = word_set(
    "sample use_sample_defaults with_sample_defaults use_merged_sample_defaults "
    "with_merged_sample_defaults"
)

KEYED = SYNTH_SOUNDS | SAMPLE_SOUNDS | {"synth", "with_fx", "control"}
"""Functions whose keywords are arguments of a synth, a sample or an effect."""

MOST_VARIABLES = 3
"""How many assignments are followed from a literal to its use."""

MOST_USES = 20
"""How many uses of a variable are looked at for one that tells."""

KEYWORDS_OF_RINGS = {"num_octaves": "octaves", "invert": "invert", "num_beats": "count"}
"""Keywords of `chord`, `scale` and the like, with their meaning."""


def is_note(name: str) -> bool:
    """Whether a symbol's name can be nothing but a note: `:e3`, `:Fs`; not `:a`, a loop's name."""
    found = NOTE.fullmatch(name)
    return bool(found and (found[3] or found[1].isupper()))


def pitch(name: str) -> int | None:
    """The MIDI note that a name stands for (`c4` and `c` are 60); None if it is no note."""
    found = NOTE.fullmatch(name)
    if found is None:
        return None
    step = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}[found[1].lower()]
    shift = {"": 0, "s": 1, "b": -1, "f": -1}[found[2].lower()]
    return step + shift + 12 * (int(found[3] or 4) + 1)
