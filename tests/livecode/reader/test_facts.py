from __future__ import annotations

import soundfile

from trichord.livecode.reader.facts import facts
from trichord.livecode.sonicpi import install
from trichord.livecode.sonicpi.synthdefs import SynthDefs


def test_samples_are_as_long_as_those_installed() -> None:
    installed = install.find().samples()
    for name in ("bd_haus", "loop_amen", "ambi_choir", "guit_em9"):
        length = soundfile.info(str(installed[name])).duration
        assert abs(facts().samples[name] - length) < 1e-3


def test_envelopes_are_those_of_the_synth_definitions() -> None:
    definitions = SynthDefs([install.find().synthdef_folder])
    for name in ("beep", "saw", "prophet", "tb303", "pluck"):
        definition = definitions.get(f"sonic-pi-{name}")
        assert definition is not None
        for option in ("sustain", "release", "note"):
            assert facts().synths[name][option] == definition.defaults[option]


def test_the_tables_hold_what_the_language_has() -> None:
    assert facts().chords["m7"] == (0, 3, 7, 10)
    assert facts().scales["dorian"] == (0, 2, 3, 5, 7, 9, 10, 12)
    assert facts().effects["echo"]["phase"] == 0.25
