# Back Room
# Genre: jazz comping
# Two five one with rootless chords off the beat, a bass that walks to the next root, a ride.

use_bpm 132
use_random_seed 1959
use_debug false

roots = (ring :d2, :g2, :c2, :a1)
thirds = (ring 3, 4, 4, 4)
shapes = (ring [:f3, :a3, :c4, :e4], [:f3, :a3, :b3, :e4], [:e3, :g3, :b3, :d4], [:e3, :g3, :cs4, :f4])


live_loop :form do
  set :bar, tick
  sleep 4
end

live_loop :walk, sync: :form do
  use_synth :pluck
  here = note(roots[get(:bar)])
  there = note(roots[get(:bar) + 1])
  fifth = here + 7
  [here, here + thirds[get(:bar)], fifth, there + [-1, 1].choose].each do |n|
    play n + 12, release: 0.9, coef: 0.1, amp: 1, pan: -0.1
    sleep 1
  end
end

live_loop :piano, sync: :form do
  use_synth :piano
  shape = shapes[get(:bar)]
  rhythm = [[0, 1.66, 3], [0.66, 2.66], [1, 2.66, 3.66], [0, 2.66]].choose
  at rhythm do
    play_chord shape, vel: 0.4, hard: 0.3, sustain: 0.3, release: 0.4, amp: 0.8, pan: 0.2
  end
  sleep 4
end

live_loop :ride do
  2.times do |half|
    sample :drum_cymbal_pedal, amp: 1.4, rate: 1.1
    sleep 1
    sample :drum_cymbal_closed, amp: 0.9
    sleep 2.0 / 3
    sample :drum_cymbal_pedal, amp: 1, rate: 1.1
    sleep 1.0 / 3
  end
end

live_loop :brush, sync: :form do
  sleep [1.66, 2.66, 3].choose
  sample :drum_snare_soft, amp: 0.5, rate: 1.1
  sync :form
end
