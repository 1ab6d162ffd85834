"""Which effects suit a role, and the options that people give them."""

from __future__ import annotations

from collections.abc import Callable

from trichord.livecode.compose.piece import Piece
from trichord.livecode.compose.style import Options


def _weights(words: str) -> dict[str, float]:
    """A table from "name weight name weight …"."""
    names, weights = words.split()[::2], words.split()[1::2]
    return dict(zip(names, map(float, weights), strict=True))


WEIGHTS: dict[str, dict[str, float]] = {
    "drums": _weights(
        "reverb 3 bitcrusher 1 compressor 1 hpf 0.5 lpf 0.7 distortion 0.7 echo 0.7 "
        "krush 0.3 flanger 0.3 eq 0.4 tanh 0.2"
    ),
    "hats": _weights(
        "reverb 1.5 hpf 2 echo 1 pan 0.4 panslicer 0.4 bitcrusher 0.5 ping_pong 0.6 flanger 0.5"
    ),
    "break": _weights(
        "reverb 1.5 bitcrusher 1 rlpf 1 slicer 1 hpf 0.7 compressor 1 flanger 0.5 "
        "wobble 0.4 ixi_techno 0.4"
    ),
    "bass": _weights(
        "lpf 2 distortion 1 rlpf 1 compressor 1 wobble 0.8 reverb 0.7 krush 0.3 octaver "
        "0.2 nrlpf 0.4 tanh 0.3 slicer 0.5"
    ),
    "melody": _weights(
        "reverb 5 echo 4 ping_pong 1 flanger 0.6 slicer 0.5 tremolo 0.5 bitcrusher 0.4 "
        "distortion 0.4 ring_mod 0.15 lpf 0.6 octaver 0.2 whammy 0.15 pitch_shift 0.15 "
        "vowel 0.2 gverb 0.7"
    ),
    "arp": _weights(
        "reverb 4 echo 3 ping_pong 1.5 slicer 0.5 panslicer 0.5 rlpf 0.7 flanger 0.6 "
        "bitcrusher 0.5 hpf 0.4 tremolo 0.4"
    ),
    "bell": _weights("reverb 6 echo 3 ping_pong 1 gverb 1.5 tremolo 0.4 hpf 0.3"),
    "chords": _weights(
        "reverb 5 slicer 1.2 echo 1.5 lpf 0.8 rlpf 0.5 flanger 0.7 tremolo 0.7 wobble "
        "0.5 panslicer 0.5 bitcrusher 0.3 ixi_techno 0.4 distortion 0.2"
    ),
    "drone": _weights(
        "reverb 5 slicer 1 lpf 0.8 flanger 0.7 gverb 1 ixi_techno 0.6 tremolo 0.7 "
        "panslicer 0.6 wobble 0.4 nlpf 0.3 rbpf 0.2"
    ),
    "texture": _weights(
        "reverb 5 echo 2 hpf 0.7 slicer 0.6 bitcrusher 0.5 ring_mod 0.3 gverb 1 flanger "
        "0.5 panslicer 0.5 nrbpf 0.2"
    ),
}
"""How often an effect is taken for a role."""


def _share(piece: Piece, *values: float) -> str:
    return piece.style.number(piece.value(*values))


def _reverb(piece: Piece) -> Options:
    options = {"room": _share(piece, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)}
    return {**options, "mix": _share(piece, 0.3, 0.4, 0.5, 0.6)} if piece.chance(0.6) else options


def _echo(piece: Piece) -> Options:
    phase = piece.beats(piece.value(0.25, 0.375, 0.5, 0.75, 1))
    return {
        "phase": phase,
        "decay": piece.beats(piece.value(2, 3, 4, 6)),
        "mix": _share(piece, 0.25, 0.3, 0.4, 0.5),
    }


def _filtered(low: int, high: int) -> Callable[[Piece], Options]:
    def options(piece: Piece) -> Options:
        cutoff = str(piece.rng.randrange(low, high + 1, 5))
        if piece.chance(0.15):
            cutoff = f"rrand({low}, {high})"
        return {"cutoff": cutoff}

    return options


def _resonant(piece: Piece) -> Options:
    return {**_filtered(75, 105)(piece), "res": _share(piece, 0.3, 0.5, 0.6, 0.7)}


def _slicer(piece: Piece) -> Options:
    options = {"phase": piece.beats(piece.value(0.125, 0.25, 0.25, 0.5, 0.75))}
    if piece.chance(0.4):
        options["wave"] = piece.pick(("0", "1", "2", "3"))
    if piece.chance(0.2):
        options["probability"] = _share(piece, 0.3, 0.5, 0.7)
    if piece.chance(0.3):
        options["amp_min"] = _share(piece, 0.1, 0.2, 0.3)
    if piece.chance(0.5):
        options["mix"] = _share(piece, 0.5, 0.6, 0.8)
    return options


def _wobble(piece: Piece) -> Options:
    options = {
        "phase": piece.beats(piece.value(0.5, 1, 1.5, 2, 4)),
        "cutoff_min": str(piece.rng.choice((60, 70))),
        "cutoff_max": str(piece.rng.choice((100, 110, 120))),
    }
    return {**options, "mix": _share(piece, 0.4, 0.6, 0.8)} if piece.chance(0.5) else options


