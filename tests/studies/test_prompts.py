from __future__ import annotations

from trichord.data.schema import FAMILIES
from trichord.studies.prompts import Prompt, held_out_prompts, prompts_in_captions


def test_there_are_four_prompts_or_more_of_every_family_and_none_twice():
    prompts = held_out_prompts()
    assert len(prompts) >= 44
    assert len({prompt.text.lower() for prompt in prompts}) == len(prompts)
    for family in FAMILIES:
        assert sum(prompt.family == family for prompt in prompts) >= 4


def test_a_beginning_of_the_list_holds_all_families():
    assert {prompt.family for prompt in held_out_prompts()[:11]} == set(FAMILIES)


def test_prompts_that_are_captions_are_counted(study):
    prompts = [Prompt("Warm  Organ", "organ"), Prompt("a distant organ", "organ")]
    assert prompts_in_captions(prompts, study.corpus) == 1
