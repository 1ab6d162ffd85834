# The master: volume, filters, and back.
live_loop :ground do
  synth :dark_ambience, note: 45, sustain: 2, release: 1
  sleep 2
end
live_loop :tick_tock do
  play 76, release: 0.1
  sleep 0.5
end
sleep 2
set_volume! 2
in_thread { puts current_volume }  # 3.2.2 itself fails here
sleep 1
set_volume! 0.5
sleep 1
set_mixer_control! lpf: 70, lpf_slide: 2
sleep 2
set_mixer_control! hpf: 40, amp: 1.5
sleep 1
set_mixer_control! pre_amp: 0.8, limiter_bypass: 1
sleep 1
set_mixer_control! force_mono: 1
sleep 1
set_mixer_control! invert_stereo: 1, leak_dc_bypass: 1
sleep 1
reset_mixer!
sleep 1
set_volume! 1
sleep 1
set_audio_latency! 20
play 50
sleep 1
set_audio_latency! 0
set_recording_bit_depth! 24
puts status.class, scsynth_info[:sample_rate]
play 60
