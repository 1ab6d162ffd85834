# Loops that cue, wait for each other, stop by themselves and hand a value from turn to turn.
use_bpm 96

live_loop :pulse do
  sample :bd_tek, amp: 1.2
  sleep 1
end

live_loop :hats, sync: :pulse do
  sample :drum_cymbal_closed, amp: [0.3, 0.5, 0.4, 0.6].tick, rate: 1.4
  sleep 0.25
end

live_loop :late, delay: 2.5 do
  synth :pluck, note: :e3, release: 0.7
  sleep 1.5
end

live_loop :count, init: 48 do |n|
  synth :fm, note: n, release: 0.3, divisor: 2
  sleep 0.75
  n < 60 ? n + 3 : 48
end

live_loop :answer do
  sync :count
  play 72, release: 0.1, pan: -0.5
  sleep 0.25
  cue :answered, 7, level: 3
end

live_loop :heard do
  v = sync :answered
  puts v[0], v[1]
  play 60 + v[0], release: 0.2, pan: 0.5
end

live_loop :quiet_cue, auto_cue: false do
  play 36, release: 0.9, amp: 0.5
  sleep 2
end

live_loop :mortal do
  play 84, release: 0.05
  sleep 0.5
  stop if tick == 5
end

with_synth :tri do
  live_loop :inherits, sync: :mortal do
    play (ring 55, 59, 62).tick, release: 0.2
    sleep 0.5
  end
end

4.times do |i|
  cue :bar, i
  sleep 4
end
