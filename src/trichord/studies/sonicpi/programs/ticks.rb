# Counters: one a loop unless it is named, read, set, put back.
live_loop :one do
  play (scale :c4, :major).tick, release: 0.1
  sleep 0.25
  tick_reset if look > 9
end

live_loop :two do
  tick
  play (ring 40, 47, 52).look, release: 0.2 if look.even?
  sleep 0.25
end

live_loop :named do
  tick :slow if tick(:fast) % 4 == 0
  synth :beep, note: 60 + look(:slow) + (ring 0, 7, 12)[look(:fast)], release: 0.1, amp: 0.5
  tick_set :slow, 0 if look(:slow) > 6
  sleep 0.25
end

live_loop :steps do
  play 70 + tick(step: 3) % 24, release: 0.05, pan: -0.8
  tick_reset_all if look > 30
  sleep 0.5
end

live_loop :offset do
  play (ring 1, 3, 5, 8).tick(:o, offset: 2) + 50, amp: 0.4, release: 0.1
  puts look(:o), look(:o, offset: 10)
  sleep 1
end

live_loop :spreads do
  sample :elec_tick if (spread 3, 8).tick
  sample :elec_snare, amp: 0.4 if (spread 5, 16, rotate: 2).look
  sleep 0.125
end

live_loop :lists do
  play [62, 65, 69].tick, release: 0.1, amp: 0.6
  play [74, 77].look, release: 0.1, amp: 0.2
  tick_set 8 if look == 3
  sleep 0.5
end
