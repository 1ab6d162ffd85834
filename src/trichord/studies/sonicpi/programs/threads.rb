# Threads inside threads, blocks at given times, time bent within a block.
use_bpm 110

in_thread name: :walker do
  8.times do |i|
    play [40, 43, 45, 47][i % 4], release: 0.4
    sleep 1
    cue :step, i
  end
end

in_thread(name: :walker) { play 100 }  # the name is taken: this one never runs

in_thread delay: 3 do
  3.times { sample :elec_blip; wait 0.5 }
end

in_thread sync: :step do
  synth :saw, note: 52, release: 1, cutoff: 80
end

at [1, 2.5, 4] do
  sample :perc_bell, amp: 0.3
end

at [0.5, 1.5, 3.25], [60, 64, 67] do |n|
  play n, release: 0.3
end

at [5, 6, 7], [{amp: 0.4}, {amp: 0.7}, {amp: 1}] do |time, opts, index|
  play 70 + index + time, opts
end

time_warp 2 do
  play 88, release: 0.2
  sleep 0.5
  play 89, release: 0.2
end

time_warp [0, 0.25, 0.5], [76, 79, 83] do |n|
  play n, amp: 0.3, release: 0.1
end

sleep 2
time_warp(-0.25) { play 30, release: 0.5 }

density 3 do
  sample :drum_tom_hi_soft
  sleep 1
end

with_swing 0.1, pulse: 3 do
  sample :drum_snare_soft
end
6.times do
  with_swing(-0.05, tick: :swung, pulse: 2) { sample :drum_cymbal_pedal }
  sleep 0.5
end

in_thread do
  in_thread do
    in_thread do
      play 50, release: 2
      sleep 1
      play 51, release: 2
    end
    sleep 0.5
    play 57
  end
  play 62
end
sleep 4
puts vt, beat
play 45, release: 3
