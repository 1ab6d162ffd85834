"""Models that `transformers` loads: one line of help where that fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from trichord.errors import InputError

Part = TypeVar("Part")


def load_part(what: str, name: str, load: Callable[[], Part]) -> Part:
    """Calls `load`, which reads one part (`what`) of the model `name`.

    Raises:
        InputError: when the folder lacks the part, or the hub has no such model or is out of reach.
    """
    from transformers.utils import logging

    logging.disable_progress_bar()  # a bar of its own for weights that load in a second
    try:
        return load()
    # What transformers raises for a file that is missing, no JSON, or of a kind that it does not
    # know; KeyError and AttributeError are of configurations that name no known model.
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else "unknown"
        mend = (
            "complete the folder"
            if Path(name).is_dir()
            else "give a local folder, or the name of a model on the hub and a way to reach it"
        )
        raise InputError(f"{name}: its {what} cannot be loaded ({reason}); {mend}") from error


def load_config(name: str) -> Any:
    """The model's configuration; `model_type` says what it is."""
    from transformers import AutoConfig

    return load_part("config.json", name, lambda: AutoConfig.from_pretrained(name))


def load_tokenizer(name: str) -> Any:
    """The model's tokenizer."""
    from transformers import AutoTokenizer

    return load_part("tokenizer", name, lambda: AutoTokenizer.from_pretrained(name))


def load_model(name: str) -> Any:
    """The model itself without a task's head, frozen; of an encoder and a decoder the encoder."""
    from transformers import AutoModel

    model = load_part("weights", name, lambda: AutoModel.from_pretrained(name))
    if getattr(model.config, "is_encoder_decoder", False):
        model = model.get_encoder()
    return model.eval().requires_grad_(False)


def text_limit(tokenizer: Any, config: Any, wanted: int | None) -> int:
    """Tokens that fit the model at once, special ones counted; `wanted` lowers it.

    Tokenizers without a limit of their own give a huge one; RoBERTa's positions begin after its
    padding index, so that two of them are never reached.
    """
    limits = [512 if wanted is None else wanted]
    if tokenizer.model_max_length < 100_000:
        limits.append(int(tokenizer.model_max_length))
    positions = getattr(config, "max_position_embeddings", None)
    if positions:
        padding = getattr(config, "pad_token_id", None) or 0
        shifted = config.model_type in ("roberta", "camembert", "xlm-roberta", "longformer")
        limits.append(int(positions) - (padding + 1 if shifted else 0))
    return max(3, min(limits))
