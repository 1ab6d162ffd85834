"""Clips through the general codec and the space of clips: what the clip model is trained on.

A token set as of notes (`TokenSet`): a clip is the instrument, its excerpts are the notes; what
clips do not have (a key, a velocity, a family) is absent. Shards are read by processes, each into a
part of its own, so that a killed run goes on where it was.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from trichord.data.clips.reading import open_clips
from trichord.data.executor import LocalExecutor
from trichord.errors import InputError
from trichord.files import file_sha256, write_atomically, write_tensors
from trichord.progress import Task
from trichord.space.clips.space import clip_space_folder, load_clip_space
from trichord.space.text import SentenceConfig
from trichord.train.captions import Captions, describe
from trichord.train.crops import choose_rows
from trichord.train.schedule import generator_for
from trichord.train.tokens import TRAIN, VALID, TokenSet

_SETTINGS = Path("parts", "settings.json")
"""In the folder of the tokens: what they were made with."""


@dataclass(frozen=True)
class ClipTokensConfig:
    """Where the tokens of clips come from."""

    clips: Path = Path("build/programs_full")
    """Folder of clips that `trichord data programs` wrote."""
    codec: str = "build/codec_general/model"
    """Folder or name of a codec that needs no pitch."""
    space: str = "default"
    """Space of clips whose vectors the model is conditioned on: `default` or a folder."""
    train_clips: int = 6000
    """Clips of the training split, one of each template in turn."""
    valid_clips: int = 300
    """Held-out clips."""
    seconds: float = 10.0
    """Length of an excerpt; each clip gives its first and its last one."""
    codebooks: int = 4
    """How many of the codec's codebooks the model learns, coarse ones first."""
    captions: int = 4
    """Sentences of a clip that are kept."""
    text_door: float = 0.5
    """Share of excerpts whose vector is that of one of the clip's sentences, through the space's
    text door; the others have that of the clip's sound."""
    workers: int = 2
    """Processes that encode."""
    seed: int = 0
    """Of what is drawn."""
    sentence: SentenceConfig = field(default_factory=SentenceConfig)
    """The encoder whose states of the captions are stored."""

    def __post_init__(self) -> None:
        """Refuses what no token set can hold."""
        for name in ("train_clips", "valid_clips", "codebooks", "captions", "workers"):
            if getattr(self, name) < 1:
                raise InputError(f"source.{name} is {getattr(self, name)}; it must be at least 1")
        if not 0 <= self.text_door <= 1:
            raise InputError(f"source.text_door is {self.text_door}; a share lies in 0..1")
        if self.seconds <= 0:
            raise InputError(f"source.seconds is {self.seconds}; it must be above 0")


@dataclass(frozen=True)
class Shard:
    """One file's clips, and where their tokens go."""

    path: str
    rows: tuple[int, ...]
    target: str
    codec: str
    space: str


def write_clip_tokens(config: ClipTokensConfig, folder: Path, task: Task | None = None) -> TokenSet:
    """Encodes clips and writes tokens and captions to `folder`; goes on where it was stopped.

    Raises:
        InputError: the corpus, the codec or the space is not there, or the folder holds parts that
            were written with other settings.
    """
    open_clips(config.clips)
    _keep_settings(config, folder)
    shards = _shards(config, folder)
    known = _known(shards)
    captions = _captions(config, folder, known)
    _encode(shards, config.workers, task)
    parts = [load_file(shard.target) for shard in shards]
    least = min(part["codes"].shape[-1] for part in parts)
    codes = torch.cat([part["codes"].view(torch.int16)[..., :least] for part in parts])
    if codes.shape[1] < config.codebooks:
        raise InputError(
            f"source.codebooks is {config.codebooks} and {config.codec} has {codes.shape[1]}"
        )
    sound = torch.cat([part["joint"] for part in parts])
    tokens = _excerpts(config, codes, sound, known, captions)
    tokens.write(folder)
    return tokens


def _keep_settings(config: ClipTokensConfig, folder: Path) -> None:
    """Writes the settings beside the parts, or checks that they are the same as before."""
    check_settings(config, folder)
    path = folder / _SETTINGS
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, _settings(config).encode())


def check_settings(config: ClipTokensConfig, folder: Path) -> None:
    """Refuses a folder whose tokens were made otherwise; one that does not tell passes.

    Raises:
        InputError: other settings, another codec or space.
    """
    path = folder / _SETTINGS
    if path.is_file() and path.read_text(encoding="utf-8") != _settings(config):
        raise InputError(
            f"{path}: tokens of other settings, another codec or space; remove {folder}"
        )


def _settings(config: ClipTokensConfig) -> str:
    told = {k: v for k, v in asdict(config).items() if k not in ("workers", "codebooks")}
    for name, model in (("codec", Path(config.codec)), ("space", clip_space_folder(config.space))):
        weights = model / "model.safetensors"
        told[f"{name}_sha256"] = file_sha256(weights) if weights.is_file() else ""
    return json.dumps(told, indent=2, default=str) + "\n"


