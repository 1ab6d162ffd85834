"""The study end to end on two synthetic instruments, tiny judges and a tiny model."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from trichord.codec.debug import DebugCodec, DebugCodecConfig
from trichord.data.plan import save_plan_json
from trichord.data.schema import Instrument, Note
from trichord.data.shards import encode_flac, shard_name, write_shard
from trichord.errors import InputError
from trichord.instrument.debug import DebugPlayer
from trichord.instrument.generator import NoteRequest
from trichord.lm import CodecLM, LMConfig
from trichord.progress import Progress
from trichord.space import debug_space
from trichord.space.dual import DualConfig
from trichord.space.judge import (
    CaptionJudge,
    CaptionJudgeConfig,
    Tagger,
    TaggerConfig,
    WordsConfig,
)
from trichord.studies.conditioning.cells import (
    Cell,
    finished,
    grid,
    make_missing,
    result_of,
    tokens_of,
)
from trichord.studies.conditioning.material import VELOCITIES, halved
from trichord.studies.conditioning.measure import JUDGE, SPACE, figures_of
from trichord.studies.conditioning.paper import paper_table
from trichord.studies.conditioning.scaling import scaling_table
from trichord.studies.conditioning.schemes import (
    mean_and_spread,
    paired_table,
    sample_table,
    tradeoff_table,
)
from trichord.studies.conditioning.shipped import SAMPLE, TEXT, shuffled
from trichord.studies.conditioning.study import ConditioningOptions, ConditioningStudy
from trichord.train.tokens import TokenSet

PITCHES = (45, 52, 60, 67)
RATE = 44100


def _instrument(name: str, family: str, group: int) -> Instrument:
    captions = (f"warm {name}", f"bright {name}")
    return Instrument(name, name, family, "acoustic", captions, "test", "CC0", group, "test")


def _notes(owner: Instrument, sustained: bool) -> list[Note]:
    player = DebugPlayer(sustained=sustained, cents=2.0, lead=0.0, dc=0.0, level_db=0.0)
    asked = [NoteRequest(p, v, 1.2) for p in PITCHES for v in VELOCITIES]
    waves = player.play(asked, owner.group)
    return [
        Note(f"{owner.name}_{r.pitch}_{r.velocity}", owner, r.pitch, r.velocity, RATE, flac)
        for r, flac in zip(asked, (encode_flac(w, RATE) for w in waves), strict=True)
    ]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notes")
    owners = [_instrument("organ", "organ", 0), _instrument("piano", "keyboard", 1)]
    save_plan_json(folder, {}, [vars(one) for one in owners], ((0, 1),))
    notes = [n for one, held in zip(owners, (True, False), strict=True) for n in _notes(one, held)]
    write_shard(folder / shard_name(0), notes, [])
    return folder


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judges")
    torch.manual_seed(0)
    words, heads = WordsConfig(buckets=64), DualConfig(16, 8, 1)
    CaptionJudge(CaptionJudgeConfig(words, heads)).eval().save(folder / "judge")
    Tagger(TaggerConfig((("decay", ("short", "long")),), hidden=8)).eval().save(folder / "tagger")
    return folder


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokens")
    generator = torch.Generator().manual_seed(0)
    count = 24
    joint = torch.randn(count, 16, generator=generator)
    TokenSet(
        codes=torch.randint(64, (count, 2, 12), generator=generator).to(torch.uint16),
        lengths=torch.full((count,), 12, dtype=torch.int32),
        pitch=torch.randint(45, 70, (count,), generator=generator).to(torch.uint8),
        velocity=torch.full((count,), 75, dtype=torch.uint8),
        family=torch.zeros(count, dtype=torch.uint8),
        source=torch.zeros(count, dtype=torch.uint8),
        instrument=(torch.arange(count) // 6).int(),
        split=(torch.arange(count) >= 18).to(torch.uint8),
        joint=torch.nn.functional.normalize(joint, dim=1).half(),
        meta={"num_codebooks": 2, "cardinality": 64, "codec": "debug"},
    ).write(folder)
    return folder


@pytest.fixture
def study(corpus: Path, judges: Path, tokens: Path, tmp_path: Path) -> ConditioningStudy:
    weights = tmp_path / "weights"
    debug_space().save(weights / "space")
    CodecLM(LMConfig.debug()).save(weights / "lm")
    options = ConditioningOptions(
        out=tmp_path / "out", corpus=corpus, tokens=tokens, weights=weights,
        judge=judges / "judge", tagger=judges / "tagger",
        schemes=("random", "learned"), decodings=("autoregressive",), seeds=1, base_steps=3,
        steps=2, batch_size=4, codebooks=2, keys=2,
    )  # fmt: skip
    made = ConditioningStudy(options, Progress("quiet"))
    codec = DebugCodec(DebugCodecConfig(sample_rate=RATE, hop=8820))
    made.spine.__dict__["codec"] = codec
    (weights / "codec").mkdir()
    (weights / "codec" / "model.safetensors").write_bytes(b"debug")
    return made


def test_the_halves_share_no_key_and_have_all_velocities() -> None:
    keys = [(p, v) for p in range(40, 60) for v in VELOCITIES] + [(30, 25)]
    halves = halved(keys, 3)
    assert halves is not None
    first, second = halves
    assert len(first) == len(second) == 9
    assert not set(first) & set(second)
    assert {v for _, v in first} == set(VELOCITIES)
    assert min(first)[0] == 40
    assert max(second)[0] == 59
    assert halved([(p, v) for p in (40, 41, 42) for v in VELOCITIES], 3) is None


def test_real_notes_measure_as_real_notes_do(study: ConditioningStudy) -> None:
    material = study.material
    assert [one.instrument.name for one in material.held_out] == ["organ", "piano"]
    real = material.asked
    figures = figures_of(real, material.reference, real, material.held_out, study.ears)
    assert figures.notes == 12
    assert figures.divergence == 0.0
    assert figures.in_tune == 1.0
    assert figures.rising == 1.0
    assert abs(figures.naive) <= abs(figures.adapted)
    assert figures.found_chance == 0.5
    again = figures_of(real, real, real, material.held_out, study.ears)
    assert again.fad[SPACE] == pytest.approx(0.0, abs=1e-6)
    assert figures.fad[SPACE] > 0
    flat = figures.flat()
    assert flat[f"kad, {SPACE}"] == figures.kad[SPACE]
    assert flat["notes"] == 12.0
    assert np.mean(figures.each["consistency"]) == pytest.approx(figures.consistency[SPACE])
    assert np.mean(figures.each["score adapted"]) == pytest.approx(figures.adapted)
    assert np.mean(again.each["nearness"]) == pytest.approx(1.0)


def test_what_was_heard_is_kept(study: ConditioningStudy) -> None:
    first = study.material.hear_asked("noise", lambda: _noise(12))
    again = study.material.hear_asked("noise", list)
    assert (first.space == again.space).all()
    figures = figures_of(
        first, study.material.reference, study.material.asked, study.material.held_out, study.ears
    )
    assert figures.in_tune < 0.5


def test_what_was_heard_belongs_to_codec_space_and_corpus(study: ConditioningStudy) -> None:
    study.material.hear_asked("noise", lambda: _noise(12))
    kept = study.material.folder
    assert dataclass_replace(study, seeds=2).material.folder == kept
    weights = study.options.weights
    for file in (weights / "codec" / "model.safetensors", weights / "space" / "model.safetensors"):
        before = file.read_bytes()
        file.write_bytes(before + b" ")
        assert dataclass_replace(study).material.folder != kept
        file.write_bytes(before)
    other = study.options.out / "corpus"
    shutil.copytree(study.options.corpus, other)
    plan = other / "plan.json"
    assert dataclass_replace(study, corpus=other).material.folder == kept
    plan.write_text(plan.read_text() + "\n")
    moved = dataclass_replace(study, corpus=other)
    assert moved.material.folder != kept
    anew = moved.material.hear_asked("noise", lambda: _noise(12)[::-1])
    assert (anew.space != study.material.hear_asked("noise", list).space).any()


def test_cells_belong_to_their_tokens_and_judges(
    study: ConditioningStudy, judges: Path, tokens: Path, tmp_path: Path, monkeypatch
) -> None:
    cell = Cell("random", "autoregressive", 0)
    first = result_of(study, cell)
    shutil.copytree(tokens, tmp_path / "tokens")
    meta = tmp_path / "tokens" / "meta.json"
    assert finished(dataclass_replace(study, tokens=meta.parent), [cell])
    meta.write_text(meta.read_text() + "\n")
    other = dataclass_replace(study, tokens=meta.parent)
    assert finished(other, [cell]) == {}
    assert tokens_of(other) != tokens_of(study)
    assert other.inputs((), ("steps",))["key"] != study.inputs((), ("steps",))["key"]
    assert other.inputs(())["key"] == study.inputs(())["key"]
    # Another judge hears the same run: nothing is trained again.
    shutil.copytree(judges / "judge", tmp_path / "judge")
    config = tmp_path / "judge" / "config.json"
    config.write_text(config.read_text() + "\n")
    judged = dataclass_replace(study, judge=config.parent)
    assert finished(judged, [cell]) == {}
    trained: list[object] = []
    monkeypatch.setattr("trichord.studies.conditioning.cells.train_lm", trained.append)
    assert result_of(judged, cell).seconds == first.seconds
    assert [one.scheme for one in trained] == ["random"]
    assert trained[0].out.name.startswith("base-")


def _noise(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.standard_normal(RATE).astype(np.float32) for _ in range(count)]


def test_silence_is_heard_as_out_of_tune(study: ConditioningStudy) -> None:
    waves = [np.zeros(RATE, np.float32), np.full(RATE, np.nan, np.float32)]
    heard = study.ears.hear(waves, [0, 1], [(60, 75), (60, 75)])
    assert heard.octave_error.all()
    assert np.isfinite(heard.space).all()
    assert np.isfinite(heard.level).all()


def test_shuffled_keys_move_with_all_their_velocities(study: ConditioningStudy) -> None:
    study.__dict__["shipped_material"] = study.material
    moved = shuffled(study)
    real = study.material.asked
    assert sorted(moved.owner.tolist()) == sorted(real.owner.tolist())
    assert (moved.owner.reshape(-1, 3) == moved.owner.reshape(-1, 3)[:, :1]).all()
    assert (moved.pitch == real.pitch).all()


def test_the_grid_is_trained_measured_and_kept(study: ConditioningStudy, monkeypatch) -> None:
    cells = list(grid(study))
    assert [cell.scheme for cell in cells] == ["random", "learned"]
    make_missing(dataclass_replace(study, most_cells=1), cells)
    assert list(finished(study, cells)) == cells[:1]
    make_missing(study, cells)
    results = finished(study, cells)
    for result in results.values():
        assert np.isfinite(result.nats)
        assert set(result.figures) == {"sample", "text"}
        assert result.figures["text"].notes == 12
        assert np.isfinite(result.figures["sample"].consistency[JUDGE])
    monkeypatch.setattr("trichord.studies.conditioning.cells.train_lm", None)
    assert result_of(study, cells[0]) == results[cells[0]]
    table = sample_table(study)
    assert [row[:3] for row in table.rows[:2]] == [
        ("random", "autoregressive", 1),
        ("learned", "autoregressive", 1),
    ]
    assert "were not made" not in table.about
    rows = paired_table(study).rows
    assert len(rows) == 2 * 4
    assert {row[1] for row in rows} == {"learned"}
    assert len(study.inputs((), ("steps",))["cells"]) == 2
    shown_as_pictures_and_beside_the_paper(study, monkeypatch)


def shown_as_pictures_and_beside_the_paper(study: ConditioningStudy, monkeypatch) -> None:
    """The other tables of the same cells."""
    traded = tradeoff_table(study)
    assert len(traded.rows) == 2 * 2 + 2
    curve = scaling_table(study)
    assert [row[0] for row in curve.rows] == ["128-d × 4"]
    assert "random-autoregressive-64x2-0" in curve.about
    for picture in (*traded.figures, *curve.figures):
        assert (study.options.out / picture).stat().st_size > 1000
    material = study.material
    real = figures_of(
        material.asked, material.reference, material.asked, material.held_out, study.ears
    )
    given = {SAMPLE: real, TEXT: real}
    monkeypatch.setattr("trichord.studies.conditioning.paper.shipped_figures", lambda _: given)
    beside = paper_table(study)
    assert [row[1] for row in beside.rows] == [1.558, 0.951, None, None, None, None]
    assert {len(row) for row in beside.rows} == {len(beside.columns)}


def test_an_audio_model_by_name_listens_too(study: ConditioningStudy) -> None:
    other = dataclass_replace(study, embedding="debug", steps=3)
    result = result_of(other, Cell("random", "autoregressive", 0))
    assert np.isfinite(result.figures["sample"].kad["debug"])
    assert other.cells != dataclass_replace(study, steps=3).cells
    table = sample_table(other)
    assert table.columns[-2:] == ("KAD, debug", "FAD, debug")
    assert len(table.rows[0]) == len(table.rows[-1]) == len(table.columns)


def dataclass_replace(study: ConditioningStudy, **changes: object) -> ConditioningStudy:
    """The same study under other options."""
    other = ConditioningStudy(dataclasses.replace(study.options, **changes), study.progress)
    other.spine.__dict__["codec"] = study.spine.codec
    return other


def test_a_table_names_the_cells_that_were_not_made(study: ConditioningStudy) -> None:
    told = finished(study, list(grid(study)))
    assert told == {}
    assert "2 of 2 runs were not made" in sample_table(study).about


def test_a_masked_cell_is_made_by_the_same_words(study: ConditioningStudy) -> None:
    result = result_of(study, Cell("fixed", "masked", 1))
    assert np.isfinite(result.figures["sample"].kad[SPACE])
    runs = study.options.out / "runs" / study.budget
    own, base = (
        json.loads((runs / name / "config.json").read_text())
        for name in ("fixed-masked-128x4-1", "base-masked-128x4-0")
    )
    assert own["model"]["decoding"] == base["model"]["decoding"] == "masked"
    assert (own["model"]["drop"]["joint"], base["model"]["drop"]["joint"]) == (0.05, 1.0)
    assert own["start"].endswith("base-masked-128x4-0/model")


def test_means_have_an_interval_where_there_are_seeds() -> None:
    assert mean_and_spread([2.0]) == "2.00"
    assert mean_and_spread([1.0, 2.0, 3.0]) == "2.00 ± 2.48"  # t(.975, 2) = 4.303, s/√3 = .577


def test_wrong_options_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="average"):
        ConditioningOptions(out=tmp_path, schemes=("average",))
    with pytest.raises(InputError, match="steps = 0"):
        ConditioningOptions(out=tmp_path, steps=0)
    study = ConditioningStudy(ConditioningOptions(out=tmp_path, judge=tmp_path), Progress("quiet"))
    with pytest.raises(InputError, match="train judge"):
        study.inputs(())
