# The Empty Ballroom
# Genre: waltz
# Bass, chord, chord; a melody that only speaks where it has something to say.

use_bpm 150

steps = (ring 1, 6, 2, 5, 1, 4, 5, 1)

with_fx :reverb, room: 0.8, mix: 0.4 do
  live_loop :left do
    use_synth :piano
    step = steps.tick
    low = degree(step, :f2, :major)
    high = (chord_degree step, :f3, :major, 3)
    play low, vel: 0.4, sustain: 0.8, release: 0.4, amp: 0.16
    sleep 1
    2.times do
      play_chord high, vel: 0.25, sustain: 0.2, release: 0.3, amp: 0.07
      sleep 1
    end
  end

  live_loop :right do
    use_synth :piano
    use_synth_defaults vel: 0.6, sustain: 0.4, release: 1, amp: 0.13
    play_pattern_timed [:a5, :g5, :f5, :d5], [2, 1, 2, 1]
    play_pattern_timed [:bb4, :d5, :f5, :e5], [2, 1, 2, 1]
    play_pattern_timed [:f5, :a5, :c6, :d6, :bb5], [1, 1, 1, 2, 1]
    play_pattern_timed [:g5, :e5, :f5, :r], [1, 2, 2, 1]
  end

  live_loop :glass do
    sleep 11
    sample :ambi_glass_rub, rate: 0.944, amp: 0.1, finish: 0.5
    sleep 13
  end
end
