# Long Road Bell
# Genre: afrobeat bell patterns
# Twelve pulses: the standard bell, two drums that cross it, a bass that answers, short horns.

use_bpm 118
use_random_seed 1970

pulse = 0.3333
bell = (bools 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1)
low_drum = (bools 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0)
high_drum = (bools 0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1)

live_loop :pulse do
  tick
  sample :elec_bell, rate: 1.6, amp: 0.25, pan: 0.4 if bell.look
  sample :drum_tom_lo_soft, amp: 0.7 if low_drum.look
  sample :drum_tom_hi_soft, amp: 0.5, pan: -0.3 if high_drum.look
  synth :pnoise, release: 0.05, cutoff: 128, amp: look % 3 == 0 ? 0.2 : 0.1
  sample :bd_pure, amp: 1 if look % 6 == 0
  sleep pulse
end

live_loop :bass do
  use_synth :fm
  phrase = [:e2, :r, :e2, :g2, :r, :a2, :r, :b2, :r, :a2, :g2, :r]
  phrase = [:e2, :r, :r, :d2, :r, :e2, :r, :r, :b1, :r, :d2, :r] if look(:turn) % 4 == 3
  tick(:turn)
  phrase.each do |n|
    play n, sustain: 0.1, release: 0.25, depth: 1.2, divisor: 1, amp: 0.9
    sleep pulse
  end
end

live_loop :guitar do
  use_synth :pluck
  use_synth_defaults release: 0.3, coef: 0.4, amp: 0.7, pan: 0.5
  [:b4, :d5, :r, :e5, :b4, :r, :a4, :b4, :r, :g4, :a4, :r].each do |n|
    play n
    sleep pulse
  end
end

with_fx :reverb, room: 0.4, mix: 0.3 do
  live_loop :horns do
    use_synth :saw
    sleep pulse * 24
    [[chord(:e4, :m7), 2], [chord(:e4, :m7), 3], [chord(:d4, :major), 7]].each do |notes, length|
      play notes, attack: 0.03, sustain: pulse * length * 0.4, release: 0.15, cutoff: 98, amp: 0.35
      sleep pulse * length
    end
    sleep pulse * 12
  end
end
