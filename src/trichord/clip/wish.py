"""From a sentence, a recording or a program to what the clip model is conditioned on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trichord.errors import InputError
from trichord.files import file_sha256

if TYPE_CHECKING:
    from torch import Tensor

    from trichord.clip.models import ClipModels
    from trichord.clip.options import ClipOptions
    from trichord.lm.conditions import Conditions
    from trichord.progress import Progress
    from trichord.space.clips import ClipSpace


def source_of(options: ClipOptions, prompt: str) -> dict[str, Any]:
    """What provenance tells of the wish: words, and the name and hash of a file."""
    source: dict[str, Any] = {"prompt": prompt} if prompt else {}
    for what, path in (("recording", options.from_), ("program", options.from_code)):
        if path is not None:
            source |= {what: path.name, "sha256": file_sha256(path)}
    return source


def vector_of(options: ClipOptions, space: ClipSpace, progress: Progress) -> Tensor | None:
    """The vector `[1, D]` of the file that the options name; None where they name none.

    Raises:
        InputError: the file is missing or damaged, or the program cannot be read.
    """
    if options.from_ is not None:
        from trichord.audio.io import read_mono

        rate = 44100
        return space.embed_audio([read_mono(options.from_, rate)], rate)
    if options.from_code is not None:
        return _vector_of_program(options.from_code, space, progress)
    return None


def _vector_of_program(path: Path, space: ClipSpace, progress: Progress) -> Tensor:
    """Through the truest tower that is installed: the score's where Sonic Pi is, or the text's."""
    from trichord.choose.items import Item
    from trichord.choose.pick import pick_tower
    from trichord.choose.reading import read_program

    code = read_program(Item(path, "program", path))
    with pick_tower("auto", 1, space, progress).tower as tower:
        read = tower.embed([code])
    problem = read.problems[0]
    if read.pictures[0] is None:
        raise InputError(f"{path}: {problem}: give a program that sounds")
    if problem is not None:
        progress.note(f"{path}: {problem}: taken by what it played")
    return read.vectors[:1].float()


def conditions_of(models: ClipModels, prompt: str, vector: Tensor | None) -> Conditions:
    """Conditions of one clip: the words themselves, and a point in the space of clips.

    A file tells the point; else the words do, through the space's text door.
    """
    from trichord.lm.conditions import Conditions

    return Conditions(joint=vector) if not prompt else conditions_of_all(models, [prompt], vector)


def conditions_of_all(
    models: ClipModels, prompts: Sequence[str], vectors: Tensor | None = None
) -> Conditions:
    """Conditions of N clips of which each has a prompt; points `[N, D]` where they are known."""
    import torch

    from trichord.lm.conditions import Conditions

    points = models.space.embed_text(prompts) if vectors is None else vectors
    if not models.lm.config.text_dim:
        return Conditions(joint=points.float())
    states = [each.float() for each in models.space.sentences.states(prompts)]
    return Conditions(
        joint=points.float(),
        text=torch.nn.utils.rnn.pad_sequence(states, batch_first=True),
        text_length=torch.tensor([len(each) for each in states]),
    )
