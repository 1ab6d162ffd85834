"""The joint space: sentences and sounds as comparable unit vectors, saved as one folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from trichord.errors import InputError
from trichord.space.audio import AudioConfig, AudioEncoder
from trichord.space.base import Sound, TextEncoder
from trichord.space.debug import HashedWords
from trichord.space.features import FeatureConfig
from trichord.space.folder import StoredModel
from trichord.space.heads import HeadConfig, ProjectionHead
from trichord.space.prior import PriorConfig, build_prior
from trichord.space.text import SentenceConfig, SentenceEncoder, TransformersEncoder

WEIGHTS = Path(__file__).parent.parent / "weights" / "space"


@dataclass(frozen=True)
class SpaceConfig:
    """Everything that shapes a joint space."""

    dim: int = 128
    """Width D of the joint vectors."""
    sentence: SentenceConfig = field(default_factory=SentenceConfig)
    grid: FeatureConfig = field(default_factory=FeatureConfig)
    audio: AudioConfig = field(default_factory=AudioConfig)
    text_head: HeadConfig = field(default_factory=HeadConfig)
    audio_head: HeadConfig = field(default_factory=HeadConfig)
    prior: PriorConfig = field(default_factory=PriorConfig)
    families: int = 0
    """Instrument families whose centroids are stored with the space."""


def sentence_encoder(config: SentenceConfig) -> TextEncoder:
    """The frozen sentence encoder that the configuration names."""
    if config.kind == "debug":
        return HashedWords(config.dim)
    return SentenceEncoder(config) if config.kind == "minilm" else TransformersEncoder(config)


class JointSpace(StoredModel[SpaceConfig]):
    """Two doors (text, audio) into one space of unit vectors, and the way from text to audio."""

    family_centroids: Tensor

    kind = "space"
    config_type = SpaceConfig

    def __init__(self, config: SpaceConfig) -> None:
        super().__init__(config)
        self.dim = config.dim
        self.audio = AudioEncoder(config.audio, config.grid)
        self.audio_head = ProjectionHead(self.audio.dim, config.dim, config.audio_head)
        self.text_head = ProjectionHead(config.sentence.dim, config.dim, config.text_head)
        self.prior = build_prior(config.dim, config.prior)
        centroids = torch.zeros(config.families, config.dim)
        self.register_buffer("family_centroids", centroids, persistent=config.families > 0)
        self._sentences: TextEncoder | None = None

    @property
    def sentences(self) -> TextEncoder:
        """The frozen sentence encoder, loaded when first needed: audio alone never pays for it."""
        if self._sentences is None:
            self._sentences = sentence_encoder(self.config.sentence)
        return self._sentences

    @torch.inference_mode()
    def embed_text(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors [N, D] of sentences.

        Raises:
            InputError: when a sentence holds no visible character.
        """
        for text in texts:
            if not text.strip():
                raise InputError("prompt: empty; describe a sound, such as 'warm felt piano'")
        return self.text_head(self.sentences.embed(texts))

    @torch.inference_mode()
    def embed_audio(self, waves: Sequence[NDArray[np.float32]], sample_rate: int) -> Tensor:
        """Unit vectors [N, D] of mono recordings float [T] at `sample_rate` Hz.

        Raises:
            InputError: when a recording is empty, silent or holds NaN.
        """
        return self.audio_head(self.audio.embed([Sound(wave, sample_rate) for wave in waves]))

    @torch.inference_mode()
    def embed_instrument(self, waves: Sequence[NDArray[np.float32]], sample_rate: int) -> Tensor:
        """One unit vector [D] for several notes of one instrument: the direction of their mean."""
        return mean_direction(self.embed_audio(waves, sample_rate))

    @torch.inference_mode()
    def text_to_audio(self, text: Tensor) -> Tensor:
        """Text vectors [N, D] -> where sounds of that description lie, unit vectors [N, D]."""
        return self.prior(text)

    @torch.inference_mode()
    def nearest_family(self, vectors: Tensor) -> Tensor:
        """Index of the family whose centroid lies nearest to vectors [N, D] in the audio's cone.

        Returns:
            int64 [N]; -1, "not known", where the space was saved without families.
        """
        if not self.config.families:
            return torch.full((len(vectors),), -1)
        return (vectors @ self.family_centroids.T).argmax(dim=-1)

    def with_prior(self, config: PriorConfig) -> JointSpace:
        """The same space with another (untrained) prior; the networks are shared."""
        other = JointSpace(replace(self.config, prior=config))
        for name in ("audio", "audio_head", "text_head", "family_centroids"):
            setattr(other, name, getattr(self, name))
        return other.train(self.training)

    def with_text_head(self, config: HeadConfig) -> JointSpace:
        """The same space with another (untrained) text head; all else is shared."""
        other = JointSpace(replace(self.config, text_head=config))
        for name in ("audio", "audio_head", "prior", "family_centroids"):
            setattr(other, name, getattr(self, name))
        return other.train(self.training)

    def with_families(self, centroids: Tensor) -> JointSpace:
        """The same space with the families' unit centroids [families, D]; networks are shared."""
        other = JointSpace(replace(self.config, families=len(centroids)))
        for name in ("audio", "audio_head", "text_head", "prior"):
            setattr(other, name, getattr(self, name))
        other.family_centroids.copy_(centroids)
        return other.train(self.training)


def mean_direction(vectors: Tensor) -> Tensor:
    """The unit vector [D] along the mean of unit vectors [N, D]."""
    return F.normalize(vectors.mean(dim=0), dim=-1)


def debug_space(seed: int = 0) -> JointSpace:
    """A tiny untrained space with the full interface: the same seed gives the same vectors."""
    config = SpaceConfig(
        dim=16,
        sentence=SentenceConfig(kind="debug", sha256=None, dim=32),
        grid=FeatureConfig(bands=16, body=((4, 2), (4, 8))),
        audio=AudioConfig(channels=(4, 8, 8), width=16, queries=2),
        text_head=HeadConfig(hidden=32),
        audio_head=HeadConfig(hidden=32),
        prior=PriorConfig(method="none"),
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        space = JointSpace(config)
    return space.eval().requires_grad_(False)


def load_space(name_or_folder: str | Path = "default") -> JointSpace:
    """`default`: the shipped space; `debug`: the tiny one; anything else: a saved folder."""
    if name_or_folder == "debug":
        return debug_space()
    return JointSpace.load(WEIGHTS if name_or_folder == "default" else Path(name_or_folder))