def _shards(config: ClipTokensConfig, folder: Path) -> list[Shard]:
    rng = np.random.default_rng(config.seed)
    chosen = choose_rows(config.clips, "template_id", "train", config.train_clips, rng)
    chosen += choose_rows(config.clips, "template_id", "valid", config.valid_clips, rng)
    by_path: dict[str, list[int]] = {}
    for path, row in chosen:
        by_path.setdefault(path, []).append(row)
    return [
        Shard(
            path,
            tuple(sorted(rows)),
            str(folder / "parts" / f"{Path(path).stem}.safetensors"),
            config.codec,
            config.space,
        )
        for path, rows in sorted(by_path.items())
    ]


def _known(shards: Sequence[Shard]) -> list[dict[str, Any]]:
    """What the corpus tells of each chosen clip, in the order of the parts."""
    import pyarrow.parquet as pq

    columns = ["clip_id", "split", "captions"]
    return [
        row
        for shard in shards
        for row in pq.read_table(shard.path, columns=columns).take(list(shard.rows)).to_pylist()
    ]


def _captions(config: ClipTokensConfig, folder: Path, known: list[dict[str, Any]]) -> Captions:
    if (folder / "captions.json").is_file():
        return Captions.read(folder)
    from trichord.space.joint import sentence_encoder

    said = {i: [c for c in row["captions"] if c.strip()] for i, row in enumerate(known)}
    kept = {i: captions[: config.captions] for i, captions in said.items()}
    captions = describe(kept, sentence_encoder(config.sentence))
    captions.write(folder, config.sentence.kind)
    return captions


def _encode(shards: Sequence[Shard], workers: int, task: Task | None) -> None:
    missing = [shard for shard in shards if not Path(shard.target).is_file()]
    if task is not None:
        task.advance(len(shards) - len(missing))
    for _ in LocalExecutor(workers).run(_encode_shard, missing):
        if task is not None:
            task.advance()


@contextmanager
def _one_thread() -> Generator[None]:
    """Every worker has a core; one worker is this process, which has other work after it."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@_one_thread()
def _encode_shard(shard: Shard) -> None:
    """Writes one part, complete or not at all: codes `[n, K, F]`, vectors `[n, D]`."""
    import pyarrow.parquet as pq

    from trichord.audio.resample import resample
    from trichord.codec import load_codec
    from trichord.data.shards import decode_flac

    codec, space = load_codec(shard.codec), load_clip_space(shard.space)
    table = pq.read_table(shard.path, columns=["audio", "sample_rate"]).take(list(shard.rows))
    codes: list[Tensor] = []
    joint: list[Tensor] = []
    for row in table.to_pylist():
        wave = np.asarray(decode_flac(row["audio"]["bytes"]), np.float32)
        wave = wave.mean(-1) if wave.ndim == 2 else wave
        joint.append(space.embed_audio([wave], row["sample_rate"])[0])
        heard = torch.from_numpy(resample(wave, row["sample_rate"], codec.sample_rate))
        # Half the time; which entry is nearest changes here and there, how near it is does not.
        with torch.autocast("cpu", torch.bfloat16):
            codes.append(codec.encode(heard[None, None])[0])
    least = min(one.shape[-1] for one in codes)
    stacked = torch.stack([one[:, :least] for one in codes]).to(torch.uint16)
    tensors = {"codes": stacked, "joint": torch.stack(joint).contiguous()}
    write_tensors(shard.target, tensors)


def _excerpts(
    config: ClipTokensConfig,
    codes: Tensor,
    sound: Tensor,
    known: list[dict[str, Any]],
    captions: Captions,
) -> TokenSet:
    """The first and the last excerpt of each clip, in turn."""
    from trichord.codec import load_codec

    codec = load_codec(config.codec)
    frames = min(codec.frames(config.seconds), codes.shape[-1])
    count = len(codes)
    both = torch.stack([codes[..., :frames], codes[..., -frames:]], 1)[:, :, : config.codebooks]
    clip = torch.arange(count).repeat_interleave(2)
    absent = torch.full((2 * count,), -1, dtype=torch.int32)
    split = torch.tensor([TRAIN if row["split"] == "train" else VALID for row in known])
    return TokenSet(
        codes=both.flatten(0, 1).contiguous().view(torch.uint16),
        lengths=torch.full((2 * count,), frames, dtype=torch.int32),
        pitch=absent,
        velocity=absent.clone(),
        family=absent.clone(),
        source=absent.clone(),
        instrument=clip.int(),
        split=split[clip].to(torch.uint8),
        joint=_through_doors(config, sound[clip], clip, captions).half(),
        meta={
            "num_codebooks": config.codebooks,
            "cardinality": codec.cardinality,
            "corpus": str(config.clips),
            "codec": config.codec,
            "space": config.space,
            "seconds": config.seconds,
            "instruments": [row["clip_id"] for row in known],
        },
    )


def _through_doors(
    config: ClipTokensConfig, sound: Tensor, clip: Tensor, captions: Captions
) -> Tensor:
    """Vectors `[N, D]` of excerpts: through the door of sound, or for some through that of text."""
    generator = generator_for(config.seed, 7)
    by_text = torch.rand(len(clip), generator=generator) < config.text_door
    joint = sound.clone()
    if by_text.any():
        drawn = captions.draw(clip[by_text], generator)
        said = [captions.sentences[i] for i in drawn.tolist()]
        joint[by_text] = load_clip_space(config.space).embed_text(said).float()
    return joint
