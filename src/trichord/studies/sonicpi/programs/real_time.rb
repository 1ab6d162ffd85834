# Threads without the half second that Sonic Pi runs ahead: their times are the program's all the same.
sleep 1
in_thread do
  use_real_time
  puts current_sched_ahead_time
  8.times do |i|
    play 50 + i, release: 0.2
    sleep 0.5
  end
end
with_real_time do
  s = play 72, sustain: 1, note_slide: 0.5
  sleep 0.5
  control s, note: 67
  sleep 0.5
end
play 60
live_loop :answers do
  use_real_time
  sync :asked
  synth :tri, note: 80, release: 0.1
end
4.times do
  cue :asked
  sample :elec_tick
  sleep 1
end
