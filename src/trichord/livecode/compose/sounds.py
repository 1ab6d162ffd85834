"""Which synths and samples play a role, and how loud each is by itself.

Trims multiply `amp`: measured at the same `amp`, a `dark_ambience` is 20 dB below a `hoover`.
"""

from __future__ import annotations

TRIM: dict[str, float] = {
    "dull_bell": 1.4,
    "pretty_bell": 1.2,
    "saw": 1.1,
    "pulse": 0.9,
    "square": 0.9,
    "subpulse": 1.2,
    "dsaw": 0.8,
    "dpulse": 0.7,
    "dtri": 0.8,
    "tri": 0.8,
    "mod_dsaw": 0.8,
    "mod_tri": 0.8,
    "chiplead": 1.2,
    "tb303": 0.9,
    "hoover": 0.5,
    "prophet": 1.1,
    "zawa": 0.8,
    "dark_ambience": 4.0,
    "growl": 0.6,
    "hollow": 2.6,
    "blade": 1.9,
    "piano": 1.1,
    "pluck": 2.2,
    "tech_saws": 1.4,
    "noise": 0.7,
    "pnoise": 0.8,
    "bnoise": 0.6,
    "gnoise": 0.6,
    "cnoise": 0.8,
    "chipnoise": 0.5,
}
"""Factor on `amp` that brings a synth to the loudness of a `beep`; 1 where not named."""

FILTERED = frozenset(
    [
        "saw",
        "pulse",
        "square",
        "subpulse",
        "tri",
        "dsaw",
        "dpulse",
        "dtri",
        "fm",
        "mod_fm",
        "mod_saw",
        "mod_dsaw",
        "mod_sine",
        "mod_beep",
        "mod_tri",
        "mod_pulse",
        "tb303",
        "supersaw",
        "hoover",
        "prophet",
        "zawa",
        "dark_ambience",
        "growl",
        "hollow",
        "blade",
        "tech_saws",
        "noise",
        "pnoise",
        "bnoise",
        "gnoise",
        "cnoise",
    ]
)
"""Synths that take `cutoff`."""

OWN_OPTIONS: dict[str, dict[str, tuple[float, ...]]] = {
    "fm": {"depth": (0.5, 1, 2, 3), "divisor": (0.5, 1, 2, 3, 4)},
    "mod_fm": {"mod_phase": (0.125, 0.25, 0.5), "mod_range": (5, 7, 12), "divisor": (1, 2, 3)},
    "mod_saw": {"mod_phase": (0.125, 0.25, 0.5, 1), "mod_range": (5, 7, 12)},
    "mod_dsaw": {"mod_phase": (0.125, 0.25, 0.5), "mod_range": (5, 12), "detune": (0.1, 0.2)},
    "mod_sine": {"mod_phase": (0.25, 0.5, 1), "mod_range": (5, 7, 12)},
    "mod_beep": {"mod_phase": (0.25, 0.5, 1), "mod_range": (5, 7, 12)},
    "mod_tri": {"mod_phase": (0.125, 0.25, 0.5), "mod_range": (5, 7, 12)},
    "mod_pulse": {"mod_phase": (0.125, 0.25), "mod_range": (5, 12), "pulse_width": (0.2, 0.3)},
    "tb303": {"res": (0.6, 0.7, 0.8, 0.9), "wave": (0, 1, 2), "cutoff_attack": (0.05, 0.1)},
    "prophet": {"res": (0.4, 0.6, 0.7)},
    "supersaw": {"res": (0.3, 0.6)},
    "pulse": {"pulse_width": (0.2, 0.3, 0.4)},
    "subpulse": {"pulse_width": (0.3, 0.4), "sub_amp": (0.6, 0.8)},
    "dsaw": {"detune": (0.1, 0.15, 0.2, 12)},
    "dtri": {"detune": (0.1, 0.15, 12)},
    "dpulse": {"detune": (0.1, 0.2), "pulse_width": (0.3, 0.4)},
    "zawa": {"wave": (0, 1, 2), "phase": (0.25, 0.5, 1, 2), "range": (5, 7, 12)},
    "blade": {"vibrato_rate": (3, 4, 6), "vibrato_depth": (0.08, 0.1, 0.15)},
    "piano": {"hard": (0.2, 0.3, 0.5), "vel": (0.2, 0.3, 0.4), "stereo_width": (0.2, 0.5)},
    "pluck": {"coef": (0.1, 0.3, 0.5), "pluck_decay": (20, 40, 60)},
    "hollow": {"noise": (0, 1, 2), "norm": (0,)},
    "dark_ambience": {"ring": (0.1, 0.2, 0.4), "room": (40, 70)},
    "chiplead": {"width": (0, 1, 2)},
}
"""Options of single synths and values that people give them."""

