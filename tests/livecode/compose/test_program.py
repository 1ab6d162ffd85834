from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trichord.livecode.compose import compose
from trichord.livecode.compose.effect_tables import MOVED, OPTIONS, WEIGHTS
from trichord.livecode.compose.genres import GENRES
from trichord.livecode.compose.genres import WEIGHTS as GENRE_WEIGHTS
from trichord.livecode.compose.layers import ROLES
from trichord.livecode.compose.names import COMMENTS, TITLES
from trichord.livecode.compose.sounds import ATMOSPHERES, BREAKS, KITS, OWN_OPTIONS, PITCHED, TRIM
from trichord.livecode.compose.theory import FLATS, MODES, SHARPS, parent_of
from trichord.livecode.compose.voice import LEVELS, POOLS
from trichord.livecode.edits.numbers import midi_of
from trichord.livecode.edits.pitch import notes
from trichord.livecode.sonicpi.guard import findings
from trichord.livecode.sonicpi.install import find
from trichord.livecode.sonicpi.pool import RuntimePool
from trichord.livecode.sonicpi.render import Renderer
from trichord.livecode.tree import parse

seeds = st.integers(0, 2**32)


@given(seeds)
@settings(max_examples=60)
def test_every_program_parses_and_passes_the_guard(seed: int) -> None:
    program = compose(random.Random(seed))
    assert not parse(program.code).faults
    assert not findings(program.code)
    assert program.code.endswith("\n")
    assert not any(line != line.rstrip() for line in program.code.splitlines())


@given(seeds)
@settings(max_examples=20)
def test_a_seed_gives_one_program(seed: int) -> None:
    assert compose(random.Random(seed)) == compose(random.Random(seed))


@given(seeds)
@settings(max_examples=60)
def test_written_notes_are_of_the_key(seed: int) -> None:
    program = compose(random.Random(seed))
    traits = program.traits
    tonic = (SHARPS if traits.key in SHARPS else FLATS).index(traits.key)
    steps = {*MODES[traits.mode], *MODES[parent_of(traits.mode)]}
    played = {round(midi_of(each) or 0) % 12 for each in notes(parse(program.code))}
    assert played <= {(tonic + step) % 12 for step in steps}


@given(seeds)
@settings(max_examples=40)
def test_traits_say_what_is_there(seed: int) -> None:
    program = compose(random.Random(seed))
    traits = program.traits
    assert 1 <= len(traits.roles) <= 5
    assert set(traits.roles) <= set(ROLES)
    if "form.canon" not in traits.productions:
        assert set(GENRES[traits.genre].must[: len(traits.roles)]) <= set(traits.roles)
    written = [call for call in parse(program.code).calls if call.name == "use_bpm"]
    assert not written or f"use_bpm {traits.bpm}" in program.code.replace("(", " ")


def test_programs_differ_in_every_way_that_styles_do() -> None:
    text = "\n".join(compose(random.Random(seed)).code for seed in range(300))
    for mark in ("live_loop", "in_thread", "define", "loop do", "with_fx", "sync", "cue", "get[",
                 "control", "ring(", "(ring", "].ring", ".look", "tick(:", "spread", "one_in",
                 "synth :", "use_synth", "with_synth", "sample", "chord", "scale", "at [",
                 "density", "use_random_seed", "play_pattern_timed", "case", "if ", "else",
                 "each do", "use_bpm", "#", "beat_stretch", "slice:", "rate:"):  # fmt: skip
        assert mark in text, mark


def test_what_the_grammar_names_is_installed() -> None:
    installed = find()
    samples, synthdefs = installed.samples(), installed.synthdefs()
    kits = {name for kit in KITS.values() for part in kit.values() for name in part}
    assert kits | set(BREAKS) | set(ATMOSPHERES) | set(PITCHED) <= set(samples)
    synths = {name for pool in POOLS.values() for name in pool} | set(TRIM) | set(OWN_OPTIONS)
    # The runtime knows these two by a second name.
    synths -= {"sine", "mod_beep"}
    assert {f"sonic-pi-{name}" for name in synths} <= set(synthdefs)
    assert set(OPTIONS) <= set(installed.effects())


def test_tables_fit_together() -> None:
    assert set(GENRES) == set(GENRE_WEIGHTS) == set(TITLES)
    assert set(ROLES) == set(LEVELS) == set(WEIGHTS) == set(COMMENTS)
    for genre in GENRES.values():
        assert set(genre.roles) | set(genre.must) <= set(ROLES), genre.name
        assert set(genre.kits) <= set(KITS)
        assert set(genre.modes) <= set(MODES)
    assert {name for table in WEIGHTS.values() for name in table} <= set(OPTIONS)
    assert set(MOVED) <= set(OPTIONS)


def test_programs_play_without_error(pool: RuntimePool) -> None:
    codes = [compose(random.Random(f"play {at}")).code for at in range(16)]
    for at, recording in pool.map(codes, seconds=5):
        assert not recording.errors, codes[at]
        assert any(each.address == "/s_new" for each in recording.messages), codes[at]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_programs_are_heard_and_do_not_clip(seed: int, renderer: Renderer) -> None:
    rendered = renderer.render(compose(random.Random(seed)).code, seconds=6)
    assert not rendered.errors
    assert rendered.level is not None
    assert rendered.level.rms_db > -45
    audio = rendered.audio
    assert audio is not None
    assert (abs(audio) >= 0.999).any(axis=0).mean() < 1e-3
