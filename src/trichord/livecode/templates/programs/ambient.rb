# Slow Weather
# Genre: ambient
# Five loops of unequal length, one note each; what they make together hardly ever returns.

use_random_seed 11

with_fx :gverb, room: 35, release: 9, mix: 0.4 do
  live_loop :ground do
    synth :dark_ambience, note: :d2, attack: 3, sustain: 4, release: 5, amp: 1.1
    sleep 9.5
  end

  live_loop :fifth do
    synth :hollow, note: :a3, attack: 2, sustain: 1, release: 4, amp: 1.4, pan: -0.5
    sleep 5.3
  end

  live_loop :third do
    synth :hollow, note: :fs4, attack: 2.5, release: 4, amp: 1.2, pan: 0.5
    sleep 6.7
  end

  live_loop :ninth do
    sleep 3.1
    synth :prophet, note: :e4, attack: 3, release: 3, cutoff: 72, amp: 0.3
    sleep 4.9
  end

  live_loop :rain do
    note = (scale :d5, :major_pentatonic).choose
    synth :pretty_bell, note: note, attack: 0.02, release: 2.5, amp: 0.12, pan: rrand(-0.8, 0.8)
    sleep [0.5, 1, 1.5, 2.5].choose
  end
end
