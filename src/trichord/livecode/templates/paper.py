"""The paper's ranges (arXiv 2508.05473), to compare with it.

Every number is drawn for itself and evenly, from ranges that take no care of Sonic Pi's limits:
a cutoff of 200 is refused when the program runs, an attack of 10 s is silence in most pieces, an
amp of 20 clips. The paper tells how many synths, samples, effects, notes and chords there were to
choose from; which ones is our choice here, and all of them exist.
"""

from __future__ import annotations

from trichord.livecode.templates.key import midi
from trichord.livecode.templates.places import Place
from trichord.livecode.templates.ranges import OneOf, Range, Real, Whole

NUMBERS: dict[str, Range] = {
    "amp": Real(0.1, 20),
    "attack": Real(0, 10),
    "bpm": Whole(60, 200),
    "cutoff": Whole(60, 200),
    "release": Real(0, 10),
    "sleep": Real(0.1, 5),
}

SYNTHS = (
    "beep blade dark_ambience dsaw dull_bell fm growl hollow mod_pulse mod_saw piano pluck "
    "pretty_bell prophet pulse saw tb303 zawa"
)
SAMPLES = (
    "ambi_choir ambi_drone ambi_lunar_land ambi_piano bass_hit_c bass_voxy_c bd_fat bd_haus bd_tek "
    "drum_cymbal_closed drum_heavy_kick drum_snare_soft elec_blip elec_ping elec_plip guit_em9 "
    "guit_harmonics loop_amen loop_compus loop_garzul loop_industrial perc_bell perc_snap sn_dub"
)
EFFECTS = (
    "bitcrusher compressor distortion echo flanger hpf lpf panslicer reverb ring_mod slicer wobble"
)
CHORDS = "major minor major7 minor7 dom7 diminished augmented sus4"

NAMES: dict[str, Range] = {
    "synth": OneOf(tuple(SYNTHS.split()), "synths"),
    "sample": OneOf(tuple(SAMPLES.split()), "samples"),
    "effect": OneOf(tuple(EFFECTS.split()), "effects"),
    "chord": OneOf(tuple(CHORDS.split()), "chords"),
}

NOTES = Whole(36, 84)
"""C2 to C6: 49 notes."""


def paper_range(place: Place) -> Range | None:
    """What the paper fills a place with; None: it leaves it alone."""
    if place.meaning == "note":
        return NOTES if midi(place) is not None else None
    if isinstance(place.value, str):
        return NAMES.get(place.meaning)
    return NUMBERS.get(place.meaning)
