"""Everything that `trichord train lm` can be asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from trichord.errors import InputError
from trichord.lm import LMConfig
from trichord.train.lm_like import LikeConfig
from trichord.train.lm_worded import WordedConfig
from trichord.train.recolour import RecolourConfig
from trichord.train.regulariser import RegulariserConfig
from trichord.train.schedule import LoopConfig
from trichord.train.tokenise import TokeniseConfig

Scheme = Literal["baseline", "random", "fixed", "mean", "learned"]


@dataclass(frozen=True)
class LMTrainConfig:
    """Everything that `trichord train lm` does."""

    tokens: Path = Path("build/tokens")
    """Folder of pre-tokenised notes; written from `source` when it is not there."""
    source: TokeniseConfig = field(default_factory=TokeniseConfig)
    """Corpus, codec and space that the tokens are made from."""
    out: Path = Path("build/lm")
    """Folder of the run: checkpoints, metrics and the exported model."""
    scheme: Scheme = "random"
    """Whose joint vector a note is given: its own (baseline), that of another note of its
    instrument (random), of one reference note (fixed), the instrument's mean direction, or those of
    `model.joint_notes` other notes, which the model weighs (learned)."""
    joint_noise: float = 0.0
    """Length of the random vector added to the joint vector, before it is made unit again."""
    worded: WordedConfig = field(default_factory=WordedConfig)
    """How often a note's vector is that of a sentence about its instrument, as in use."""
    like: LikeConfig = field(default_factory=LikeConfig)
    """Which notes of an instrument the others learn to sound like."""
    recolour: RecolourConfig = field(default_factory=RecolourConfig)
    """Sounds beyond the corpus, from which only a shown note can tell; needs `model.like_frames`
    and the corpus and codec of `source`."""
    text: bool = False
    """Condition on captions too: one of each note's own is drawn every time."""
    captions: Path | None = None
    """Folder of the captions' states, written when it has none; that of the tokens if not given."""
    regulariser: RegulariserConfig = field(default_factory=RegulariserConfig)
    """Similarity in the hidden states as in the text, or as in the joint space."""
    start: Path | None = None
    """A model folder whose weights the run begins with; parts that it lacks begin at random."""
    valid_notes: int = 512
    """Held-out notes of each validation."""
    resume: bool = False
    """Go on from the last checkpoint in `out`."""
    model: LMConfig = field(default_factory=LMConfig)
    """The model; num_codebooks, cardinality, max_frames and joint_dim follow the tokens."""
    loop: LoopConfig = field(default_factory=LoopConfig)
    """Steps, rates, precision, seed."""

    def __post_init__(self) -> None:
        """Refuses what no run can mean."""
        if self.scheme == "learned" and not self.model.joint_notes:
            raise InputError(
                "scheme is learned and model.joint_notes 0: there is nothing to weigh; give 8 notes"
            )
        if self.scheme == "learned" and self.worded.chance:
            raise InputError(
                f"scheme is learned and worded.chance {self.worded.chance}: a sentence has one "
                "vector, not several to weigh; choose another scheme, or no chance"
            )
        if self.joint_noise < 0:
            raise InputError(f"joint_noise is {self.joint_noise}; it must be 0 or more")
        if self.valid_notes < 1:
            raise InputError(f"valid_notes is {self.valid_notes}; it must be at least 1")
        if self.recolour.chance and not self.model.like_frames:
            raise InputError(
                f"recolour.chance is {self.recolour.chance} and model.like_frames 0: a recoloured "
                "note is told by a shown note alone; set like_frames, or no chance"
            )
        if self.regulariser.weight and self.loop.accumulate > 1:
            raise InputError(
                f"regulariser.weight is {self.regulariser.weight} and loop.accumulate "
                f"{self.loop.accumulate}: pairs would be compared within parts of the batch alone; "
                "give more devices, or a smaller batch"
            )
        if self.model.text_dim and not self.text:
            raise InputError(
                f"model.text_dim is {self.model.text_dim} and text false: set text, and text_dim "
                "follows its encoder"
            )
