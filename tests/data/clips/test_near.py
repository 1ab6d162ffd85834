from __future__ import annotations

from trichord.data.clips.near import near_groups, shingles, similarity

BASS = """
use_bpm 120
live_loop :bass do
  use_synth :tb303
  play (ring :e1, :e1, :g1, :a1).tick, release: 0.2, cutoff: 80, amp: 0.8
  sleep 0.5
end
"""
DRUMS = """
live_loop :drums do
  sample :bd_haus, amp: 2
  sleep 1
  sample :sn_dolf if one_in 2
  sleep 1
end
"""


def test_other_numbers_and_comments_make_no_other_program() -> None:
    varied = BASS.replace("80", "111.5").replace("120", "90") + "# louder\n"
    assert shingles(BASS) == shingles(varied)
    assert near_groups([BASS, DRUMS, varied]) == [0, 1, 0]


def test_one_more_line_stays_near_and_another_half_does_not() -> None:
    near = BASS.replace("use_bpm 120\n", "use_bpm 120\nuse_debug false\n")
    assert near_groups([BASS, near]) == [0, 0]
    assert near_groups([BASS, BASS + DRUMS]) == [0, 1]


def test_what_is_linked_by_a_chain_is_one_group() -> None:
    words = [f"play_{chr(97 + i)}" for i in range(26)]
    chain = [" ".join(words[i : i + 20]) for i in range(6)]
    assert similarity(shingles(chain[0]), shingles(chain[5])) < 0.7
    assert set(near_groups(chain)) == {0}


def test_an_empty_program_is_no_error() -> None:
    assert near_groups([]) == []
    assert near_groups(["", "", BASS]) == [0, 0, 1]