LEADS = {"pluck": 3, "pretty_bell": 2, "tri": 2, "saw": 1.5, "blade": 2, "piano": 3, "fm": 2,
         "prophet": 1.5, "beep": 2, "square": 1, "dull_bell": 1.5, "chiplead": 1, "pulse": 1.5,
         "mod_saw": 0.7, "mod_fm": 0.7, "tb303": 1, "dsaw": 1, "sine": 1.5, "dtri": 1,
         "tech_saws": 0.6, "mod_beep": 0.6, "subpulse": 0.6, "supersaw": 0.6, "zawa": 0.4,
         "mod_tri": 0.6, "mod_pulse": 0.6, "hollow": 0.5}  # fmt: skip
BASSES = {"tb303": 2, "fm": 3, "subpulse": 2, "saw": 1.5, "dsaw": 2, "chipbass": 1, "tri": 2,
          "pulse": 1.5, "sine": 2, "prophet": 1.5, "growl": 0.7, "pluck": 1, "mod_saw": 0.5,
          "dpulse": 0.8, "beep": 0.7, "square": 0.8, "zawa": 0.5, "mod_pulse": 0.4}  # fmt: skip
PADS = {"hollow": 3, "blade": 3, "dark_ambience": 2, "prophet": 3, "dsaw": 2, "supersaw": 1.5,
        "saw": 1, "tri": 1.5, "sine": 1.5, "fm": 1, "dtri": 1.5, "tech_saws": 1, "growl": 0.5,
        "mod_sine": 0.6, "zawa": 0.4, "dpulse": 0.7, "hoover": 0.3}  # fmt: skip
STABS = {"piano": 3, "prophet": 2, "saw": 1.5, "dsaw": 1.5, "pluck": 2, "fm": 2, "tri": 2,
         "supersaw": 1, "pulse": 1, "pretty_bell": 1, "beep": 1, "tech_saws": 1, "dpulse": 1,
         "square": 1, "hoover": 0.4, "chiplead": 0.6}  # fmt: skip
NOISES = {"noise": 2, "pnoise": 2, "bnoise": 2, "gnoise": 1, "cnoise": 2}

