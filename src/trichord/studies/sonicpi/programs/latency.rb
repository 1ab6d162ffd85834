# How far ahead of its sound a thread runs; latency of the mixer, and the smallest step of a control.
play 60
puts current_sched_ahead_time
sleep 0.5
use_sched_ahead_time 1
play 62
puts current_sched_ahead_time
sleep 0.5
with_sched_ahead_time 0.25 do
  play 64
  puts current_sched_ahead_time
  sleep 0.5
end
in_thread do
  use_sched_ahead_time 0.75
  4.times { sample :elec_ping; sleep 0.5 }
end
s = play 50, sustain: 3, note_slide: 0.5
control s, note: 55
control s, note: 60
sleep 1
use_sched_ahead_time 0.5
play 65
sleep 0.5
set_control_delta! 0.01
s = play 52, sustain: 2
control s, note: 55
control s, note: 57
control s, note: 59
sleep 1
set_control_delta! 0.005
with_fx :flanger do |f|
  control f, depth: 3
  control f, mix: 0.7
  play 66
  sleep 1
end
live_loop :ahead do
  use_sched_ahead_time 0.6
  play 75, release: 0.1
  sync :tock
end
live_loop :tocker do
  cue :tock
  sample :elec_tick
  sleep 0.5
end
set_sched_ahead_time! 0.8
play 77
puts current_sched_ahead_time
sleep 0.5
set_sched_ahead_time! 0.5
use_timing_guarantees true
play 67
sleep 0.25
with_timing_guarantees(false) { play 68 }
sleep 1
