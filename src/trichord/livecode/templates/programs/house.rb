# Sunday Floor
# Genre: house
# Four on the floor; the chords duck under every kick because their level is pulled down and let go.

use_bpm 122

live_loop :kick do
  sample :bd_fat, amp: 2.2
  cue :thump
  sleep 1
end

live_loop :hat do
  sleep 0.5
  sample :drum_cymbal_open, amp: 0.3, finish: 0.25, release: 0.05
  sleep 0.5
end

live_loop :clap do
  sleep 1
  sample :elec_hi_snare, amp: 0.4
  sample :perc_snap2, amp: 0.3
  sleep 1
end

with_fx :level, amp: 1 do |duck|
  live_loop :pump do
    sync :thump
    control duck, amp: 0.15, amp_slide: 0.02
    sleep 0.15
    control duck, amp: 1, amp_slide: 0.6
  end

  live_loop :chords do
    use_synth :prophet
    use_synth_defaults cutoff: 88, attack: 0.02, release: 0.5, amp: 0.9
    changes = (ring chord(:a3, :m7), chord(:d3, :m9), chord(:f3, :major7), chord(:e3, :m7))
    now = changes.tick
    [0.75, 0.75, 1, 0.75, 0.75].each do |time|
      play now, sustain: time * 0.4
      sleep time
    end
  end
end

live_loop :bass do
  use_synth :subpulse
  root = (ring :a1, :d2, :f1, :e1).tick
  [0, 0, 12, 0].each do |step|
    sleep 0.5
    play note(root) + step, release: 0.3, cutoff: 75, amp: 0.8
    sleep 0.5
  end
end
