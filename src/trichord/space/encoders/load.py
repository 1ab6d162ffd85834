"""One name for every encoder: ours by a word, any other by a folder or by its name on the hub."""

from __future__ import annotations

from typing import Any, Literal, overload

from trichord.errors import InputError
from trichord.space.base import Encoder, Sound
from trichord.space.debug import HashedWords
from trichord.space.encoders.audio import AudioModelEncoder, ClipEncoder
from trichord.space.encoders.code import CodeModelEncoder
from trichord.space.encoders.text import TextModelEncoder
from trichord.space.text import SentenceConfig, SentenceEncoder

Kind = Literal["text", "audio", "code"]


@overload
def load_encoder(
    kind: Literal["text", "code"], name: str = "default", *, windows: int | None = None
) -> Encoder[str]: ...
@overload
def load_encoder(
    kind: Literal["audio"], name: str = "default", *, windows: int | None = None
) -> Encoder[Sound]: ...
def load_encoder(kind: Kind, name: str = "default", *, windows: int | None = None) -> Encoder[Any]:
    """An encoder, ready for use.

    Args:
        kind: what it reads.
        name: `default` (text: the shipped sentence encoder; audio: the shipped space of clips;
            code: the sentence encoder on the program's words), `debug`, a local folder, or the
            name of a model on the hub, such as `facebook/wav2vec2-base-960h`,
            `laion/clap-htsat-unfused`, `microsoft/codebert-base`,
            `flax-sentence-embeddings/st-codesearch-distilroberta-base`.
        windows: code only; how many windows of a program are read at most, None: all of it. 1 is
            the cut that sentence models make by themselves.

    Raises:
        InputError: when there is no such model, or it does not read this kind.
    """
    if kind == "text":
        return _text(name)
    if kind == "audio":
        return ClipEncoder(name) if name in ("default", "debug") else AudioModelEncoder(name)
    if kind == "code":
        return _code(name, windows)
    raise InputError(f"encoder: kind {kind!r}; give text, audio or code")


def _text(name: str) -> Encoder[str]:
    if name == "debug":
        return HashedWords()
    return SentenceEncoder(SentenceConfig()) if name == "default" else TextModelEncoder(name)


def _code(name: str, windows: int | None) -> Encoder[str]:
    if name == "debug":
        return HashedWords()
    if name == "default":
        from trichord.space.text import packaged_minilm

        name = str(packaged_minilm())
    return CodeModelEncoder(name, windows=windows)
