# Notes that are moved while they sound, by every shape of slide; some are killed.
s = play 48, sustain: 4, note_slide: 1, amp_slide: 0.5, pan_slide: 2
sleep 0.5
control s, note: 60
control s, pan: 1
sleep 0.5
control s, amp: 0.2, note: 55
control s, amp: 1
sleep 1

shapes = {linear: 1, step: 0, exponential: 2, sine: 3, welch: 4, custom: 5, squared: 6, cubed: 7}
shapes.each do |name, shape|
  n = synth :tb303, note: 40, sustain: 0.8, release: 0.2, cutoff: 60, cutoff_slide: 0.6,
    cutoff_slide_shape: shape, cutoff_slide_curve: 2, res: 0.7
  control n, cutoff: 110
  puts name, shape
  sleep 1
end

chord_nodes = play_chord chord(:a3, :minor7), sustain: 3, note_slide: 1.5
sleep 0.5
control chord_nodes, note: 57
sleep 1

drum = sample :loop_garzul, rate: 0.9, lpf: 70, lpf_slide: 1, amp_slide: 1
sleep 0.5
control drum, amp: 0.5, lpf: 120
sleep 1
kill drum

long = synth :hollow, note: 64, sustain: 20, amp: 2
sleep 1
kill long
use_bpm 180
m = synth :mod_fm, note: 45, mod_range: 5, mod_phase: 0.5, sustain: 4, mod_range_slide: 3, depth_slide: 2
sleep 1
control m, mod_range: 19, depth: 4
sleep 2
control m, mod_phase: 0.25, mod_phase_slide: 1, mod_pulse_width: 0.2
sleep 3
