# Sunday Floor
# Genre: house
# Four on the floor; the chords duck under every kick because their level is pulled down and let go.

use_bpm 107

live_loop :kick do
  sample :bd_klub, amp: 1.385
  cue :thump
  sleep 1.5
end

live_loop :hat do
  sleep 1
  sample :drum_cymbal_soft, amp: 0.3038, finish: 0.5835, release: 0.0558
  sleep 1
end

live_loop :clap do
  sleep 1.5
  sample :elec_bell, amp: 0.5509
  sample :perc_bell, amp: 0.334
  sleep 1.5
end

with_fx :level, amp: 0.7669 do |duck|
  live_loop :pump do
    sync :thump
    control duck, amp: 0.1319, amp_slide: 0.0121
    sleep 0.15
    control duck, amp: 0.6834, amp_slide: 0.3891
  end

  live_loop :chords do
    use_synth :hollow
    use_synth_defaults cutoff: 96.01, attack: 0.0146, release: 0.2539, amp: 0.7995
    changes = (ring chord(:b3, :sus2), chord(:d3, :sus2), chord(:f3, :sus4), chord(:a2, :sus2))
    now = changes.tick
    [0.75, 0.75, 1, 0.75, 0.75].each do |time|
      play now, sustain: time * 0.4
      sleep time
    end
  end
end

live_loop :bass do
  use_synth :tb303
  root = (ring :a1, :g2, :c1, :e1).tick
  [0, 0, 12, 0].each do |step|
    sleep 2
    play note(root) + step, release: 0.5516, cutoff: 57.38, amp: 0.5539
    sleep 2
  end
end
