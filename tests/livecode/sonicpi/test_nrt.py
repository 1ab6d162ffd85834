from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trichord.livecode.sonicpi import install, pcm, scorefile
from trichord.livecode.sonicpi.nrt import SynthError, Synthesiser
from trichord.livecode.sonicpi.players import HostPlayer, PlainPlayer, find_scsynth
from trichord.livecode.sonicpi.plugins import plugins_for
from trichord.livecode.sonicpi.recording import Message, Recording
from trichord.livecode.sonicpi.sandbox import Limits
from trichord.livecode.sonicpi.scorefile import ScoreFile
from trichord.livecode.sonicpi.synthdefs import SynthDefs

BEEP, NOISE = "sonic-pi-beep", "sonic-pi-noise"


def _definitions() -> SynthDefs:
    return SynthDefs([install.find().synthdef_folder])


def _score(*messages, seconds=0.2, seed=1) -> ScoreFile:
    rows = tuple(
        Message(time, order, "", None, None, address, tuple(arguments))
        for order, (time, address, *arguments) in enumerate(messages)
    )
    run = Recording(0, int(seconds * 1e9), True, rows)
    contents = {name: _definitions().content(name) for name in scorefile.instruments(run)}
    return scorefile.write(run, {k: v for k, v in contents.items() if v}, seed)


def _note(name: str = BEEP, node: int = 1000, **parameters: float) -> tuple:
    pairs = [word for pair in {"out_bus": 0, **parameters}.items() for word in pair]
    return (0, "/s_new", name, node, 0, 0, *pairs)


@pytest.fixture(scope="module", params=["hosted", "plain"])
def synth(request) -> Iterator[Synthesiser]:
    plugins = plugins_for(_definitions().units())
    with Synthesiser(plugins, hosted=request.param == "hosted") as one:
        yield one


@pytest.fixture(scope="module")
def hosted() -> Iterator[Synthesiser]:
    with Synthesiser(plugins_for(_definitions().units())) as one:
        yield one


def test_a_note_sounds_for_as_long_as_the_score(synth):
    score = _score(_note(note=69), seconds=0.5)
    played = synth.play(score.content, score.seconds)
    audio = pcm.stereo(played.wave)
    assert audio.shape[0] == 2
    assert audio.dtype == np.float32
    assert 0 <= audio.shape[1] - 22050 < 128
    assert pcm.level(played.wave).rms_db > -30
    spectrum = np.abs(np.fft.rfft(audio[0, :22050]))
    assert abs(int(spectrum.argmax()) * 2 - 440) <= 2
    assert played.complaints == ()


def test_both_ways_give_the_same_bytes():
    score = _score(_note(), _note(NOISE, 1001, cutoff=90), seconds=0.3)
    plugins = plugins_for(_definitions().units())
    waves = []
    for is_hosted in (True, False):
        with Synthesiser(plugins, hosted=is_hosted) as synth:
            waves.append(synth.play(score.content, score.seconds).wave)
    assert waves[0] == waves[1]


def test_noise_is_the_same_again_and_another_with_another_seed(synth):
    first, again, other = (
        synth.play(score.content, score.seconds).wave
        for score in (_score(_note(NOISE), seed=seed) for seed in (1, 1, 2))
    )
    assert first == again
    assert pcm.digest(first) != pcm.digest(other)


def test_a_sample_is_read(synth):
    path = str(install.find().samples()["bd_haus"])
    note = _note("sonic-pi-basic_stereo_player", buf=3)
    score = _score((0, "/b_allocRead", 3, path, 0, 0), note)
    assert pcm.level(synth.play(score.content, score.seconds).wave).peak_db > -20


def test_silence_is_silent(synth):
    played = synth.play(_score().content, 0.2)
    assert pcm.level(played.wave).peak_db == -np.inf
    assert pcm.level(played.wave).rms_db == -np.inf


def test_a_missing_definition_is_said(synth):
    score = _score(_note("no-such-synth"))
    (said, *_) = synth.play(score.content, score.seconds).complaints
    assert "no-such-synth" in said


def test_a_missing_plugin_is_said():
    with Synthesiser([], hosted=False) as synth:
        score = _score(_note())
        said = synth.play(score.content, score.seconds).complaints
    assert any("not installed" in line or "not found" in line for line in said)


def test_a_broken_score_is_an_error_and_the_next_one_plays(synth):
    with pytest.raises(SynthError, match="scsynth"):
        synth.play(b"no score at all", 1.0)
    score = _score(_note())
    assert pcm.level(synth.play(score.content, score.seconds).wave).peak_db > -20


def test_a_score_that_takes_too_long_is_stopped(synth):
    notes = [_note("sonic-pi-prophet", 1000 + n, sustain=60) for n in range(600)]
    score = _score(*notes, seconds=60.0)
    strict = Limits(cpu_seconds=1, wall_seconds=1.0)
    strict = replace(strict, cpu_seconds=-59, wall_seconds=-58.5)  # for the score's own length
    started = time.monotonic()
    with pytest.raises(SynthError, match=r"took more than 1 s|stopped after 1\.5 s"):
        synth.play(score.content, score.seconds, strict)
    assert time.monotonic() - started < 60


def test_memory_has_a_bound(hosted):
    score = _score((0, "/b_alloc", 5, 2**29, 2), _note())
    played = hosted.play(score.content, score.seconds)
    assert any("lloc" in line for line in played.complaints)
    assert pcm.level(played.wave).peak_db > -20


def test_a_host_that_was_killed_is_started_again(hosted):
    score = _score(_note())
    before = hosted.play(score.content, score.seconds).wave
    hosted._player._process.kill()
    hosted._player._process.wait()
    assert hosted.play(score.content, score.seconds).wave == before


@pytest.mark.parametrize("words", [["/bin/false"], ["/bin/cat"]])
def test_without_a_host_that_does_its_work_scsynth_is_started_for_each_score(monkeypatch, words):
    # One ends at once, one answers with what it was asked.
    start = subprocess.Popen
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    monkeypatch.setattr(HostPlayer, "_start", lambda self: start(words, **pipes))
    score = _score(_note())
    with Synthesiser(plugins_for(_definitions().units())) as synth:
        assert isinstance(synth._player, PlainPlayer)
        assert pcm.level(synth.play(score.content, score.seconds).wave).peak_db > -20


def test_nothing_is_left_behind():
    synth = Synthesiser(plugins_for({"SinOsc"}))
    folder, process = Path(synth._folder.name), synth._player._process
    assert folder.is_dir()
    synth.close()
    synth.close()
    assert not folder.exists()
    assert process.poll() is not None


def test_a_score_cannot_read_what_the_sandbox_hides(hosted, tmp_path):
    secret = tmp_path / "secret.wav"
    secret.write_bytes(install.find().samples()["bd_haus"].read_bytes())
    note = _note("sonic-pi-basic_stereo_player", buf=3)
    score = _score((0, "/b_allocRead", 3, str(secret), 0, 0), note)
    played = hosted.play(score.content, score.seconds)
    assert pcm.level(played.wave).peak_db == -np.inf


def test_scsynth_is_found_or_its_package_named(monkeypatch):
    assert Path(find_scsynth()).name == "scsynth"
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Exception, match="supercollider-server"):
        find_scsynth()
