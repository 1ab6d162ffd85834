# Every synth once, as it comes and with an envelope; those that listen to a microphone are left out.
ears = [:sound_in, :sound_in_stereo]
names = synth_names.to_a.map(&:to_sym) - ears
puts names.size
names.each_with_index do |name, i|
  synth name, note: 45 + (i * 5) % 30, amp: 0.6, release: 0.3
  sleep 0.15
  s = synth name, note: 52, attack: 0.02, decay: 0.05, sustain: 0.1, release: 0.1,
    attack_level: 0.9, decay_level: 0.6, sustain_level: 0.4, pan: (i % 5) / 2.0 - 1, note_slide: 0.1
  control s, note: 57, amp: 0.8
  sleep 0.15
end