OPTIONS: dict[str, Callable[[Piece], Options]] = {
    "reverb": _reverb,
    "gverb": lambda piece: {
        "room": piece.pick(("5", "10", "15", "20")),
        "release": piece.pick(("2", "3", "5")),
        "mix": _share(piece, 0.2, 0.3, 0.4),
    },
    "echo": _echo,
    "ping_pong": lambda piece: {
        "phase": piece.beats(piece.value(0.25, 0.375, 0.5, 0.75)),
        "feedback": _share(piece, 0.3, 0.4, 0.5, 0.6),
        "mix": _share(piece, 0.3, 0.4, 0.5),
    },
    "slicer": _slicer,
    "panslicer": lambda piece: {
        "phase": piece.beats(piece.value(0.25, 0.5, 1, 2)),
        "mix": _share(piece, 0.4, 0.6, 0.8),
    },
    "wobble": _wobble,
    "ixi_techno": lambda piece: {
        "phase": piece.beats(piece.value(2, 4, 8)),
        "mix": _share(piece, 0.3, 0.5, 0.7),
    },
    "lpf": _filtered(75, 110),
    "nlpf": _filtered(85, 110),
    "hpf": _filtered(40, 70),
    "rlpf": _resonant,
    "nrlpf": _resonant,
    "rbpf": lambda piece: {
        "centre": str(piece.rng.choice((60, 70, 80))),
        "res": _share(piece, 0.2, 0.4),
        "mix": _share(piece, 0.4, 0.6),
    },
    "nrbpf": lambda piece: {
        "centre": str(piece.rng.choice((70, 80, 90))),
        "res": _share(piece, 0.2, 0.4),
        "mix": _share(piece, 0.3, 0.5),
    },
    "bitcrusher": lambda piece: {
        "bits": piece.pick(("5", "6", "7", "8")),
        "sample_rate": piece.pick(("5000", "8000", "10000", "16000")),
        "mix": _share(piece, 0.2, 0.3, 0.5),
    },
    "krush": lambda piece: {
        "gain": piece.pick(("2", "3", "5")),
        "mix": _share(piece, 0.2, 0.3),
        "amp": _share(piece, 0.5, 0.6),
    },
    "distortion": lambda piece: {
        "distort": _share(piece, 0.2, 0.3, 0.4, 0.5),
        "amp": _share(piece, 0.4, 0.5, 0.6),
        "mix": _share(piece, 0.3, 0.5, 0.7),
    },
    "tanh": lambda piece: {
        "krunch": piece.pick(("2", "3", "5")),
        "mix": _share(piece, 0.3, 0.4),
        "amp": _share(piece, 0.5, 0.6),
    },
    "flanger": lambda piece: {
        "phase": piece.beats(piece.value(2, 4, 8)),
        "depth": piece.pick(("3", "5", "7")),
        "mix": _share(piece, 0.3, 0.4, 0.6),
    },
    "tremolo": lambda piece: {
        "phase": piece.beats(piece.value(0.25, 0.5, 1, 2)),
        "depth": _share(piece, 0.3, 0.5, 0.7),
    },
    "compressor": lambda piece: {
        "threshold": _share(piece, 0.1, 0.2, 0.3),
        "slope_above": _share(piece, 0.3, 0.5),
    },
    "ring_mod": lambda piece: {
        "freq": piece.pick(("20", "30", "40")),
        "mix": _share(piece, 0.2, 0.3),
    },
    "octaver": lambda piece: {
        "sub_amp": _share(piece, 0.3, 0.5),
        "super_amp": _share(piece, 0.2, 0.4),
        "mix": _share(piece, 0.3, 0.5),
    },
    "whammy": lambda piece: {"transpose": "12", "mix": _share(piece, 0.2, 0.3)},
    "pitch_shift": lambda piece: {
        "pitch": piece.pick(("12", "-12")),
        "mix": _share(piece, 0.2, 0.3),
    },
    "vowel": lambda piece: {
        "vowel_sound": piece.pick(("1", "2", "3", "4")),
        "mix": _share(piece, 0.4, 0.6),
    },
    "pan": lambda piece: {"pan": _share(piece, -0.5, -0.3, 0.3, 0.5)},
    "eq": lambda piece: {
        "low": _share(piece, -0.3, 0.2, 0.3),
        "high": _share(piece, -0.3, 0.1, 0.2),
    },
}
MOVED = {
    "reverb": ("mix", "0", "0.7"),
    "echo": ("mix", "0", "0.6"),
    "lpf": ("cutoff", "70", "115"),
    "rlpf": ("cutoff", "70", "110"),
    "hpf": ("cutoff", "30", "80"),
    "slicer": ("mix", "0.2", "1"),
    "wobble": ("mix", "0.2", "0.8"),
    "flanger": ("depth", "2", "9"),
    "nrlpf": ("cutoff", "75", "110"),
    "distortion": ("distort", "0.1", "0.6"),
    "bitcrusher": ("mix", "0", "0.5"),
    "pan": ("pan", "-0.8", "0.8"),
}
"""The option of an effect that a performer moves, and between which values."""
