# Sunday Floor
# Genre: house
# Four on the floor; the chords duck under every kick because their level is pulled down and let go.

use_bpm 111

live_loop :kick do
  sample :bd_808, amp: 3.026
  cue :thump
  sleep 1
end

with_fx :octaver, mix: 0.4 do
  live_loop :hat do
    sleep 0.5
    sample :drum_snare_soft, amp: 0.3424, finish: 0.5003, release: 0.0506
    sleep 0.5
  end
end

live_loop :clap do
  sleep 1
  sample :elec_hollow_kick, amp: 0.2715
  sample :perc_swoosh, amp: 0.1952
  sleep 1
end

with_fx :level, amp: 0.6657 do |duck|
  live_loop :pump do
    sync :thump
    control duck, amp: 0.2085, amp_slide: 0.0161
    sleep 0.075
    control duck, amp: 0.8633, amp_slide: 1.008
  end

  with_fx :panslicer, phase: 0.5, mix: 0.6 do
    live_loop :chords do
      use_synth :prophet
      use_synth_defaults cutoff: 99.66, attack: 0.0116, release: 0.8129, amp: 1.049
      changes = (ring chord(:g3, :sus2), chord(:a2, :m6), chord(:a3, :maj9), chord(:g3, :sus2))
      now = changes.tick
      [0.75, 0.75, 1, 0.75, 0.75].each do |time|
        play now, sustain: time * 0.4
        sleep time
      end
    end
  end
end

live_loop :bass do
  use_synth :square
  root = (ring :e1, :e2, :b1, :d1).tick
  [0, 0, 12, 0].each do |step|
    sleep 0.5
    play note(root) + step, release: 0.3406, cutoff: 86.66, amp: 0.7853
    sleep 0.5
  end
end
