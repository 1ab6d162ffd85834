"""The note codec: analysis at a known pitch, a small network, residual quantisation, resynthesis.

The pitch is given to both sides, so it is exact and is not in the tokens. The first frame holds
level, stiffness and detune as scalars; each further frame is one block of time (see `layout`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch

from trichord.codec.folder import StoredCodec
from trichord.codec.note import layout as lay
from trichord.codec.note.analysis import NoteParameters, analyse
from trichord.codec.note.header import HEADER_FIELDS, decode_header, encode_header
from trichord.codec.note.motion import Motion, moved
from trichord.codec.note.network import NetworkConfig, NoteNetwork, denormalise, normalise
from trichord.codec.note.synthesis import synthesise
from trichord.codec.rvq import ResidualVQ, RVQConfig


@dataclass(frozen=True)
class NoteCodecConfig:
    """Everything that shapes a note codec."""

    network: NetworkConfig = field(default_factory=NetworkConfig)
    num_codebooks: int = 8
    """Tokens per frame, K."""
    cardinality: int = 1024
    """Entries per codebook."""

    @property
    def rvq(self) -> RVQConfig:
        """Of the quantiser between encoder and decoder."""
        return RVQConfig(self.network.latent, self.num_codebooks, self.cardinality)


class NoteCodec(StoredCodec[NoteCodecConfig]):
    """44.1 kHz notes of known pitch as tokens; see the module's text.

    Noise and phases of a decoded note are drawn from its own codes, so a note sounds the same alone
    or in a batch.
    """

    kind = "note"

    def __init__(self, config: NoteCodecConfig | None = None) -> None:
        super().__init__(config or NoteCodecConfig())
        self.sample_rate = lay.SAMPLE_RATE
        self.frame_rate = (1 + lay.blocks_for(lay.NOTE_SECONDS)) / lay.NOTE_SECONDS
        self.num_codebooks = self.config.num_codebooks
        self.cardinality = self.config.cardinality
        self.network = NoteNetwork(self.config.network)
        self.quantiser = ResidualVQ(self.config.rvq)
        self.motion = Motion(self.config.network) if self.config.network.motion else None

    def frames(self, seconds: float) -> int:
        """Token frames, header included, that reach `seconds` into a note."""
        return 1 + lay.blocks_for(seconds)

    def encode(self, wave: torch.Tensor, pitch: torch.Tensor | None = None) -> torch.Tensor:
        """`[B, 1, T]` notes that start at their onset, `[B]` MIDI -> codes `[B, K, F]` int64."""
        if pitch is None:
            raise ValueError("pitch=None: the note codec needs the MIDI pitch of each wave")
        notes = [analyse(w[0], int(p)) for w, p in zip(wave.float(), pitch, strict=True)]
        blocks = torch.stack([lay.to_blocks(note.features) for note in notes])
        codes = self.encode_blocks(blocks, pitch)
        header = torch.zeros(len(notes), self.num_codebooks, 1, dtype=torch.int64)
        for row, note in enumerate(notes):
            fields = (note.level_db, note.inharmonicity, note.detune)
            header[row, :HEADER_FIELDS, 0] = torch.tensor(encode_header(*fields, self.cardinality))
        return torch.cat([header, codes], -1)

    def decode(self, codes: torch.Tensor, pitch: torch.Tensor | None = None) -> torch.Tensor:
        """Codes `[B, K, F]` with F >= 2, `[B]` MIDI -> `[B, 1, T]`, T of whole blocks."""
        if pitch is None:
            raise ValueError("pitch=None: the note codec needs the MIDI pitch of each note")
        features = self.decode_blocks(codes[..., 1:], pitch)
        deviations = self._deviations(codes[..., 1:], pitch)
        waves: list[torch.Tensor] = []
        for number, (row, midi, blocks) in enumerate(zip(codes, pitch, features, strict=True)):
            tokens = (int(row[0, 0]), int(row[1, 0]), int(row[2, 0]))
            level, stiffness, detune = decode_header(tokens, self.cardinality)
            generator = torch.Generator().manual_seed(_digest(row))
            lively = blocks if deviations is None else moved(blocks, deviations[number], generator)
            note = NoteParameters(lay.from_blocks(lively), level, detune, stiffness)
            waves.append(synthesise(note, int(midi), generator))
        return torch.stack(waves)[:, None]

    @torch.inference_mode()
    def encode_blocks(self, blocks: torch.Tensor, pitch: torch.Tensor) -> torch.Tensor:
        """Features per block `[B, F, FEATURES]` -> codes `[B, K, F]`, without the header."""
        latent = self.network.encoder(normalise(blocks), pitch)
        return self.quantiser.encode(latent.flatten(0, 1)).unflatten(0, latent.shape[:2]).mT

    @torch.inference_mode()
    def decode_blocks(self, codes: torch.Tensor, pitch: torch.Tensor) -> torch.Tensor:
        """Codes `[B, K, F]` without the header -> features per block `[B, F, FEATURES]`."""
        return denormalise(self.network.decoder(self.latent(codes), pitch))

    def latent(self, codes: torch.Tensor) -> torch.Tensor:
        """Codes `[B, K, F]` without the header -> the vectors they stand for `[B, F, latent]`."""
        flat = codes.mT.flatten(0, 1)
        return self.quantiser.decode(flat).unflatten(0, (codes.shape[0], codes.shape[2]))

    @torch.inference_mode()
    def _deviations(self, codes: torch.Tensor, pitch: torch.Tensor) -> torch.Tensor | None:
        return None if self.motion is None else self.motion(self.latent(codes), pitch)

    @classmethod
    def config_of(cls, values: dict[str, Any]) -> NoteCodecConfig:
        """The inverse of `dataclasses.asdict`."""
        network = NetworkConfig(**values["network"])
        return NoteCodecConfig(network, values["num_codebooks"], values["cardinality"])

    @staticmethod
    def stored_as(name: str) -> torch.dtype:
        """Networks at half their size; codebooks as they are, for codes depend on them."""
        return torch.bfloat16 if name.startswith(("network", "motion")) else torch.float32


def _digest(codes: torch.Tensor) -> int:
    """A seed that is a function of the codes alone (polynomial hash modulo 2^61 - 1)."""
    value = 0
    for token in codes.flatten().tolist():
        value = (value * 1_000_003 + token + 1) % (2**61 - 1)
    return value
