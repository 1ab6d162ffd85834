# Cut Twice
# Genre: breakbeat
# One drum loop in eight slices, played mostly in order and now and then out of it.

use_random_seed 52
use_bpm 136

live_loop :break do
  order = [0, 1, 2, 3, 4, 5, 6, 7]
  order = [0, 1, 2, 1, 4, 5, 4, 7] if one_in(3)
  order = [0, 0, 2, 3, 6, 5, 6, 6] if one_in(4)
  order.each do |part|
    rate = (part == 6 && one_in(3)) ? -1 : 1
    sample :loop_amen, beat_stretch: 4, num_slices: 8, slice: part, rate: rate, amp: 2
    sleep 0.5
  end
end

live_loop :bass, sync: :break do
  use_synth :fm
  root = (knit :e1, 2, :g1, 1, :d1, 1).tick
  [[0, 0.75], [0, 0.75], [12, 0.5], [7, 1], [0, 1]].each do |step, time|
    play note(root) + 12 + step, sustain: time * 0.5, release: 0.2, depth: 1.5, divisor: 2, amp: 0.7
    sleep time
  end
end

with_fx :echo, phase: 0.75, decay: 4, mix: 0.5 do
  with_fx :hpf, cutoff: 70 do
    live_loop :voices, sync: :break do
      sample :ambi_choir, rpitch: [-8.55, -1.55, 3.45].choose, finish: 0.4, amp: 0.8 if one_in(2)
      sleep 4
    end
  end
end

live_loop :pad, sync: :break do
  synth :prophet, note: :e3, attack: 1, sustain: 4, release: 3, cutoff: 75, amp: 0.35
  synth :prophet, note: :b3, attack: 2, sustain: 3, release: 3, cutoff: 80, amp: 0.3
  sleep 8
end
