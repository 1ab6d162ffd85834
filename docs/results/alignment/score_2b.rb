# Sunday Floor
# Genre: house
# Four on the floor; the chords duck under every kick because their level is pulled down and let go.

use_bpm 111

live_loop :kick do
  sample :bd_zome, amp: 2.602
  cue :thump
  sleep 1
end

live_loop :hat do
  sleep 0.75
  sample :drum_roll, amp: 0.3815, finish: 0.536, release: 0.028
  sleep 0.75
end

with_fx :gverb, room: 15, mix: 0.4 do
  with_fx :flanger, phase: 4, mix: 0.5 do
    live_loop :clap do
      sleep 1
      sample :elec_fuzz_tom, amp: 0.3878
      sample :perc_snap, amp: 0.3282
      sleep 1
    end
  end
end

with_fx :level, amp: 0.9156 do |duck|
  with_fx :lpf, cutoff: 85 do
    live_loop :pump do
      sync :thump
      control duck, amp: 0.1201, amp_slide: 0.0269
      sleep 0.225
      control duck, amp: 0.6532, amp_slide: 0.3171
    end
  end

  live_loop :chords do
    use_synth :dsaw
    use_synth_defaults cutoff: 85.33, attack: 0.0153, release: 0.6101, amp: 0.8748
    changes = (ring chord(:g3, :m7), chord(:c3, :sus4), chord(:c4, :sus4), chord(:a3, :m7))
    now = changes.tick
    [0.75, 0.75, 1, 0.75, 0.75].each do |time|
      play now, sustain: time * 0.4
      sleep time
    end
  end
end

live_loop :bass do
  use_synth :saw
  root = (ring :c2, :c2, :b0, :e1).tick
  [0, 0, 12, 0].each do |step|
    sleep 0.75
    play note(root) + step, release: 0.2526, cutoff: 79.65, amp: 1.056
    sleep 0.75
  end
end
