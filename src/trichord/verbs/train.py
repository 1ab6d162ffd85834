"""`trichord train`: every model of the house."""

from __future__ import annotations

from collections.abc import Sequence

from trichord.options import parse_with_config, peek
from trichord.verbs.running import with_bar


def codec(words: Sequence[str], prog: str) -> int:
    """`trichord train codec`: prints the last metrics; `kind` says whether of notes or of clips."""
    if peek("kind", words) == "general":
        from trichord.train.general_codec import GeneralCodecTrainConfig, train_general_codec

        general = parse_with_config(GeneralCodecTrainConfig, words, prog)
        return with_bar(train_general_codec, general, general.loop.steps)
    from trichord.train.codec import CodecTrainConfig, train_codec

    config = parse_with_config(CodecTrainConfig, words, prog)
    return with_bar(train_codec, config, config.loop.steps)


def space(words: Sequence[str], prog: str) -> int:
    """`trichord train space`: prints the figures on held-out instruments."""
    from trichord.train.space import SpaceTrainConfig, train_space

    config = parse_with_config(SpaceTrainConfig, words, prog)
    return with_bar(train_space, config, config.loop.steps)


def align(words: Sequence[str], prog: str) -> int:
    """`trichord train align`: prints the figures on held-out templates."""
    from trichord.train.align import AlignTrainConfig, train_align

    config = parse_with_config(AlignTrainConfig, words, prog)
    return with_bar(train_align, config, config.loop.steps)


def code(words: Sequence[str], prog: str) -> int:
    """`trichord train code`: prints the figures on held-out programs."""
    from trichord.train.code import CodeTrainConfig, train_code

    config = parse_with_config(CodeTrainConfig, words, prog)
    return with_bar(train_code, config, config.loop.steps)


def motion(words: Sequence[str], prog: str) -> int:
    """`trichord train motion`: prints the last metrics."""
    from trichord.train.motion import MotionTrainConfig, train_motion

    config = parse_with_config(MotionTrainConfig, words, prog)
    return with_bar(train_motion, config, config.loop.steps)


def judge(words: Sequence[str], prog: str) -> int:
    """`trichord train judge`: prints the figures on held-out instruments."""
    from trichord.train.judge import JudgeTrainConfig, train_judge

    config = parse_with_config(JudgeTrainConfig, words, prog)
    return with_bar(train_judge, config, config.fit.epochs)


def tagger(words: Sequence[str], prog: str) -> int:
    """`trichord train tagger`: prints the last metrics."""
    from trichord.train.tagger import TaggerTrainConfig, train_tagger

    config = parse_with_config(TaggerTrainConfig, words, prog)
    return with_bar(train_tagger, config, config.loop.steps)


def lm(words: Sequence[str], prog: str) -> int:
    """`trichord train lm`: prints the last metrics."""
    from trichord.train.lm import LMTrainConfig, train_lm

    config = parse_with_config(LMTrainConfig, words, prog)
    return with_bar(train_lm, config, config.loop.steps)


def clip(words: Sequence[str], prog: str) -> int:
    """`trichord train clip`: prints the last metrics."""
    from trichord.train.clip import ClipTrainConfig, train_clip

    config = parse_with_config(ClipTrainConfig, words, prog)
    return with_bar(train_clip, config, config.lm.loop.steps)
