from __future__ import annotations

import numpy as np
import pytest

from trichord.data.schema import FAMILIES
from trichord.train.space_prompts import (
    distracted,
    lexicon_prompts,
    paraphrases,
    read_lexicon,
    read_words,
    vary,
)


def test_the_table_knows_every_family_and_its_synonyms_go_both_ways() -> None:
    words = read_words()
    assert set(words.families) == set(FAMILIES)
    assert all("{sound}" in frame for frame in words.frames)
    for word, others in words.timbre.items():
        assert word not in others
        for other in others:
            assert word in words.timbre[other]


def test_paraphrases_begin_with_the_captions_and_never_repeat() -> None:
    captions = ["warm grand piano", "piano", "short, bright sound"]
    found = paraphrases(captions, "keyboard", 30, np.random.default_rng(0))
    assert found[:3] == captions
    assert len(found) == len(set(found)) == 30
    assert found == paraphrases(captions, "keyboard", 30, np.random.default_rng(0))
    assert any("mellow" in text or "soft" in text for text in found)


def test_what_cannot_be_varied_gives_fewer() -> None:
    found = paraphrases(["x"], "bass", 500, np.random.default_rng(0))
    assert 1 < len(found) < 500


@pytest.mark.parametrize("seed", range(20))
def test_no_words_come_from_elsewhere(seed: int) -> None:
    words = read_words()
    text = vary("bright violin", "string", np.random.default_rng(seed))
    known = {"bright", "violin", *words.timbre["bright"], *words.nouns["violin"]}
    known |= set(words.families["string"]) | set(words.frames)
    parts = {part for phrase in known for part in phrase.replace("{sound}", "").split()}
    # A synonym may give way to its own synonym only when it is a noun's other name.
    assert set(text.split()) <= parts | {"an", "a"}


def test_distracted_prompts_keep_the_plain_names() -> None:
    captions = ["steel string guitar", "bright folk guitar", "long, dark sound", "acoustic guitar"]
    found = distracted(captions, 30, np.random.default_rng(0))
    assert len(found) == 30
    assert all(text.endswith(("steel string guitar", "acoustic guitar")) for text in found)
    assert found == distracted(captions, 30, np.random.default_rng(0))
    only_bright = distracted(["bright piano"], 2, np.random.default_rng(0))
    assert all(text.endswith("bright piano") for text in only_bright)


def test_the_lexicon_names_every_family_and_no_instrument_twice() -> None:
    lexicon = read_lexicon()
    assert tuple(sorted(lexicon)) == tuple(sorted(FAMILIES))
    names = [name for group in lexicon.values() for name in group]
    assert len(names) == len(set(names))


def test_prompts_of_the_lexicon_say_every_name_plain_and_with_a_word() -> None:
    prompts = lexicon_prompts("reed", 2, np.random.default_rng(0))
    assert len(prompts) == 3 * len(read_lexicon()["reed"])
    assert "bassoon" in prompts
    assert sum("bassoon" in prompt for prompt in prompts) >= 3
