# Neon Arcade
# Genre: synth-pop
# A conductor tells the others whether it is verse or chorus; the drums are gated, the bass gallops.

use_bpm 118

roots = (ring :e2, :c2, :g2, :d2)

set :part, :verse

live_loop :conductor do
  set :part, (knit :verse, 1, :chorus, 1).tick
  sleep 16
end

live_loop :bass do
  use_synth :dpulse
  root = roots.tick(:bar)
  8.times do
    play root, release: 0.2, cutoff: 78, dpulse_width: 0.4, amp: 0.55
    sleep 0.25
    play note(root) + 12, release: 0.12, cutoff: 84, amp: 0.45
    sleep 0.25
  end
end

live_loop :drums do
  sample :bd_zome, amp: 1.1
  sleep 1
  with_fx :gverb, room: 20, release: 0.4, mix: 0.3 do
    sample :sn_generic, amp: 0.7, release: 0.1
  end
  sleep 1
end

live_loop :sixteenths do
  sample :drum_cymbal_closed, amp: (ring 0.4, 0.15, 0.25, 0.15).tick if get(:part) == :chorus
  sleep 0.25
end

with_fx :reverb, mix: 0.3 do
  live_loop :keys do
    use_synth :supersaw
    root = note(roots.tick)
    kind = [:minor, :major, :major, :major][look % 4]
    hits = get(:part) == :verse ? 1 : 8
    hits.times do
      play chord(root + 24, kind, invert: 1), release: 3.0 / hits, cutoff: 85, amp: 0.4
      sleep 4.0 / hits
    end
  end

  with_fx :echo, phase: 0.75, decay: 3, mix: 0.3 do
    live_loop :lead do
      use_synth :prophet
      use_synth_defaults cutoff: 100, release: 0.4, amp: 0.5
      play_pattern_timed [:b4, :e5, :fs5, :g5], [1.5, 1.5, 0.5, 0.5], sustain: 0.2
      play_pattern_timed [:g5, :fs5, :e5, :d5], [1, 0.5, 1.5, 1], sustain: 0.2
      play_pattern_timed [:b4, :d5, :g5, :b5], [1.5, 1.5, 0.5, 0.5], sustain: 0.2
      play_pattern_timed [:a5, :fs5], [2, 2], sustain: 0.5
    end
  end
end
