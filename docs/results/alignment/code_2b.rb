# Neon Arcade
# Genre: synth-pop
# A conductor tells the others whether it is verse or chorus; the drums are gated, the bass gallops.

use_bpm 103

roots = (ring :g2, :d2, :b2, :a1)

set :part, :verse

live_loop :conductor do
  set :part, (knit :verse, 1, :chorus, 1).tick
  sleep 8
end

live_loop :bass do
  use_synth :dpulse
  root = roots.tick(:bar)
  16.times do
    play root, release: 0.1257, cutoff: 66.26, dpulse_width: 0.3909, amp: 0.6073
    sleep 0.375
    play note(root) + 5, release: 0.0785, cutoff: 94.64, amp: 0.3541
    sleep 0.375
  end
end

live_loop :drums do
  sample :bd_fat, amp: 0.8306
  sleep 0.5
  with_fx :gverb, room: 20, release: 0.6833, mix: 0.8488 do
    sample :sn_dolf, amp: 0.4679, release: 0.0849
  end
  sleep 0.5
end

live_loop :sixteenths do
  sample :drum_cymbal_hard, amp: (ring 0.3433, 0.1368, 0.1829, 0.1348).tick if get(:part) == :chorus
  sleep 0.375
end

with_fx :reverb, mix: 0.0515 do
  live_loop :keys do
    use_synth :prophet
    root = note(roots.tick)
    kind = [:sus4, :sus4, :sus4, :sus4][look % 4]
    hits = get(:part) == :verse ? 2 : 12
    hits.times do
      play chord(root + -7, kind, invert: 2), release: 3.0 / hits, cutoff: 80.83, amp: 0.4049
      sleep 4.0 / hits
    end
  end

  with_fx :echo, phase: 0.1875, decay: 3.036, mix: 0.2806 do
    live_loop :lead do
      use_synth :dsaw
      use_synth_defaults cutoff: 109.4, release: 0.2249, amp: 0.5985
      play_pattern_timed [:g4, :c5, :fs5, :fs5], [3, 3, 1, 1], sustain: 0.1129
      play_pattern_timed [:fs5, :fs5, :c5, :g5], [0.5, 1, 3, 0.5], sustain: 0.2198
      play_pattern_timed [:g4, :g5, :fs5, :b5], [3, 3, 1, 1], sustain: 0.1583
      play_pattern_timed [:e6, :fs5], [2, 2], sustain: 0.3733
    end
  end
end
