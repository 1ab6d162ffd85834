# Arguments that are given once and hold until others are given, merged or not.
# Merging where defaults are set already fails in 3.2.2 itself on Ruby 3: its complaint is printed.
def try
  yield
rescue ArgumentError => e
  puts e.message
end

in_thread do
  with_merged_synth_defaults(release: 0.1) { play 80 }
  with_merged_sample_defaults(rate: 2) { sample :elec_blup }
  use_merged_synth_defaults attack: 0.05, release: 0.2
  use_merged_sample_defaults amp: 0.3
  play 81
  sample :elec_blup
end

use_synth :prophet
use_synth_defaults release: 0.2, cutoff: 80, amp: 0.6
play 50
puts current_synth, current_synth_defaults.inspect
sleep 0.5
try { use_merged_synth_defaults pan: -0.5, amp: 0.4 }
play 52
sleep 0.5
with_synth_defaults cutoff: 110 do
  play 53
  sleep 0.5
end
try do
  with_merged_synth_defaults res: 0.6, release: 0.4 do
    play 55
    puts current_synth_defaults.inspect
    sleep 0.5
  end
end
play 57, amp: 1
sleep 0.5
with_synth :tb303 do
  play 45, res: 0.9
  puts current_synth
  sleep 0.5
end
with_synth_defaults({}) { synth :saw, note: 40; sleep 0.5 }
use_synth_defaults
play 59
sleep 0.5

use_sample_defaults rate: 0.8, amp: 0.5
sample :loop_breakbeat, finish: 0.25
sleep 0.5
try { use_merged_sample_defaults lpf: 90 }
sample :drum_snare_hard
puts current_sample_defaults.inspect
sleep 0.5
with_sample_defaults pan: 1 do
  sample :drum_bass_hard
  sleep 0.5
end
try do
  with_merged_sample_defaults hpf: 60, rate: 2 do
    sample :drum_heavy_kick
    sleep 0.5
  end
end
sample :elec_pop, rate: 1
sleep 0.5
use_sample_defaults

use_synth_defaults amp: 0.5, attack: 0.1
live_loop :takes_them_along do
  play 64, release: 0.1
  sleep 0.5
end
live_loop :has_its_own do
  use_synth :pulse
  use_synth_defaults pulse_width: rrand(0.1, 0.9), release: 0.1, note_slide: 0.05
  s = play 40
  control s, note: 52
  sleep 0.5
end

use_debug false
play 70
with_debug(true) { play 71 }
puts current_debug, current_arg_checks
use_arg_checks false
play 72, amp: 0.3
with_arg_checks(true) { play 73 }
use_cue_logging false
with_cue_logging(true) { cue :seen }
use_timing_guarantees false
with_timing_guarantees(false) { play 74 }
sleep 1
play 75, on: 0
play 76, on: 1, slide: 0.3
synth :mod_saw, note: 50, mod_range: 12, on: false
play 60, amp: -> { 0.5 }, pan: -> { rrand(-1, 1) }
sleep 1
play 61, slide: 1, decay: 0.2, sustain: 0.3, decay_level: 0.4, sustain_level: 0.3, env_curve: 3
