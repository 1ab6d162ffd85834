from __future__ import annotations

import pytest

from tests.livecode.edits.run import code_of, edit


def test_a_written_seed_changes() -> None:
    assert code_of("change_seed", "use_random_seed 5\nplay rrand(50, 60)\n").startswith(
        "use_random_seed "
    )


def test_a_program_that_draws_is_given_a_seed() -> None:
    code = code_of("change_seed", "play [60, 64].choose\n")
    assert code.endswith("\nplay [60, 64].choose\n")
    assert edit("change_seed", "play 60\n") is None


def test_in_turn_or_drawn() -> None:
    assert code_of("draw_notes", "play [60, 64].ring.tick\n") == "play [60, 64].ring.choose\n"
    assert code_of("play_in_turn", "play [60, 64].choose\n") == "play [60, 64].tick(:turn)\n"


def test_ticks_that_others_look_at_stay() -> None:
    assert edit("draw_notes", "play [60, 64].ring.tick\nsleep [1, 2].ring.look\n") is None


@pytest.mark.parametrize("how", ["shuffle", "reverse", "mirror"])
def test_lists_in_another_order(how: str) -> None:
    code = "play (scale :e3, :minor).tick\n"
    assert code_of("reorder_notes", code, how=how) == f"play (scale :e3, :minor).{how}.tick\n"
