"""The code tower: how programs will sound, from their text alone, in milliseconds.

The reader (`trichord.livecode.reader`) follows a program's text to its sounds and strokes; a
network (`code_network`) makes a coarse picture of them, and a vector of the space of clips. Nothing
is run and nothing rendered; Sonic Pi need not be installed, though where it is, its table of random
numbers is looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor

from trichord.livecode.code_network import BANDS, COLUMNS, CodeConfig, CodeNetwork
from trichord.livecode.reader import Reading, read
from trichord.livecode.reader.batch import collate
from trichord.space.folder import CONFIG, config_from_dict, fitting, read_model, write_model

WEIGHTS = Path(__file__).parents[1] / "weights" / "code"
KIND = "code tower"
_AT_ONCE = 32


class CodeTower:
    """Programs as vectors and pictures.

    Attributes:
        network: what is learned.
        seconds: how far programs are followed.
        table: uniform numbers that programs draw; None: the installed Sonic Pi's, see `follow`.
    """

    def __init__(self, network: CodeNetwork, table: Sequence[float] | None = None) -> None:
        self.network = network.eval()
        self.seconds = 18.0
        self.table = table

    @property
    def dim(self) -> int:
        """Width of the vectors."""
        return self.network.config.dim

    def read(self, program: str) -> Reading:
        """The sounds of a program."""
        return read(program, self.seconds, self.table)

    def embed(self, programs: Sequence[str]) -> Tensor:
        """Unit vectors float32 [N, dim] of any texts, each by itself."""
        return self.both(programs)[0]

    def pictures(self, programs: Sequence[str]) -> Tensor:
        """Coarse pictures float32 [N, 108, 194]: dB above silence, as `audio.bands.picture`."""
        return self.both(programs)[1]

    def both(self, programs: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Vectors and pictures of programs, read once."""
        return self.of_readings([self.read(program) for program in programs])

    @torch.inference_mode()
    def of_readings(self, readings: Sequence[Reading]) -> tuple[Tensor, Tensor]:
        """Vectors [N, dim] and pictures [N, 108, 194] of what was read."""
        vectors, pictures = [torch.empty(0, self.dim)], [torch.empty(0, BANDS, COLUMNS)]
        for first in range(0, len(readings), _AT_ONCE):
            vector, picture = self.network(collate(readings[first : first + _AT_ONCE]))
            vectors.append(vector)
            pictures.append(picture)
        return torch.cat(vectors), torch.cat(pictures)

    def save(self, folder: Path, dtype: torch.dtype = torch.float32) -> None:
        """Writes `model.safetensors` and `config.json` into a folder."""
        write_model(folder, KIND, asdict(self.network.config), self.network.state_dict(), dtype)


def load_code_tower(path: Path | str = WEIGHTS) -> CodeTower:
    """The tower of a saved folder; the shipped one by default, `debug` for a small untrained one.

    Raises:
        InputError: a file is missing, altered, or of another kind of model.
    """
    if path == "debug":
        return debug_code_tower()
    folder = Path(path)
    config, tensors = read_model(folder, KIND)
    with fitting(folder, KIND):
        network = CodeNetwork(config_from_dict(CodeConfig, config, f"{folder / CONFIG}: "))
        network.load_state_dict(tensors, strict=True)
    return CodeTower(network.requires_grad_(False))


def debug_code_tower(seed: int = 0) -> CodeTower:
    """A small untrained tower with the full interface; the same seed gives the same vectors."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = CodeNetwork(CodeConfig(names=8, effects=8, hidden=16, channels=(4, 8, 8)))
    return CodeTower(network.requires_grad_(False))
