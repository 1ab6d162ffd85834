# Every effect once, with a control; those that write to other outputs have a program of their own.
skipped = [:sound_out, :sound_out_stereo, :record, :scope_out, :replace_vowel]
names = fx_names.to_a.map(&:to_sym) - skipped
puts names.size
names.each do |name|
  with_fx name, mix: 0.7, kill_delay: 0.2 do |fx|
    synth :dsaw, note: 50, release: 0.3
    sample :drum_snare_soft, amp: 0.5
    sleep 0.2
    control fx, amp: 0.5, amp_slide: 0.1
    play 62, release: 0.1
    sleep 0.1
  end
end
