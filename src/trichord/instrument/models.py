"""The three models of an instrument, read from a folder and checked against their checksums."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from trichord.errors import InputError
from trichord.files import file_sha256

if TYPE_CHECKING:
    from trichord.codec.base import Codec
    from trichord.lm.model import CodecLM
    from trichord.lm.sampling import Sampling
    from trichord.space.joint import JointSpace

WEIGHTS = Path(__file__).parent.parent / "weights"
MANIFEST = "MANIFEST.json"
ROOMS = ("codec", "space", "lm")
"""What makes an instrument."""
SHIPPED = (*ROOMS, "clips", "refiner", "code", "judge", "tagger")
"""All models of the package."""
_MEND = "install Trichord again, or check the file out again"


@dataclass(frozen=True)
class Models:
    """What turns a description into notes."""

    space: JointSpace
    lm: CodecLM
    codec: Codec
    hashes: Mapping[str, str] = field(default_factory=dict[str, str])
    """File, relative to the weights' folder -> sha256."""
    licences: Mapping[str, str] = field(default_factory=dict[str, str])
    """Model -> licence of its weights, as their cards say."""


def load(weights: Path = WEIGHTS) -> Models:
    """Reads codec, space and language model.

    Args:
        weights: a folder with MANIFEST.json and the folders codec, space and lm.

    Raises:
        InputError: a file is missing or is not the one that the manifest names, or the language
            model is of another codec.
    """
    hashes = verify(weights)
    import torch

    from trichord.codec import load_codec
    from trichord.lm.files import check_codec
    from trichord.lm.linear import quick_dtype
    from trichord.lm.model import CodecLM
    from trichord.space.joint import JointSpace

    # A second thread gains a tenth on an idle machine and costs up to tenfold on a busy one: the
    # matrices are small, and each waits for the slower thread.
    torch.set_num_threads(1)
    lm, codec = CodecLM.load(weights / "lm", quick_dtype()), load_codec(weights / "codec")
    check_codec(lm.config, codec.num_codebooks, codec.cardinality, str(weights / "lm"))
    return Models(
        space=JointSpace.load(weights / "space"),
        lm=lm,
        codec=codec,
        hashes=hashes,
        licences={room: licence_of(weights / room) for room in ROOMS},
    )


def verify(weights: Path) -> dict[str, str]:
    """The checksums of the manifest, once every file has been found to match.

    Raises:
        InputError: names the file and the mend.
    """
    path = weights / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise InputError(f"{path}: missing weights: {_MEND}") from None
    except ValueError:
        raise InputError(f"{path}: not JSON: {_MEND}") from None
    if not isinstance(manifest, dict) or not manifest:
        raise InputError(f"{path}: names no files: {_MEND}")
    for name, expected in manifest.items():
        file = weights / name
        if not file.is_file():
            raise InputError(f"{file}: missing weights: {_MEND}")
        if file_sha256(file) != expected:
            raise InputError(f"{file}: altered weights (checksum differs): {_MEND}")
    return {str(name): str(digest) for name, digest in sorted(manifest.items())}


def write_manifest(weights: Path) -> Path:
    """Names every model file below a folder with its checksum; returns the manifest."""
    names = ("model.safetensors", "config.json")
    files = [weights / room / name for room in SHIPPED for name in names]
    hashes = {
        file.relative_to(weights).as_posix(): file_sha256(file) for file in files if file.is_file()
    }
    path = weights / MANIFEST
    path.write_text(json.dumps(hashes, indent=2) + "\n", encoding="utf-8")
    return path


def licence_of(folder: Path) -> str:
    """The line of a model card that begins with "Licence" or "License"; "unknown" without one."""
    try:
        card = (folder / "card.md").read_text(encoding="utf-8")
    except OSError:
        return "unknown"
    for line in card.splitlines():
        plain = line.strip(" -*#|")
        if plain.lower().startswith(("licence", "license")):
            return plain.partition(":")[2].strip(" *|") or plain
    return "unknown"


def default_sampling() -> Sampling:
    """How the shipped language model draws notes; the seed is given with each instrument."""
    from trichord.lm.sampling import Sampling

    return Sampling(temperature=0.7, top_k=0, top_p=0.95, guidance=3.0)
