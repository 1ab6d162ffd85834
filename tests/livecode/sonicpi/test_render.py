from __future__ import annotations

import numpy as np
import pytest

from trichord.errors import InputError
from trichord.livecode.sonicpi import Renderer, install, render
from trichord.livecode.sonicpi.pool import RuntimePool

SHORT = "use_synth :tb303\nplay 40, release: 0.2\nsleep 0.3\nsample :bd_haus"
NOISE = "synth :bnoise, release: 0.3\nsleep 0.3"


def test_a_program_sounds_and_says_what_it_plays(renderer: Renderer):
    done = renderer.render(SHORT, seconds=1.0)
    assert done.errors == ()
    assert done.audio is not None
    assert done.audio.shape[0] == 2
    assert done.audio.dtype == np.float32
    assert np.abs(done.audio).max() <= 1.0
    assert done.level is not None
    assert done.level.peak_db > -30
    assert [e.name for e in done.score.events if e.kind != "mixer"] == ["tb303", "bd_haus"]
    assert done.cpu_seconds > 0
    assert not done.refused


def test_sound_comes_when_the_score_says_so(renderer: Renderer):
    done = renderer.render("sleep 0.5\nplay 80, attack: 0, amp: 2\nsleep 1", seconds=1.0)
    assert done.audio is not None
    (event,) = [e for e in done.score.events if e.name == "beep"]
    first = int(np.argmax(np.abs(done.audio).max(axis=0) > 1e-3)) / 44100
    assert event.start == 0.5
    assert first == pytest.approx(event.start + done.score.latency, abs=0.003)


def test_the_same_program_gives_the_same_bytes_on_any_worker(renderer: Renderer):
    waves = {done.wave for done in renderer.render_many([NOISE] * 5, seconds=0.5)}
    assert len(waves) == 1
    with Renderer(1) as alone:
        assert {alone.render(NOISE, seconds=0.5).wave} == waves


def test_another_seed_gives_other_noise_and_another_hash(renderer: Renderer):
    hashes = {renderer.render(NOISE, seconds=0.5, seed=seed).render_hash for seed in (1, 2, 1)}
    assert len(hashes) == 2


def test_many_come_in_order_with_the_refused_in_their_places(renderer: Renderer):
    codes = ["play 60\nsleep 0.1", "system 'ls'", b"\xff", "", *["play 61\nsleep 0.1"] * 3, "`ls`"]
    renders = list(renderer.render_many(codes, seconds=0.3))
    notes = [[e.given["note"] for e in done.score.events if e.name == "beep"] for done in renders]
    assert notes == [[60.0], [], [], [], [61.0], [61.0], [61.0], []]
    assert [done.refused for done in renders] == [
        False, True, True, True, False, False, False, True,
    ]  # fmt: skip
    assert "UTF-8" in renders[2].errors[0].message
    assert "empty" in renders[3].errors[0].message
    assert all(done.wave is None for done in renders if done.refused)


def test_programs_are_taken_only_as_they_are_rendered(renderer: Renderer):
    taken = 0

    def codes():
        nonlocal taken
        for _ in range(40):
            taken += 1
            yield "play 60\nsleep 0.1"

    renders = renderer.render_many(codes(), seconds=0.2)
    next(renders)
    assert taken < 20
    renders.close()
    assert renderer.render(SHORT, seconds=0.5).errors == ()


def test_a_program_that_raises_is_heard_up_to_there(renderer: Renderer):
    done = renderer.render("play 60\nsleep 0.5\nraise 'oh'\nplay 72\nsleep 1", seconds=2.0)
    (error,) = done.errors
    assert (error.kind, error.line) == ("runtime", 3)
    assert "oh" in error.message
    assert [e.given["note"] for e in done.score.events if e.name == "beep"] == [60.0]
    assert done.level is not None
    assert done.level.peak_db > -30


def test_a_thread_that_dies_leaves_the_others(renderer: Renderer):
    code = "in_thread do\n  sleep 0.2\n  raise 'oh'\nend\n8.times do\n  play 60\n  sleep 0.1\nend"
    done = renderer.render(code, seconds=1.0)
    assert [error.line for error in done.errors] == [3]
    assert sum(e.name == "beep" for e in done.score.events) == 8


def test_a_refusal_names_the_line_and_the_word(renderer: Renderer):
    (error,) = renderer.render("play 60\n  exec 'ls'", seconds=1.0).errors
    assert (error.kind, error.line, error.column) == ("refused", 2, 3)
    assert "exec" in error.message


def test_what_is_no_ruby_is_a_syntax_error_with_its_place(renderer: Renderer):
    done = renderer.render("play 60\nlive_loop :a do\n  play (62\nend", seconds=1.0)
    (error,) = done.errors
    assert error.kind == "syntax"
    assert error.line is not None
    assert error.column is not None
    assert done.refused
    assert done.wave is None


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), 1e6])
def test_a_length_out_of_range_is_wrong_input(renderer: Renderer, seconds: float):
    with pytest.raises(InputError, match="seconds"):
        renderer.render(SHORT, seconds=seconds)


def test_scores_alone_need_no_scsynth(pool: RuntimePool):
    with Renderer(pool=pool, score_only=True) as scores:
        done = scores.render(SHORT, seconds=1.0)
    assert done.wave is None
    assert done.audio is None
    assert done.render_hash is None
    assert done.level is None
    assert len(done.score.events) == 4
    assert done.errors == ()


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(renderer: Renderer):
    plain = renderer.render(SHORT, seconds=0.5)
    windows = b"\xef\xbb\xbf" + SHORT.replace("\n", "\r\n").encode()
    assert renderer.render(windows, seconds=0.5).render_hash == plain.render_hash


def test_without_guard_and_sandbox_it_sounds_the_same(renderer: Renderer):
    trusted = render(SHORT, seconds=0.5, unsafe=True)
    assert trusted.errors == ()
    assert trusted.render_hash == renderer.render(SHORT, seconds=0.5).render_hash


def test_a_pool_of_somebody_else_is_not_closed(pool: RuntimePool):
    with Renderer(pool=pool, score_only=True):
        pass
    assert pool.run("play 60", seconds=0.5).errors == ()


def test_examples_render_without_error(renderer: Renderer):
    codes = [path.read_text(encoding="utf-8") for path in install.find().examples()[:5]]
    for done in renderer.render_many(codes, seconds=8.0):
        assert done.errors == ()
        assert done.level is not None
        assert done.level.peak_db > -60