KITS: dict[str, dict[str, tuple[str, ...]]] = {
    "house": {
        "kick": ("bd_haus", "bd_tek", "bd_klub", "bd_fat", "bd_zum"),
        "snare": ("sn_dub", "sn_generic", "drum_snare_soft", "elec_hi_snare", "perc_snap"),
        "hat": ("drum_cymbal_closed", "drum_cymbal_pedal", "elec_tick"),
        "open": ("drum_cymbal_open", "elec_cymbal", "drum_cymbal_soft"),
        "perc": ("elec_blip", "elec_wood", "perc_snap2", "drum_cowbell", "elec_pop", "elec_ping"),
    },
    "acoustic": {
        "kick": ("drum_heavy_kick", "drum_bass_hard", "drum_bass_soft"),
        "snare": ("drum_snare_hard", "drum_snare_soft"),
        "hat": ("drum_cymbal_closed", "drum_cymbal_pedal"),
        "open": ("drum_cymbal_open", "drum_cymbal_soft", "drum_splash_soft"),
        "perc": ("drum_tom_lo_hard", "drum_tom_mid_hard", "drum_tom_hi_soft", "drum_cowbell"),
    },
    "electro": {
        "kick": ("elec_hollow_kick", "elec_soft_kick", "bd_808", "bd_zome", "bd_boom", "bd_pure"),
        "snare": ("elec_snare", "elec_lo_snare", "elec_mid_snare", "elec_filt_snare", "sn_zome"),
        "hat": ("elec_tick", "elec_twip", "elec_flip", "drum_cymbal_closed"),
        "open": ("elec_cymbal", "elec_chime", "elec_triangle"),
        "perc": ("elec_plip", "elec_blup", "elec_fuzz_tom", "elec_bong", "elec_beep", "elec_bell"),
    },
    "hop": {
        "kick": ("bd_808", "bd_boom", "bd_fat", "bd_sone", "bd_mehackit", "bd_gas"),
        "snare": ("sn_dolf", "sn_zome", "sn_generic", "drum_snare_hard", "perc_snap"),
        "hat": ("drum_cymbal_closed", "drum_cymbal_pedal", "elec_twip"),
        "open": ("drum_cymbal_open", "drum_cymbal_soft"),
        "perc": ("perc_snap2", "drum_cowbell", "elec_wood", "vinyl_scratch", "perc_till"),
    },
    "tabla": {
        "kick": ("tabla_ghe1", "tabla_ghe4", "tabla_ghe8", "tabla_ghe7"),
        "snare": ("tabla_na", "tabla_na_o", "tabla_tas2", "tabla_dhec"),
        "hat": ("tabla_te1", "tabla_te2", "tabla_ke1", "tabla_re", "tabla_na_s"),
        "open": ("tabla_tun1", "tabla_tun2", "tabla_tun3"),
        "perc": ("tabla_ke2", "tabla_te_ne", "tabla_tas1", "tabla_te_m"),
    },
    "glitch": {
        "kick": ("bd_ada", "glitch_perc2", "elec_soft_kick", "perc_impact2"),
        "snare": ("glitch_perc1", "glitch_perc4", "perc_snap2", "mehackit_phone2"),
        "hat": ("elec_flip", "elec_tick", "glitch_perc5", "elec_plip"),
        "open": ("perc_swash", "glitch_perc3", "perc_swoosh"),
        "perc": ("mehackit_robot1", "mehackit_phone1", "glitch_robot1", "elec_twang", "perc_door"),
    },
}  # fmt: skip

BREAKS = {"loop_amen": 4, "loop_breakbeat": 4, "loop_amen_full": 16, "loop_compus": 8,
          "loop_mika": 16, "loop_industrial": 2, "loop_mehackit1": 4, "loop_mehackit2": 4,
          "loop_perc1": 4, "loop_tabla": 16, "loop_safari": 16, "loop_electric": 4}  # fmt: skip
"""Loops of drums and the beats that one round of each is."""

ATMOSPHERES = ("ambi_lunar_land", "ambi_drone", "ambi_dark_woosh", "ambi_swoosh", "ambi_sauna",
               "ambi_glass_hum", "ambi_haunted_hum", "ambi_glass_rub", "ambi_soft_buzz",
               "misc_cineboom", "vinyl_backspin", "loop_weirdo", "ambi_choir")  # fmt: skip
PITCHED = {"ambi_piano": 65, "bass_woodsy_c": 36, "bass_voxy_c": 48, "bass_thick_c": 36,
           "bass_hard_c": 36, "guit_harmonics": 71, "elec_bell": 60, "ambi_glass_hum": 57,
           "guit_e_fifths": 52}  # fmt: skip
"""Samples with a clear pitch and the note they sound at their own rate."""

SAMPLE_TRIM = {"bd_808": 1.8, "bd_fat": 1.3, "drum_snare_hard": 0.8, "drum_bass_hard": 0.7,
               "drum_splash_hard": 0.7, "drum_cymbal_hard": 0.7, "elec_blip": 1.4,
               "drum_snare_soft": 1.5, "vinyl_hiss": 2.5, "ambi_haunted_hum": 1.8,
               "ambi_soft_buzz": 1.5, "loop_tabla": 2.2, "loop_electric": 1.5,
               "ambi_glass_hum": 1.8, "perc_snap2": 0.7, "tabla_ghe8": 0.8}  # fmt: skip
