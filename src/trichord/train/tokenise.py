"""Notes through a codec and a space: the tokens and vectors that a language model is trained on."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from trichord.codec.note import NoteCodec
from trichord.codec.note.header import HEADER_FIELDS, encode_header
from trichord.errors import InputError
from trichord.files import file_sha256
from trichord.space.text import SentenceConfig
from trichord.train.codec_data import NoteBlocks, load_blocks
from trichord.train.tokens import TokenSet

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class TokeniseConfig:
    """Where the parts of a token set come from."""

    corpus: Path = Path("build/notes")
    """Folder of notes that `trichord data` wrote."""
    cache: Path = Path("build/blocks")
    """The analysed notes that `trichord train codec` keeps."""
    codec: Path = Path("build/codec/model")
    """Folder of a trained note codec."""
    space: Path = Path("build/space")
    """Folder of a run of `trichord train space`, with the vector of every note."""
    seconds: float = 4.0
    """How much of each note the model learns: to the release, which a sampler plays itself."""
    codebooks: int = 4
    """How many of the codec's codebooks the model learns, coarse ones first. The later ones are
    close to noise: they cost the model as much and hardly change what is heard."""
    workers: int = 2
    """Processes that analyse notes."""
    sentence: SentenceConfig = field(default_factory=SentenceConfig)
    """The encoder whose states of the corpus's captions are stored, where text is wanted."""


def write_tokens(config: TokeniseConfig, folder: Path) -> TokenSet:
    """Encodes a corpus and writes it to `folder`.

    Raises:
        InputError: corpus, codec and space do not belong together.
    """
    codec = NoteCodec.load(config.codec)
    notes = load_blocks(config.corpus, config.cache, config.workers)
    joint = read_vectors(config.space, notes.note_ids)
    codes = encode_notes(codec, notes)[:, : config.codebooks, : codec.frames(config.seconds)]
    names = {name: i for i, name in enumerate(dict.fromkeys(notes.instrument_ids))}
    tokens = TokenSet(
        codes=codes.to(torch.uint16),
        lengths=torch.full((len(codes),), codes.shape[2], dtype=torch.int32),
        pitch=notes.pitch,
        velocity=notes.velocity,
        family=notes.family,
        source=notes.source,
        instrument=torch.tensor([names[i] for i in notes.instrument_ids], dtype=torch.int32),
        split=notes.split,
        joint=joint.half(),
        meta={
            "num_codebooks": codes.shape[1],
            "cardinality": codec.cardinality,
            "corpus": str(config.corpus),
            "seconds": config.seconds,
            "codec": file_sha256(config.codec / "model.safetensors"),
            "vectors": file_sha256(config.space / "vectors.safetensors"),
            "instruments": list(names),
        },
    )
    tokens.write(folder)
    return tokens


def check_tokens(tokens: TokenSet, folder: Path, config: TokeniseConfig) -> None:
    """Refuses tokens of another codec, or of another space, than those that stand now.

    Tokens that were written without digests pass, and all do where codec or space is not there.

    Args:
        tokens: as they are read from `folder`.
        folder: named in the complaint.
        config: where codec and space stand.

    Raises:
        InputError: they do not belong together.
    """
    codec, vectors = config.codec / "model.safetensors", config.space / "vectors.safetensors"
    for what, field_, file in (("codec", "codec", codec), ("space", "vectors", vectors)):
        told = str(tokens.meta.get(field_, ""))
        if _DIGEST.fullmatch(told) and file.is_file() and file_sha256(file) != told:
            raise InputError(
                f"tokens: {folder} was made with another {what} than {file}; remove it or choose "
                "another --tokens"
            )


def read_vectors(space: Path, note_ids: tuple[str, ...]) -> Tensor:
    """The audio vectors `[N, D]` of these notes, in their order.

    Raises:
        InputError: the space has none, or files that cannot be read.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    for name in ("vectors.safetensors", "note_ids.json"):
        if not (space / name).is_file():
            raise InputError(f"{space / name} is missing; run `trichord train space` first")
    try:
        vectors = load_file(space / "vectors.safetensors")["vectors"]
        known = json.loads((space / "note_ids.json").read_text(encoding="utf-8"))
        place = {name: i for i, name in enumerate(known)}
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{space}: its vectors.safetensors or note_ids.json cannot be read ({error}); "
            "run `trichord train space` again"
        ) from error
    if len(vectors) != len(known):
        raise InputError(
            f"{space}: {len(vectors)} vectors and {len(known)} note_ids; run `trichord train space`"
            " again"
        )
    missing = [name for name in note_ids if name not in place]
    if missing:
        raise InputError(
            f"{space} has no vector of {len(missing)} notes ({missing[0]} is the first); "
            "train the space on the same corpus"
        )
    return vectors[torch.tensor([place[name] for name in note_ids])]


def encode_notes(codec: NoteCodec, notes: NoteBlocks) -> Tensor:
    """Codes `[N, K, F]` int64 of analysed notes, header first."""
    parts: list[Tensor] = []
    for rows in torch.arange(len(notes.blocks)).split(256):
        blocks, pitch = notes.blocks[rows].float(), notes.pitch[rows].long()
        header = torch.zeros(len(rows), codec.num_codebooks, 1, dtype=torch.int64)
        for row, (level, stiffness, detune) in enumerate(notes.scalars[rows].tolist()):
            fields = encode_header(level, stiffness, detune, codec.cardinality)
            header[row, :HEADER_FIELDS, 0] = torch.tensor(fields)
        parts.append(torch.cat([header, codec.encode_blocks(blocks, pitch)], -1))
    return torch.cat(parts)
