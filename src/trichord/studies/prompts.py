"""Free prompts of the eleven families, none of which is a caption of the corpus."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from trichord.data.notes import Corpus

_FILE = Path(__file__).parent / "prompts.json"


@dataclass(frozen=True)
class Prompt:
    """A sentence that a musician might type, and the family that it asks for."""

    text: str
    family: str


def held_out_prompts() -> list[Prompt]:
    """All of them, the families taking turns: a beginning of the list holds all alike."""
    table: dict[str, list[str]] = json.loads(_FILE.read_text(encoding="utf-8"))
    most = max(map(len, table.values()))
    return [
        Prompt(texts[turn], family)
        for turn in range(most)
        for family, texts in table.items()
        if turn < len(texts)
    ]


def prompts_in_captions(prompts: list[Prompt], corpus: Corpus) -> int:
    """How many of the prompts stand word for word among the captions; it must be none."""
    captions = {
        " ".join(text.lower().split()) for one in corpus.instruments for text in one.captions
    }
    return sum(" ".join(prompt.text.lower().split()) in captions for prompt in prompts)
