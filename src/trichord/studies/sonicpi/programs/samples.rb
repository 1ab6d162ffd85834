# A sample played in every way: pieces, onsets, speeds, envelopes, filters, stretched to the beat.
use_bpm 90
loop_ = :loop_amen

sample loop_, start: 0.25, finish: 0.5
sleep 1
sample loop_, start: 0.75, finish: 0.5, rate: -1
sleep 1
8.times do
  sample loop_, slice: tick, num_slices: 8, sustain: 0, release: 0.1
  sleep 0.25
end
6.times do
  sample :loop_industrial, onset: tick(:o), amp: 0.6
  sleep 0.25
end
sample :loop_tabla, onset: pick, amp: 0.8
sample :loop_mika, slice: (lambda { |slices| slices[3] })
sleep 1
sample loop_, beat_stretch: 2
sleep 2
sample loop_, pitch_stretch: 4, amp: 0.8
sleep 1
sample :ambi_choir, rpitch: 5, rate: 0.8, attack: 0.1, decay: 0.1, sustain: 0.3, release: 0.4,
  sustain_level: 0.5, decay_level: 0.7, attack_level: 0.9
sleep 0.5
sample :guit_em9, pitch: 3, window_size: 0.1, pitch_dis: 0.02, time_dis: 0.01
sleep 0.5
sample :ambi_lunar_land, lpf: 80, hpf: 40, lpf_attack: 0.2, lpf_min: 60, lpf_init_level: 70,
  lpf_attack_level: 90, lpf_env_curve: 3, attack: 0.5
sleep 0.5
sample :bd_fat, norm: 1, compress: 1, threshold: 0.1, slope_below: 1, slope_above: 0.4,
  clamp_time: 0.02, relax_time: 0.05
sleep 0.5
sample :elec_bell, pan: -1, amp: 0.4, pre_amp: 2, cutoff: 90, res: 0.5
sleep 0.5
sample :drum_roll, cutoff: 70, cutoff_attack: 0.5, cutoff_release: 0.2, finish: 0.3
sleep 1
sample :perc_swash, rate: 0.5, on: true
sample :perc_swash, on: false
sample :bass_trance_c, env_curve: 6, attack: 0.2, start: 0.1
sleep 1
sample nil
puts sample_duration(loop_), sample_duration(loop_, rate: 2), sample_duration(loop_, beat_stretch: 3)
sleep sample_duration(:loop_garzul, finish: 0.25)
sample :loop_garzul, finish: 0.25, rate: 1
