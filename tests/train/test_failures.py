"""What a run says, and leaves, when it goes wrong."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from tests.train.test_loop import CONFIG, Line, weights
from trichord.errors import InputError, TrichordError
from trichord.train.checkpoint import Checkpoint, last_step, latest_checkpoint, save_checkpoint
from trichord.train.loop import fit
from trichord.train.records import differing, open_folder

PROGRAM = Path(__file__).with_name("line_run.py")


class Worsening(Line):
    """Is fine until its loss is multiplied."""

    def __init__(self, times: float) -> None:
        super().__init__()
        self.times, self.calls = times, 0

    def loss(self, model, batch):
        self.calls += 1
        loss, told = super().loss(model, batch)
        return loss * (self.times if self.calls > 22 else 1.0), told


def test_a_loss_that_is_no_number_names_the_step_and_what_is_left(tmp_path: Path) -> None:
    with pytest.raises(TrichordError, match=r"at step 21: .* the checkpoint of step 20 stands"):
        fit(Worsening(float("nan")), CONFIG, tmp_path)
    assert last_step(tmp_path / "checkpoints") == 20
    fit(Line(), CONFIG, tmp_path, resume=True)
    fit(Line(), CONFIG, tmp_path / "whole")
    found, expected = weights(tmp_path), weights(tmp_path / "whole")
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_a_run_that_diverges_says_so(tmp_path: Path) -> None:
    with pytest.raises(TrichordError, match=r"at step 25, over 3 times .* step 20 stands") as told:
        fit(Worsening(1e4), CONFIG, tmp_path)
    assert told.value.exit_code == 1
    patient = dataclasses.replace(CONFIG, diverged=0.0)
    assert fit(Worsening(1e4), patient, tmp_path / "patient")["step"] == 30


def test_the_beginning_is_remembered_over_a_resumption(tmp_path: Path) -> None:
    with pytest.raises(TrichordError, match="diverges"):
        fit(Worsening(1e4), CONFIG, tmp_path)
    task = Worsening(1e4)
    task.calls = 22
    with pytest.raises(TrichordError, match="diverges"):
        fit(task, CONFIG, tmp_path, resume=True)


def test_a_full_disk_leaves_the_checkpoint_before(tmp_path: Path) -> None:
    small = {"model": {"w": torch.zeros(10)}}
    save_checkpoint(tmp_path, Checkpoint(5, small, {}))
    command = """
import resource, sys, torch
from pathlib import Path
from trichord.train.checkpoint import Checkpoint, save_checkpoint
from trichord.errors import InputError
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    save_checkpoint(Path(sys.argv[1]), Checkpoint(9, {"model": {"w": torch.zeros(100_000)}}, {}))
except InputError as error:
    print(error)
    sys.exit(error.exit_code)
"""
    done = subprocess.run(
        [sys.executable, "-c", command, str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 2, done.stderr
    assert "step-000000009 could not be written (" in done.stdout
    assert "that of step 5 stands; make room and go on with --resume" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["step-000000005"]
    found = latest_checkpoint(tmp_path)
    assert found is not None
    assert torch.equal(found.groups["model"]["w"], torch.zeros(10))


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM])
def test_a_stopped_run_loses_one_interval_at_most(tmp_path: Path, stop: signal.Signals) -> None:
    command = [sys.executable, str(PROGRAM), str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    deadline = time.monotonic() + 120
    path = tmp_path / "metrics.jsonl"
    while child.poll() is None and time.monotonic() < deadline:
        if path.is_file() and path.read_text().count("\n") >= 3:
            break
        time.sleep(0.005)
    child.send_signal(stop)
    _, said = child.communicate(timeout=60)
    assert child.returncode != 0
    if stop != signal.SIGKILL:
        assert "stopped at step" in said
        assert "the last checkpoint is of step" in said
    reached = json.loads(path.read_text().splitlines()[-1])["step"]
    kept = last_step(tmp_path / "checkpoints")
    assert kept is not None
    assert reached - kept <= CONFIG.save_every
    with pytest.raises(InputError, match=rf"holds a run at step {kept}; resume it"):
        fit(Line(), CONFIG, tmp_path)
    fit(Line(), CONFIG, tmp_path, resume=True)
    fit(Line(), CONFIG, tmp_path / "whole")
    found, expected = weights(tmp_path), weights(tmp_path / "whole")
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_no_room_for_the_model_is_no_loss(tmp_path: Path) -> None:
    class Full(Line):
        calls = 0

        def export(self, folder: Path) -> None:
            self.calls += 1
            if self.calls == 2:
                raise OSError(28, "No space left on device", str(folder))

    with pytest.raises(InputError, match=r"\(No space left on device\); the checkpoint of step 10"):
        fit(Full(), CONFIG, tmp_path)
    task = Full()
    task.calls = 2
    fit(task, CONFIG, tmp_path, resume=True)
    fit(Line(), CONFIG, tmp_path / "whole")
    found, expected = weights(tmp_path), weights(tmp_path / "whole")
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path, Checkpoint(5, {"model": {"w": torch.zeros(100)}}, {}))
    whole = (path / "model.safetensors").read_bytes()
    (path / "model.safetensors").write_bytes(whole[:-20])
    with pytest.raises(InputError, match="step-000000005 is damaged"):
        latest_checkpoint(tmp_path)


def test_settings_may_differ_in_layout_and_in_what_was_not_known_yet() -> None:
    old = {"loop": {"steps": 5, "devices": 1, "strategy": "auto"}, "model": {"dim": 8}}
    new = {"loop": {"steps": 5, "devices": 2, "strategy": "fsdp", "bucket": 0}, "model": {"dim": 8}}
    assert differing(old, new) == []
    new["model"]["dim"], new["loop"]["steps"] = 9, 6
    assert differing(old, new) == ["loop.steps", "model.dim"]
    assert differing({"scheme": "a"}, {}) == ["scheme"]


def test_a_run_may_go_on_with_other_workers() -> None:
    old = {"workers": 2, "source": {"workers": 2, "seed": 0}}
    assert differing(old, {"workers": 8, "source": {"workers": 1, "seed": 0}}) == []
    assert differing(old, {"workers": 8, "source": {"workers": 1, "seed": 1}}) == ["source.seed"]


def test_tensorboard_holds_the_metrics(tmp_path: Path) -> None:
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.record_writer import masked_crc32c

    fit(Line(), dataclasses.replace(CONFIG, tensorboard=True), tmp_path)
    found: dict[tuple[int, str], float] = {}
    for path in (tmp_path / "tensorboard").iterdir():
        data = path.read_bytes()
        while data:
            # TFRecord: length, its checksum, the event, its checksum.
            size = int.from_bytes(data[:8], "little")
            body, crc = data[12 : 12 + size], data[12 + size : 16 + size]
            assert int.from_bytes(crc, "little") == masked_crc32c(body)
            event = Event.FromString(body)
            found |= {(event.step, v.tag): v.simple_value for v in event.summary.value}
            data = data[16 + size :]
    for text in (tmp_path / "metrics.jsonl").read_text().splitlines():
        line = json.loads(text)
        assert found[line["step"], "loss"] == pytest.approx(line["loss"], rel=1e-6)
    assert (30, "valid_loss") in found


def test_settings_cut_short_are_told_and_not_written_over(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "checkpoints", Checkpoint(5, {"model": {}}, {}))
    (tmp_path / "config.json").write_text('{"loop":')
    with pytest.raises(InputError, match=r"config\.json: not JSON, or cut short.*another folder"):
        open_folder(tmp_path, {"loop": {}}, resume=True)
    assert (tmp_path / "config.json").read_text() == '{"loop":'
