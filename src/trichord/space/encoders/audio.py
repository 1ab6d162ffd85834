"""Audio models: wav2vec 2.0 and its kin, CLAP, and our own space of clips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from trichord.audio.resample import resample
from trichord.errors import InputError
from trichord.space.base import Encoder, Sound
from trichord.space.clips import load_clip_space
from trichord.space.encoders.hub import load_config, load_model, load_part
from trichord.space.encoders.text import projected

CLAP_SECONDS = 10.0
"""What CLAP hears at once; longer sounds are heard in such pieces, not cropped at random."""


class ClipEncoder(Encoder[Sound]):
    """The shipped space of clips (or its debug form) on recordings of any rate."""

    def __init__(self, name: str = "default") -> None:
        self._space = load_clip_space(name)
        self.dim = self._space.dim

    def embed(self, items: Sequence[Sound]) -> Tensor:
        """Unit vectors [N, dim]."""
        parts = [self._space.embed_audio([sound.wave], sound.sample_rate) for sound in items]
        return torch.cat(parts) if parts else torch.empty(0, self.dim)


class AudioModelEncoder(Encoder[Sound]):
    """An audio model of `transformers`: the mean over time of its last hidden state, or CLAP.

    The paper's vectors are the former, of wav2vec2-base-960h. A long sound is read in windows of
    `seconds` and their means weigh by length, so that memory does not grow with it.
    """

    def __init__(self, name: str, seconds: float = 20.0) -> None:
        from transformers import AutoFeatureExtractor

        config = load_config(name)
        self._extract: Any = load_part(
            "feature extractor", name, lambda: AutoFeatureExtractor.from_pretrained(name)
        )
        if not hasattr(self._extract, "sampling_rate"):
            raise InputError(f"{name}: hears no audio; give a model such as wav2vec2 or CLAP")
        self._is_clap = config.model_type == "clap"
        self._model: Any = _clap(name) if self._is_clap else load_model(name)
        self._seconds = CLAP_SECONDS if self._is_clap else seconds
        self.sample_rate = int(self._extract.sampling_rate)
        self.dim = int(config.projection_dim if self._is_clap else config.hidden_size)

    @torch.inference_mode()
    def embed(self, items: Sequence[Sound]) -> Tensor:
        """Vectors [N, dim]: of unit length from CLAP, as they are from the others."""
        return (
            torch.stack([self._one(sound) for sound in items])
            if items
            else torch.empty(0, self.dim)
        )

    def _one(self, sound: Sound) -> Tensor:
        wave = np.asarray(sound.wave, np.float32)
        if wave.ndim != 1 or not len(wave) or not np.isfinite(wave).all():
            raise InputError(f"sound: shape {wave.shape}; give one finite channel")
        wave = resample(wave, sound.sample_rate, self.sample_rate)
        size = round(self._seconds * self.sample_rate)
        pieces = [wave[at : at + size] for at in range(0, len(wave), size)]
        # A rest of less than half a second is too short for the models' strides and says little.
        if len(pieces) > 1 and len(pieces[-1]) < self.sample_rate // 2:
            pieces.pop()
        weights = torch.tensor([len(piece) for piece in pieces], dtype=torch.float32)
        mean = (torch.stack([self._piece(p) for p in pieces]) * weights[:, None]).sum(0)
        mean = mean / weights.sum()
        return F.normalize(mean, dim=0) if self._is_clap else mean

    def _piece(self, wave: NDArray[np.float32]) -> Tensor:
        least = self.sample_rate // 4
        if len(wave) < least:
            wave = np.pad(wave, (0, least - len(wave)))
        inputs = self._extract(wave, sampling_rate=self.sample_rate, return_tensors="pt")
        if self._is_clap:
            return projected(self._model.get_audio_features(**inputs))[0].float()
        return self._model(**inputs).last_hidden_state[0].mean(0).float()


def _clap(name: str) -> Any:
    from transformers import ClapModel

    model: Any = load_part("weights", name, lambda: ClapModel.from_pretrained(name))
    return model.eval().requires_grad_(False)
