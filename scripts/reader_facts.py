"""Writes the facts that the code reader knows of the language, from the Sonic Pi installed here.

Chords and scales (semitones), lengths of the samples (seconds), and the values that synths and
effects take where a program gives none. Nothing else of the installation is kept, and none of it
is needed when programs are read.
"""

from __future__ import annotations

import json
import subprocess
from itertools import accumulate
from pathlib import Path
from typing import Any

import soundfile

from trichord.livecode.reader.facts import FACTS
from trichord.livecode.sonicpi import install
from trichord.livecode.templates import read_vocabulary
from trichord.livecode.templates.words import word_set

KEPT = word_set(
    "note amp pan attack decay sustain release cutoff cutoff_min cutoff_max res phase mix wave "
    "room damp decay_level sustain_level pre_amp distort bits sample_rate freq feedback depth "
    "amp_min amp_max pulse_width pitch detune rate start finish lpf hpf mod_phase mod_range "
    "mod_wave divisor invert_wave probability phase_offset spread max_phase time_dis pitch_dis "
    "window_size threshold slope_above slope_below centre db gain drive mod_depth coef "
    "pluck_decay noise_amp max_delay_time hard vel dry delay"
)
"""Parameters whose defaults are kept."""


def main() -> None:
    """Reads the installation and writes the file."""
    found = install.find()
    vocabulary = read_vocabulary(found.root)
    facts: dict[str, Any] = {
        "sonic_pi": found.version,
        "chords": _chords(found.root),
        "scales": {
            name: [round(step, 4) for step in accumulate(steps, initial=0.0)]
            for name, steps in sorted(vocabulary.scales.items())
        },
        "samples": {
            path.stem: round(soundfile.info(str(path)).duration, 4)
            for path in sorted((found.shared / "samples").glob("*.flac"))
            if path.stem in vocabulary.samples
        },
    }
    facts |= _defaults(found.root)
    FACTS.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def _chords(root: Path) -> dict[str, list[int]]:
    return dict(sorted(_ask(root, "chord", "SonicPi::Chord::CHORD").items()))


def _defaults(root: Path) -> dict[str, dict[str, dict[str, float]]]:
    """What synths and effects take where nothing is given; times in seconds."""
    asked = (
        "k = SonicPi::Synths::BaseInfo; "
        "{synths: k.all_synths.map { |n| [n, k.get_info(n).arg_defaults] }.to_h, "
        'effects: k.all_fx.map { |n| [n, k.get_info("fx_#{n}").arg_defaults] }.to_h}'
    )
    said = _ask(root, "synths/synthinfo", f"({asked})")
    return {
        kind: {
            name: {
                key: round(float(value), 4)
                for key, value in defaults.items()
                if key in KEPT and isinstance(value, int | float)
            }
            for name, defaults in sorted(table.items())
        }
        for kind, table in said.items()
    }


def _ask(root: Path, library: str, expression: str) -> Any:
    script = (
        "require 'json'; require File.join(ARGV[0], 'lib', 'sonicpi', ARGV[1]); "
        f"puts JSON.generate(({expression}))"
    )
    words = ["ruby", "-e", script, str(root), library]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


if __name__ == "__main__":
    main()
