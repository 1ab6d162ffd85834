"""The models of a clip: codec, language model, and the space that wishes are read in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from trichord.errors import InputError
from trichord.files import file_sha256
from trichord.instrument.models import MANIFEST, WEIGHTS, licence_of, verify

if TYPE_CHECKING:
    from trichord.codec.general import GeneralCodec
    from trichord.lm.model import CodecLM
    from trichord.space.clips import ClipSpace

CODEC, LM, SPACE = "general", "clip_lm", "clips"
"""Folders of the weights."""


@dataclass(frozen=True)
class ClipModels:
    """What turns a wish into sound."""

    space: ClipSpace
    lm: CodecLM
    codec: GeneralCodec
    hashes: Mapping[str, str] = field(default_factory=dict[str, str])
    """File, relative to the weights' folder -> sha256."""
    licences: Mapping[str, str] = field(default_factory=dict[str, str])
    """Model -> licence of its weights, as their cards say."""


def load_models(weights: Path | None = None) -> ClipModels:
    """Reads codec, language model and space of clips.

    Args:
        weights: a folder with `general` and `clip_lm`; the package's own where None. The space is
            the package's unless the folder has one of its own (`clips`).

    Raises:
        InputError: a file is missing, altered, or the models do not belong together.
    """
    import torch

    from trichord.codec import load_codec
    from trichord.codec.general import GeneralCodec
    from trichord.lm.linear import quick_dtype
    from trichord.lm.model import CodecLM
    from trichord.space.clips import ClipSpace

    folder = weights or WEIGHTS
    for name in (CODEC, LM):
        if not (folder / name / "config.json").is_file():
            raise InputError(_missing(folder / name, weights is None))
    hashes = _hashes(folder)
    # The matrices are small: a second thread costs more than it gains (see instrument.models).
    torch.set_num_threads(1)
    codec = load_codec(folder / CODEC)
    if not isinstance(codec, GeneralCodec):
        raise InputError(f"{folder / CODEC}: no general codec; train one with --kind general")
    space = folder / SPACE if (folder / SPACE / "config.json").is_file() else WEIGHTS / SPACE
    lm = CodecLM.load(folder / LM, quick_dtype())
    models = ClipModels(
        space=ClipSpace.load(space),
        lm=lm,
        codec=codec,
        hashes=hashes,
        licences={room: licence_of(folder / room) for room in (CODEC, LM)},
    )
    _check(models, folder)
    return models


def _missing(folder: Path, shipped: bool) -> str:
    if shipped:
        return (
            "no weights of clips are shipped yet: train them with `trichord train codec --kind "
            "general` and `trichord train clip`, then give their folder as --weights (docs/clip.md)"
        )
    return f"{folder}: missing weights: give a folder that holds `{CODEC}` and `{LM}`"


def _hashes(folder: Path) -> dict[str, str]:
    """Checksums of the models' files, checked where the folder has a manifest."""
    if (folder / MANIFEST).is_file():
        named = verify(folder)
        return {n: digest for n, digest in named.items() if n.startswith((CODEC, LM, SPACE))}
    files = [
        folder / room / file
        for room in (CODEC, LM)
        for file in ("config.json", "model.safetensors")
    ]
    return {file.relative_to(folder).as_posix(): file_sha256(file) for file in files}


def _check(models: ClipModels, folder: Path) -> None:
    from trichord.lm.files import check_codec

    codec, config = models.codec, models.lm.config
    check_codec(config, codec.num_codebooks, codec.cardinality, str(folder / LM))
    if config.joint_dim != models.space.dim:
        raise InputError(
            f"{folder}: the language model reads vectors of {config.joint_dim} numbers, the space "
            f"of clips has {models.space.dim}; give models that were trained together"
        )
