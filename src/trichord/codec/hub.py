"""Codecs of the field behind the contract: DAC, EnCodec and Mimi, loaded by `transformers`.

They hear mono here. A wave is filled up to whole frames (or chunks) before it is encoded, and what
is decoded is cut or filled to exactly `frames · hop` samples, whatever the model's own padding does
at the ends; whoever encodes keeps the length.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.codec.base import Codec
from trichord.errors import InputError

NAMES = {
    "dac_16khz": "descript/dac_16khz",
    "dac_24khz": "descript/dac_24khz",
    "dac_44khz": "descript/dac_44khz",
    "encodec_24khz": "facebook/encodec_24khz",
    "encodec_32khz": "facebook/encodec_32khz",
    "encodec_48khz": "facebook/encodec_48khz",
    "mimi": "kyutai/mimi",
}
"""Short names, and where the models lie on the hub."""

KINDS = ("dac", "encodec", "mimi")
"""What `model_type` in a folder's config.json may be."""


@dataclass(frozen=True)
class Shape:
    """What the contract's attributes follow from."""

    sample_rate: int
    hop: int
    num_codebooks: int
    cardinality: int


class HubCodec(Codec):
    """A codec of `transformers`; the subclasses know what differs between them."""

    def __init__(self, model: Any, name: str, shape: Shape) -> None:
        self.model, self.name = model, name
        self.hop = shape.hop
        self.sample_rate = shape.sample_rate
        self.frame_rate = shape.sample_rate / shape.hop
        self.num_codebooks = shape.num_codebooks
        self.cardinality = shape.cardinality

    @torch.inference_mode()
    def encode(self, wave: Tensor, pitch: Tensor | None = None) -> Tensor:
        """`[B, 1, T]` -> codes `[B, K, ceil(T / hop)]` int64."""
        del pitch
        padded = F.pad(wave.float(), (0, -wave.shape[-1] % self.hop))
        return _fit(self._encode(padded).long(), padded.shape[-1] // self.hop)

    @torch.inference_mode()
    def decode(self, codes: Tensor, pitch: Tensor | None = None) -> Tensor:
        """Codes `[B, K', F]` with K' <= K -> `[B, 1, F · hop]`."""
        del pitch
        return _fit(self._decode(codes), codes.shape[-1] * self.hop)

    def save(self, folder: Path) -> None:
        """Writes the model in the form of `transformers`, which `load_codec` reads again."""
        self.model.save_pretrained(folder)

    @abstractmethod
    def _encode(self, wave: Tensor) -> Tensor:
        """Whole frames `[B, 1, F · hop]` -> codes `[B, K, F]`, give or take one frame."""

    @abstractmethod
    def _decode(self, codes: Tensor) -> Tensor:
        """Codes `[B, K', F]` -> `[B, 1, T]` with T near `F · hop`."""


class DacCodec(HubCodec):
    """Descript audio codec (Kumar et al. 2023)."""

    def __init__(self, model: Any, name: str) -> None:
        config = model.config
        shape = Shape(
            config.sampling_rate, config.hop_length, config.n_codebooks, config.codebook_size
        )
        super().__init__(model, name, shape)

    def _encode(self, wave: Tensor) -> Tensor:
        return self.model.encode(wave).audio_codes

    def _decode(self, codes: Tensor) -> Tensor:
        return self.model.decode(audio_codes=codes).audio_values[:, None]


class MimiCodec(HubCodec):
    """Mimi (Défossez et al. 2024)."""

    def __init__(self, model: Any, name: str) -> None:
        config = model.config
        hop = round(config.sampling_rate / config.frame_rate)
        shape = Shape(config.sampling_rate, hop, config.num_quantizers, config.codebook_size)
        super().__init__(model, name, shape)

    def _encode(self, wave: Tensor) -> Tensor:
        return self.model.encode(wave, num_quantizers=self.num_codebooks).audio_codes

    def _decode(self, codes: Tensor) -> Tensor:
        return self.model.decode(codes).audio_values


class EncodecCodec(HubCodec):
    """EnCodec (Défossez et al. 2022) of models that hear a recording as a whole (24, 32 kHz).

    The models are built for several rates of bits; all codebooks are used.
    """

    def __init__(self, model: Any, name: str) -> None:
        config = model.config
        self.bandwidth = max(config.target_bandwidths)
        hop = math.prod(config.upsampling_ratios)
        asked = model.quantizer.get_num_quantizers_for_bandwidth(self.bandwidth)
        books = min(asked, len(model.quantizer.layers))
        shape = Shape(config.sampling_rate, hop, books, config.codebook_size)
        super().__init__(model, name, shape)

    def _encode(self, wave: Tensor) -> Tensor:
        return self._chunk(wave)[0]

    def _chunk(self, wave: Tensor) -> tuple[Tensor, Tensor | None]:
        """Codes `[B, K, F]` of one chunk, and its level `[B, 1]` where the model tells it apart."""
        stereo = wave.expand(-1, self.model.config.audio_channels, -1)
        found = self.model.encode(stereo, bandwidth=self.bandwidth)
        return found.audio_codes[0], found.audio_scales[0]

    def _decode(self, codes: Tensor) -> Tensor:
        return self._mono(codes[None], [None])

    def _mono(self, chunks: Tensor, scales: list[Any]) -> Tensor:
        """Codes `[chunks, B, K, F]` -> `[B, 1, T]`, both channels averaged."""
        made: Tensor = self.model.decode(chunks, scales).audio_values
        return made.mean(1, keepdim=True)


class ChunkedEncodecCodec(EncodecCodec):
    """EnCodec of models that hear overlapping chunks, each brought to one level (48 kHz, stereo).

    The level of a chunk is no token of the model's, yet without it the sound is another. One more
    codebook, the last, tells it: in steps that a chunk's frames repeat.
    """

    QUIETEST_DB, LOUDEST_DB = -100.0, 20.0

    def __init__(self, model: Any, name: str) -> None:
        super().__init__(model, name)
        config = model.config
        self.chunk, self.stride = config.chunk_length, config.chunk_stride or config.chunk_length
        self.chunk_frames = -(-self.chunk // self.hop)
        self.num_codebooks += 1
        self.frame_rate = self.chunk_frames * self.sample_rate / self.stride

    def frames(self, seconds: float) -> int:
        """Frames of the whole chunks that cover `seconds`."""
        return self._chunks(round(seconds * self.sample_rate)) * self.chunk_frames

    def _chunks(self, samples: int) -> int:
        return 1 + max(0, -(-(samples - self.chunk) // self.stride))

    @torch.inference_mode()
    def encode(self, wave: Tensor, pitch: Tensor | None = None) -> Tensor:
        """`[B, 1, T]` -> codes `[B, K, chunks · frames per chunk]`; the last chunk is filled up."""
        del pitch
        count = self._chunks(wave.shape[-1])
        whole = F.pad(wave.float(), (0, (count - 1) * self.stride + self.chunk - wave.shape[-1]))
        parts: list[Tensor] = []
        for start in range(0, count * self.stride, self.stride):
            codes, scale = self._chunk(whole[..., start : start + self.chunk])
            level = torch.ones(len(wave), 1) if scale is None else scale.view(-1, 1)
            token = self._level_token(level)[:, :, None].expand(-1, 1, codes.shape[-1])
            parts.append(torch.cat([codes.long(), token], 1))
        return torch.cat(parts, -1)

    @torch.inference_mode()
    def decode(self, codes: Tensor, pitch: Tensor | None = None) -> Tensor:
        """Codes of whole chunks -> `[B, 1, T]`, chunks faded into each other.

        Raises:
            ValueError: the codes are not of whole chunks, or lack the codebook of levels.
        """
        del pitch
        if codes.shape[-1] % self.chunk_frames or codes.shape[1] != self.num_codebooks:
            raise ValueError(
                f"codes are {list(codes.shape)}: {self.name} needs {self.num_codebooks} codebooks "
                f"and a multiple of {self.chunk_frames} frames"
            )
        chunks = codes.unflatten(-1, (-1, self.chunk_frames)).permute(2, 0, 1, 3)
        levels = [self._level(chunk[:, -1, 0]) for chunk in chunks]
        normalised = self.model.config.normalize
        return self._mono(chunks[:, :, :-1], levels if normalised else [None] * len(levels))

    def _level_token(self, level: Tensor) -> Tensor:
        span = self.LOUDEST_DB - self.QUIETEST_DB
        place = (20 * level.clamp_min(1e-6).log10() - self.QUIETEST_DB) / span
        return (place * (self.cardinality - 1)).round().long().clamp(0, self.cardinality - 1)

    def _level(self, token: Tensor) -> Tensor:
        span = self.LOUDEST_DB - self.QUIETEST_DB
        return 10 ** ((token / (self.cardinality - 1) * span + self.QUIETEST_DB) / 20)


def _fit(values: Tensor, length: int) -> Tensor:
    """The last axis cut, or filled with zeros, to `length`."""
    return F.pad(values, (0, max(0, length - values.shape[-1])))[..., :length]


def load_hub_codec(name: str) -> HubCodec:
    """A codec by short name, by name on the hub, or from a folder of `transformers`.

    Raises:
        InputError: it is not on this machine, or is no codec.
    """
    known = NAMES.get(name, name)
    config = _load(name, known, _config)
    kind = str(getattr(config, "model_type", ""))
    if kind not in KINDS:
        raise InputError(f"{name}: a model of kind {kind!r}; codecs are {', '.join(KINDS)}")
    model = _load(name, known, _models()[kind]).eval().requires_grad_(False)
    if kind == "encodec":
        chunked = model.config.chunk_length_s is not None
        if model.config.normalize and not chunked:
            raise InputError(
                f"{name}: keeps the level of a whole recording outside of its tokens; choose "
                "encodec_24khz or encodec_32khz"
            )
        return (ChunkedEncodecCodec if chunked else EncodecCodec)(model, name)
    return (DacCodec if kind == "dac" else MimiCodec)(model, name)


def _config(name: str) -> Any:
    from transformers import AutoConfig

    return AutoConfig.from_pretrained(name, local_files_only=True)


def _models() -> dict[str, Callable[[str], Any]]:
    from transformers import DacModel, EncodecModel, MimiModel

    kinds: dict[str, Any] = {"dac": DacModel, "encodec": EncodecModel, "mimi": MimiModel}
    return {
        kind: lambda name, model=model: model.from_pretrained(name, local_files_only=True)
        for kind, model in kinds.items()
    }


def _load(name: str, known: str, load: Callable[[str], Any]) -> Any:
    """Loads from a folder or from what was downloaded before; nothing is fetched behind one's back.

    Raises:
        InputError: with what to do.
    """
    from safetensors import SafetensorError
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        return load(known)
    except (OSError, ValueError, KeyError, AttributeError, TypeError, SafetensorError) as error:
        if Path(known).is_dir():
            reason = " ".join(str(error).split()).rstrip(".")[:160] or "unknown"
            raise InputError(f"{name}: cannot be loaded ({reason}); complete the folder") from error
        short = ", ".join(("debug", *NAMES))
        raise InputError(
            f"codec {name}: not on this machine; get it with `hf download {known}`, or give a "
            f"folder (names known: {short})"
        ) from error
