"""Held-out instruments asked for by their captions: drawn, decoded, heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from trichord.lm import CodecLM, Conditions, Sampling
from trichord.lm.linear import quick_dtype
from trichord.space.joint import sentence_encoder
from trichord.space.text import SentenceConfig
from trichord.studies.regularisation.cells import Cell

if TYPE_CHECKING:
    from trichord.studies.conditioning.ears import Heard
    from trichord.studies.regularisation.study import RegularisationStudy

Wave = NDArray[np.float32]

_SECONDS = 2.5
"""Drawn of every note; a little more than is heard."""
_AT_ONCE = 64


def heard_name(study: RegularisationStudy, cell: Cell, seed: int, guidance: float) -> str:
    """Of what was heard of a run's notes."""
    run = study.runs.path(cell, seed).stem
    return f"{study.runs.key}-{run}-guidance{guidance:g}"


def heard_of(study: RegularisationStudy, cell: Cell, seed: int, guidance: float) -> Heard:
    """What is heard of the asked notes as a run's model draws them; kept."""
    name = heard_name(study, cell, seed, guidance)
    return study.listening.material.hear_asked(name, lambda: made(study, cell, seed, guidance))


def stands(study: RegularisationStudy, cell: Cell, seed: int, guidance: float) -> bool:
    """Whether a run's notes were heard already."""
    name = heard_name(study, cell, seed, guidance)
    return any(study.listening.material.folder.glob(f"{name}-*.npz"))


def made(study: RegularisationStudy, cell: Cell, seed: int, guidance: float) -> list[Wave]:
    """The asked keys of every held-out instrument, by its first caption; one draw each."""
    material, codec = study.listening.material, study.listening.spine.codec
    model = CodecLM.load(study.runs.model_folder(cell, seed), quick_dtype())
    texts = sentence_encoder(SentenceConfig()).states([one.caption for one in material.held_out])
    lengths = torch.tensor([len(states) for states in texts])
    states = torch.nn.utils.rnn.pad_sequence(texts, batch_first=True)
    owner = torch.tensor(material.owners)
    keys = torch.tensor(material.asked_keys)
    asked = Conditions(
        pitch=keys[:, 0], velocity=keys[:, 1], text=states[owner], text_length=lengths[owner]
    )
    sampling = Sampling(temperature=0.9, top_k=250, guidance=guidance, seed=study.options.seed)
    frames = min(codec.frames(_SECONDS), model.config.max_frames)
    waves: list[Wave] = []
    for rows in torch.arange(len(owner)).split(_AT_ONCE):
        drawn = model.generate(asked.select(rows), frames, sampling, seeds=rows.tolist())
        with torch.inference_mode():
            waves += list(codec.decode(drawn, keys[rows, 0])[:, 0].float().numpy())
    return waves


def drawn_evenly(study: RegularisationStudy) -> list[Wave]:
    """The asked keys, their tokens drawn with equal chances."""
    material, codec = study.listening.material, study.listening.spine.codec
    generator = torch.Generator().manual_seed(study.options.seed)
    keys = torch.tensor(material.asked_keys)
    shape = (len(keys), codec.num_codebooks, codec.frames(_SECONDS))
    codes = torch.randint(codec.cardinality, shape, generator=generator)
    waves: list[Wave] = []
    for rows in torch.arange(len(keys)).split(_AT_ONCE):
        with torch.inference_mode():
            waves += list(codec.decode(codes[rows], keys[rows, 0])[:, 0].float().numpy())
    return waves


def hear_missing(
    study: RegularisationStudy, wanted: list[tuple[Cell, int, float]], most: int
) -> int:
    """Hears the runs that were not heard yet, `most` at most (0 = all); returns how many."""
    missing = [
        (cell, seed, guidance)
        for cell, seed, guidance in wanted
        if study.runs.path(cell, seed).is_file() and not stands(study, cell, seed, guidance)
    ]
    missing = missing[: most or None]
    task = study.progress.task("drawing and hearing", len(missing))
    for cell, seed, guidance in missing:
        heard_of(study, cell, seed, guidance)
        task.advance()
    return len(missing)
