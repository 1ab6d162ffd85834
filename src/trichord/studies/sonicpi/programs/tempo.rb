# Beats and seconds: tempo as a setting, for a block, as a factor; what scales with it and what not.
use_bpm 120
play 60, release: 1
sleep 1
with_bpm 60 do
  play 62, release: 1
  sleep 1
end
use_bpm_mul 2
puts current_bpm, current_beat_duration
play 64, release: 1
sleep 1
with_bpm_mul 0.5 do
  puts current_bpm
  play 65, attack: 0.5
  sleep 1
end
use_arg_bpm_scaling false
play 67, release: 1
sleep 1
with_arg_bpm_scaling true do
  play 69, release: 1
  sleep 1
end
use_arg_bpm_scaling true
puts rt(1), bt(1), beat, vt, current_time.class
sleep rt(0.5)
play 71, release: bt(1)
sleep bt(0.5)

use_bpm 90
live_loop :master do
  cue :beat_of_master
  use_bpm (ring 90, 120, 150).tick
  sample :bd_haus
  sleep 1
end
live_loop :follower do
  use_bpm 60
  sync_bpm :master
  puts current_bpm
  4.times { play 80, release: 0.05; sleep 0.25 }
end
live_loop :joined, sync_bpm: :master do
  synth :square, note: 40, release: 0.1, amp: 0.3
  sleep 0.5
end
live_loop :dense do
  density 2 do
    puts current_bpm
    sample :elec_hi_snare, amp: 0.3
    sleep 0.5
  end
  density [1, 2, 4].tick do |i|
    play 90 + i, release: 0.02
    sleep 0.5
  end
end
d = block_duration { sleep 1.5 }
puts d, block_slept? { play 50 }, block_slept? { sleep 0.1 }
puts quantise(10.3, 0.5), quantise(0.13, 0.1), factor?(10, 5), factor?(10, 3), inc(1), dec(1)
with_bpm 200 do
  at [1, 2, 3] do
    play 95, release: 0.1
  end
  time_warp 1 do
    play 96
  end
  with_fx :echo, phase: 0.5, phase_slide: 1 do |e|
    play 45, sustain: 1
    control e, phase: 0.25
    sleep 2
  end
end
wait 1
play 55, attack: 1, release: 1, note_slide: 1
