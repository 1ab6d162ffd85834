# Half Light
# Genre: trap
# Half-time snare, an 808 that follows the bell, hats that roll when the dice say so.

use_bpm 140
use_random_seed 808

melody = (ring :e5, :r, :g5, :fs5, :r, :b4, :r, :r, :c5, :r, :e5, :d5, :r, :g4, :r, :b4)

with_fx :reverb, room: 0.8, mix: 0.45 do
  live_loop :bell do
    synth :pretty_bell, note: melody.tick, release: 1.2, amp: 0.5, pan: 0.2
    sleep 0.5
  end
end

live_loop :hats do
  rolls = [2, 2, 2, 2, 3, 4, 6].choose
  rolls.times do |i|
    sample :drum_cymbal_closed, amp: 0.25 + 0.1 * i / rolls, rate: 1.3, finish: 0.3, pan: -0.2
    sleep 0.5 / rolls
  end
end

live_loop :kick do
  pattern = "x-----x---x-----"
  pattern.each_char do |step|
    sample :bd_808, amp: 2, rate: 1 if step == "x"
    sleep 0.25
  end
end

live_loop :snare do
  sleep 2
  sample :sn_generic, amp: 0.7, rate: 0.9
  sample :perc_snap, amp: 0.5
  sleep 2
end

live_loop :low do
  use_synth :fm
  n = (ring :e2, :c2).tick
  low = play n, divisor: 1, depth: 0.4, sustain: 2.4, release: 1, amp: 0.8, note_slide: 0.3
  sleep 3
  control low, note: note(n) + 7
  sleep 1
end
