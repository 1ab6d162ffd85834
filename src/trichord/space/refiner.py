"""From the sketch of a score to the picture of its sound: what sketching leaves out, learned.

A sketch adds up single notes; a render has vibrato, distortion, a limiter, reverberation of its
own. A small convolutional network reads the sketched picture and writes a correction of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trichord.errors import InputError
from trichord.space.clips.pictures import MIDDLE_DB
from trichord.space.folder import StoredModel

WEIGHTS = Path(__file__).parents[1] / "weights" / "refiner"
_AT_ONCE = 16
"""Pictures refined at a time: what fits the cache is done sooner."""


@dataclass(frozen=True)
class RefinerConfig:
    """Shape of the network."""

    bands: int = 108
    """Bands of the pictures; even."""
    channels: int = 48
    """Channels of a tile of two bands by two columns."""
    blocks: int = 6
    """Residual blocks; each sees three tiles further to every side."""

    def __post_init__(self) -> None:
        if self.bands % 2:
            raise InputError(f"refiner.bands: {self.bands}; give an even number")
        for name in ("bands", "channels", "blocks"):
            if getattr(self, name) < 1:
                raise InputError(f"refiner.{name}: {getattr(self, name)}; give 1 or more")


class RefinerBlock(nn.Module):
    """A depthwise convolution, then two that mix channels; added to what came in.

    Reference: Liu et al. 2022 (ConvNeXt), with BatchNorm, which costs nothing at run time.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.look = nn.Conv2d(channels, channels, 7, padding=3, groups=channels, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.up = nn.Conv2d(channels, 2 * channels, 1)
        self.down = nn.Conv2d(2 * channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Maps [N, C, T, M] -> the same shape."""
        return x + self.down(F.gelu(self.up(self.norm(self.look(x)))))


class Refiner(StoredModel[RefinerConfig]):
    """Sketched pictures -> pictures as a render would give them."""

    kind = "refiner"
    config_type = RefinerConfig

    def __init__(self, config: RefinerConfig) -> None:
        super().__init__(config)
        self.tile = nn.Conv2d(1, config.channels, 2, stride=2)
        # A band's place decides much: filters of effects, the pitch of drums.
        self.place = nn.Parameter(torch.zeros(1, config.channels, 1, config.bands // 2))
        self.blocks = nn.ModuleList(RefinerBlock(config.channels) for _ in range(config.blocks))
        self.untile = nn.ConvTranspose2d(config.channels, 1, 2, stride=2)
        nn.init.zeros_(self.untile.weight)
        assert self.untile.bias is not None
        nn.init.zeros_(self.untile.bias)

    def forward(self, sketches: Tensor) -> Tensor:
        """Refines with gradient: float [N, bands, F] -> [N, bands, F], dB above silence.

        Untrained, it gives back what it got.
        """
        frames = sketches.shape[2]
        x = F.pad(sketches, (0, frames % 2)) / MIDDLE_DB - 1
        x = self.tile(x.transpose(1, 2)[:, None].contiguous(memory_format=torch.channels_last))
        x = x + self.place
        for block in self.blocks:
            x = block(x)
        change = self.untile(x)[:, 0].transpose(1, 2)[:, :, :frames]
        return (sketches + MIDDLE_DB * change.float()).clamp(min=0)

    @torch.inference_mode()
    def refine(self, sketches: Tensor) -> Tensor:
        """Refines without gradient; the module is expected in `eval()`.

        Args:
            sketches: float [N, bands, F], dB above silence.

        Returns:
            float32 [N, bands, F].

        Raises:
            InputError: when the sketches are of another shape.
        """
        if sketches.ndim != 3 or sketches.shape[1] != self.config.bands:
            raise InputError(
                f"sketches: shape {tuple(sketches.shape)}; give [N, {self.config.bands}, F]"
            )
        if not sketches.numel():
            return sketches.float()
        return torch.cat([self(some) for some in sketches.float().split(_AT_ONCE)])


def debug_refiner() -> Refiner:
    """A tiny untrained refiner: it gives back what it gets."""
    return Refiner(RefinerConfig(channels=4, blocks=1)).eval().requires_grad_(False)


def load_refiner(name_or_folder: str | Path = "default") -> Refiner:
    """`default`: the shipped refiner; `debug`: the tiny one; anything else: a saved folder."""
    if name_or_folder == "debug":
        return debug_refiner()
    return Refiner.load(WEIGHTS if name_or_folder == "default" else Path(name_or_folder))
