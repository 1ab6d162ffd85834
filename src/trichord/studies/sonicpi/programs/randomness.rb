# The stream of random numbers: the same in every run, put back, skipped, looked at, one a thread.
use_synth :beep

10.times { play rrand(50, 70), release: 0.1; sleep 0.0625 }
8.times { play rrand_i(50, 70), amp: rand, release: 0.1; sleep 0.0625 }
puts rand(4), rand_i(9), rdist(2), rdist(1, 5), dice, dice(20), one_in(3), rand(2..5), rand_i(3..8)
puts rand_look, rand, rand_i_look(100), rand_i(100)
rand_back
puts rand
rand_back 3
puts rand, rand, rand
rand_skip 2
puts rand
rand_reset
puts rand, current_random_seed

use_random_seed 42
6.times { play choose([60, 63, 67, 70]), release: 0.1; sleep 0.125 }
with_random_seed 42 do
  6.times { play [60, 63, 67, 70].choose, release: 0.1; sleep 0.125 }
  puts rand
end
puts rand
puts shuffle([1, 2, 3, 4, 5]).inspect, [1, 2, 3, 4, 5].shuffle.inspect, "shuffled".shuffle
puts pick([1, 2, 3], 5).to_a.inspect, [1, 2, 3].pick.inspect, [9, 8, 7].pick(2, skip: 1).to_a.inspect
puts (ring 1, 2, 3, 4).shuffle.to_a.inspect, (scale :c, :minor).choose

in_thread do
  8.times { play rrand_i(40, 50), release: 0.1; sleep 0.25 }
end
in_thread seed: 3 do
  8.times { play rrand_i(40, 50), release: 0.1, pan: 1; sleep 0.25 }
end
live_loop :own_stream do
  play rrand(70, 90), release: 0.05, pan: rdist(0.5), amp: 0.4
  sleep [0.125, 0.25].choose
end
live_loop :same_phrase do
  use_random_seed 7
  4.times do
    sample [:drum_tom_lo_soft, :drum_tom_mid_soft, :drum_tom_hi_soft].choose, rate: rrand(0.9, 1.1)
    sleep 0.25
  end
end
at [1, 2, 3] do
  synth :fm, note: rrand_i(30, 40), release: 0.3 if one_in(2)
end
