"""What the code tower's vectors are taught to be: what some listener makes of the sound.

The shipped tower is taught the space of clips. Others show what the choice of a listener brings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from trichord.audio.bands import GRID
from trichord.audio.bandstats import band_families, band_statistics
from trichord.audio.standard import Standard
from trichord.files import write_tensors
from trichord.space.clips import load_clip_space
from trichord.train.code_sets import CodeTable, join, levels

NONE, BANDS = "none", "bands"
"""No vectors at all; statistics of the bands, with nothing learnt. Else: a space of clips."""

Listener = Callable[[Tensor], Tensor]
"""Pictures in dB [N, bands, columns] -> unit vectors [N, D]."""

_AT_ONCE = 256


def with_targets(tables: list[CodeTable], name: str, cache: Path) -> CodeTable:
    """All tables as one, with the vectors that a listener gives of their pictures.

    Args:
        tables: programs of all sources.
        name: `none`, `bands`, `default` or a folder of a space of clips.
        cache: folder in which the vectors are kept, under a name that tells of listener and sound.
    """
    if name == NONE:
        return join(tables)
    listener, key = band_listener(join(tables)) if name == BANDS else space_listener(name)
    return join([_heard(table, listener, key, cache) for table in tables])


def space_listener(name: str) -> tuple[Listener, bytes]:
    """The audio door of a space of clips, and what tells its weights from others."""
    space = load_clip_space(name)
    values = [value.detach().numpy().tobytes() for value in space.state_dict().values()]
    return space.embed_picture, b"".join(values)


def band_listener(table: CodeTable) -> tuple[Listener, bytes]:
    """Statistics of the bands on the scale of the training programs, and what tells that scale."""
    learnt = table.pictures[table.members("train")]
    told = np.concatenate([band_statistics(levels(s).numpy()) for s in learnt.split(_AT_ONCE)])
    standard = Standard.fit(told, band_families(GRID.bands))

    def listen(pictures: Tensor) -> Tensor:
        heard = standard.apply(band_statistics(pictures.numpy()))
        return F.normalize(torch.from_numpy(heard), dim=1)

    return listen, standard.mean.tobytes() + standard.spread.tobytes()


def _heard(table: CodeTable, listener: Listener, key: bytes, cache: Path) -> CodeTable:
    from safetensors.torch import load_file

    digest = hashlib.sha256(key)
    digest.update(table.pictures[:, ::27, ::16].contiguous().numpy().tobytes())
    path = cache / f"vectors-{digest.hexdigest()[:16]}.safetensors"
    if not path.is_file():
        parts = [listener(levels(some)) for some in table.pictures.split(_AT_ONCE)]
        write_tensors(path, {"vectors": torch.cat(parts).clone()})
    return replace(table, vectors=load_file(path)["vectors"])
