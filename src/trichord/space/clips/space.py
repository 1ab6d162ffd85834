"""The space of clips: programs, samples and instruments as comparable unit vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trichord.audio.bands import BandGrid, picture
from trichord.errors import InputError
from trichord.space.base import TextEncoder
from trichord.space.clips.config import ClipConfig, PictureConfig
from trichord.space.clips.pictures import PictureEncoder, pad_pictures
from trichord.space.folder import StoredModel, config_from_dict, read_model
from trichord.space.heads import HeadConfig, ProjectionHead
from trichord.space.joint import sentence_encoder
from trichord.space.text import SentenceConfig

WEIGHTS = Path(__file__).parents[2] / "weights" / "clips"
_AT_ONCE = 32
"""Pictures encoded at a time: what fits the cache is done sooner."""


class ClipSpace(StoredModel[ClipConfig]):
    """Two doors into one space of unit vectors: pictures of sounds, sentences.

    The audio door reads a picture (`trichord.audio.bands.picture`), wherever it comes from: a
    recording, a render, a sketch of a score, the note of an instrument. So a score needs no door
    of its own, and an instrument lies near the programs that sound like it.
    """

    kind = "clip space"
    config_type = ClipConfig

    def __init__(self, config: ClipConfig) -> None:
        super().__init__(config)
        self.dim = config.dim
        self.pictures = PictureEncoder(config.grid.bands, config.picture)
        self.audio_head = ProjectionHead(self.pictures.dim, config.dim, config.audio_head)
        self.text_head = ProjectionHead(config.sentence.dim, config.dim, config.text_head)
        self._sentences: TextEncoder | None = None

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Reads a saved folder, ready for use; a door for code, which older ones name, is left out.

        Raises:
            InputError: when a file is missing, altered, or of another kind of model.
        """
        config, tensors = read_model(folder, cls.kind)
        config.pop("code", None)
        kept = {name: value for name, value in tensors.items() if not name.startswith("code_head.")}
        model = cls(config_from_dict(ClipConfig, config))
        model.load_state_dict(kept, strict=True)
        return model.eval().requires_grad_(False)

    @property
    def sentences(self) -> TextEncoder:
        """The frozen sentence encoder, loaded when first needed: sounds never pay for it."""
        if self._sentences is None:
            self._sentences = sentence_encoder(self.config.sentence)
        return self._sentences

    def encode(self, pictures: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Unit vectors [N, D] of pictures [N, bands, F], with gradient (see `PictureEncoder`)."""
        return self.audio_head(self.pictures(pictures, lengths))

    @torch.inference_mode()
    def embed_picture(self, pictures: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Unit vectors of pictures.

        Args:
            pictures: float [N, bands, F], dB above silence as `trichord.audio.bands` gives them.
            lengths: int64 [N], columns of each that belong to it; None: all.

        Returns:
            float32 [N, D].

        Raises:
            InputError: when the pictures are of another shape.
        """
        if pictures.ndim != 3 or pictures.shape[1] != self.config.grid.bands:
            raise InputError(
                f"pictures: shape {tuple(pictures.shape)}; give [N, {self.config.grid.bands}, F]"
            )
        if not len(pictures):
            return torch.empty(0, self.dim)
        counts = [None] * len(pictures) if lengths is None else lengths.split(_AT_ONCE)
        parts = zip(pictures.float().split(_AT_ONCE), counts, strict=False)
        return torch.cat([self.encode(some, count) for some, count in parts])

    @torch.inference_mode()
    def embed_audio(self, waves: Sequence[NDArray[np.float32]], sample_rate: int) -> Tensor:
        """Unit vectors [N, D] of mono recordings float [T], heard for `config.seconds`.

        A silent recording has a vector as well, that of silence.

        Raises:
            InputError: when a recording is empty, not mono, or holds NaN.
        """
        if not waves:
            return torch.empty(0, self.dim)
        heard = [self.picture(wave, sample_rate) for wave in waves]
        return self.embed_picture(*pad_pictures(heard))

    @torch.inference_mode()
    def embed_text(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors [N, D] of sentences.

        Raises:
            InputError: when a sentence holds no visible character.
        """
        for text in texts:
            if not text.strip():
                raise InputError("text: empty; describe a sound, such as 'slow dark dub'")
        return self.text_head(self.sentences.embed(texts))

    def picture(self, wave: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
        """The picture [bands, F] of a mono recording [T], at most `config.seconds` of it.

        Raises:
            InputError: when it is empty, not mono, or holds NaN.
        """
        if wave.ndim != 1 or not len(wave):
            raise InputError(f"sound: shape {wave.shape}; give one channel, one sample or more")
        if not np.isfinite(wave).all():
            raise InputError("sound: holds NaN or infinite values; export it again")
        heard = np.asarray(wave[: round(self.config.seconds * sample_rate)], np.float32)
        return picture(heard, sample_rate, seconds=None, grid=self.config.grid)


def debug_clip_space(seed: int = 0, dim: int = 128) -> ClipSpace:
    """A small untrained space with the full interface: the same seed gives the same vectors."""
    config = ClipConfig(
        dim=dim,
        grid=BandGrid(),
        sentence=SentenceConfig(kind="debug", sha256=None, dim=32),
        picture=PictureConfig(channels=(4, 8, 8), time_strides=(2, 2, 2), width=16, queries=2),
        audio_head=HeadConfig(hidden=32),
        text_head=HeadConfig(hidden=32),
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        space = ClipSpace(config)
    return space.eval().requires_grad_(False)


def load_clip_space(name_or_folder: str | Path = "default") -> ClipSpace:
    """`default`: the shipped space; `debug`: the small one; anything else: a saved folder."""
    if name_or_folder == "debug":
        return debug_clip_space()
    return ClipSpace.load(clip_space_folder(name_or_folder))


def clip_space_folder(name_or_folder: str | Path) -> Path:
    """Where a space of clips lies: `default` is the shipped one, anything else is a folder."""
    return WEIGHTS if name_or_folder == "default" else Path(name_or_folder)
