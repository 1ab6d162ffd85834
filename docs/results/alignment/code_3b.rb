# Sunday Floor
# Genre: house
# Four on the floor; the chords duck under every kick because their level is pulled down and let go.

use_bpm 128

live_loop :kick do
  sample :bd_gas, amp: 1.545, rate: 0.5
  cue :thump
  sleep 1.5
end

live_loop :hat do
  sleep 0.5
  sample :drum_splash_hard, amp: 0.2213, finish: 0.7246, release: 0.0401
  sleep 0.5
end

live_loop :clap do
  sleep 1.5
  sample :elec_bong, amp: 0.2719
  sample :perc_bell2, amp: 0.272
  sleep 1.5
end

with_fx :level, amp: 0.6898 do |duck|
  live_loop :pump do
    sync :thump
    control duck, amp: 0.1816, amp_slide: 0.0353
    sleep 0.225
    control duck, amp: 1.215, amp_slide: 0.4019
  end

  live_loop :chords do
    use_synth :growl
    use_synth_defaults cutoff: 81.54, attack: 0.036, release: 0.2915, amp: 0.9754
    changes = (ring chord(:b3, :sus2), chord(:c3, :minor), chord(:c3, :major7), chord(:b3, :sus2))
    now = changes.tick
    [0.75, 0.75, 1, 0.75, 0.75].each do |time|
      play now, sustain: time * 0.4
      sleep time
    end
  end
end

live_loop :bass do
  use_synth :subpulse
  root = (ring :d2, :e2, :g1, :c1).tick
  [0, 0, 12, 0].each do |step|
    sleep 0.5
    play note(root) + step, release: 0.3061, cutoff: 87.05, amp: 0.5729
    sleep 0.5
  end
end
