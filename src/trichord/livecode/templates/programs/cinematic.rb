# The Long Corridor
# Genre: dark cinematic
# A clock, low brass that leans closer at every entry, and strings that tremble ever higher.

use_bpm 80
use_random_seed 13

level = (line 0.3, 1.0, steps: 6)

with_fx :gverb, room: 50, release: 6, mix: 0.2 do
  live_loop :brass do
    a = level.tick
    root = (ring :d2, :d2, :eb2, :d2, :bb1, :a1).look
    [0, 7, 12].each do |step|
      synth :hoover, note: note(root) + step, attack: 0.3, sustain: 1, release: 1.6, cutoff: 60 + 25 * a, amp: 0.5 * a
    end
    synth :growl, note: note(root), attack: 0.1, release: 3, amp: 1.2 * a
    sample :bass_drop_c, rate: 0.56, amp: 0.8 * a
    sample :drum_tom_lo_hard, rate: 0.5, amp: 1.2 * a
    sleep 4
  end

  live_loop :strings do
    top = (ring :a4, :bb4, :a4, :cs5, :d5, :eb5).tick
    32.times do |i|
      synth :dsaw, note: top, attack: 0.02, release: 0.12, cutoff: 72 + i * 0.5, detune: 0.15,
                   amp: 0.12 + i * 0.006, pan: rrand(-0.6, 0.6)
      sleep 0.125
    end
  end

  live_loop :wind do
    sample :ambi_dark_woosh, rate: [0.4, 0.5].choose, amp: 0.7, pan: rrand(-0.5, 0.5) if one_in(2)
    sleep 4
  end
end

live_loop :clock do
  sample :elec_tick, rate: 0.8, amp: 0.6, pan: -0.2
  sleep 0.5
  sample :elec_tick, rate: 0.6, amp: 0.4, pan: 0.2
  sleep 0.5
end
