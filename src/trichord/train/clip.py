"""The recipe of the clip model: the language model of `train lm` on the tokens of clips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trichord.errors import InputError
from trichord.progress import Progress
from trichord.train.clip_tokens import ClipTokensConfig, check_settings, write_clip_tokens
from trichord.train.lm import LMTrainConfig, train_lm


@dataclass(frozen=True)
class ClipTrainConfig:
    """Everything that `trichord train clip` does."""

    source: ClipTokensConfig = field(default_factory=ClipTokensConfig)
    """Corpus, codec and space that the tokens are made from, where they are not there yet."""
    lm: LMTrainConfig = field(
        default_factory=lambda: LMTrainConfig(
            tokens=Path("build/clip_tokens"),
            out=Path("build/clip_lm"),
            scheme="baseline",
            text=True,
        )
    )
    """The model and its training; `lm.source` is not used."""

    def __post_init__(self) -> None:
        """Refuses what clips do not have."""
        if self.lm.model.like_frames:
            raise InputError(
                f"lm.model.like_frames is {self.lm.model.like_frames}: clips have no other notes "
                "to sound like; leave it 0"
            )


def train_clip(
    config: ClipTrainConfig, on_report: Callable[[dict[str, Any]], None] | None = None
) -> dict[str, Any]:
    """Trains a clip model; it lies in `config.lm.out / "model"` from the first save on.

    Returns:
        The last line of metrics.

    Raises:
        InputError: the tokens that stand were made otherwise than `config.source` says.
    """
    if not (config.lm.tokens / "meta.json").is_file():
        with Progress() as progress:
            task = progress.task("encoding clips", _shard_count(config.source.clips))
            write_clip_tokens(config.source, config.lm.tokens, task)
    check_settings(config.source, config.lm.tokens)
    return train_lm(config.lm, on_report)


def _shard_count(clips: Path) -> int:
    return max(1, len(list(clips.glob("*.parquet"))))
