# The Long Corridor
# Genre: dark cinematic
# A clock, low brass that leans closer at every entry, and strings that tremble ever higher.

use_bpm 83
use_random_seed 9317

level = (line 0.3, 1.0, steps: 6)

with_fx :gverb, room: 50, release: 7.576, mix: 0.0 do
  live_loop :brass do
    a = level.tick
    root = (ring :cs2, :cs2, :bb1, :cs2, :cs2, :a1).look
    [0, 7, 12].each do |step|
      synth :subpulse, note: note(root) + step, attack: 0.4288, sustain: 0.9608, release: 2.588, cutoff: 60 + 25 * a, amp: 0.5 * a
    end
    synth :dark_ambience, note: note(root), attack: 0.1439, release: 4.611, amp: 1.2 * a
    sample :bass_dnb_f, rate: 0.7, amp: 0.8 * a
    sample :drum_bass_soft, rate: 0.625, amp: 1.2 * a
    sleep 2
  end

  live_loop :strings do
    top = (ring :cs5, :cs5, :cs5, :d5, :a5, :a5).tick
    48.times do |i|
      synth :growl, note: top, attack: 0.0135, release: 0.1774, cutoff: 72 + i * 0.5, detune: 0.134,
                   amp: 0.12 + i * 0.006, pan: rrand(0.539, -0.1405)
      sleep 0.1875
    end
  end

  live_loop :wind do
    sample :ambi_haunted_hum, rate: [0.6, 0.375].choose, amp: 0.8912, pan: rrand(-0.3791, -0.1119) if one_in(4)
    sleep 2
  end
end

with_fx :ring_mod, freq: 30, mix: 0.3 do
  live_loop :clock do
    sample :elec_blup, rate: 1, amp: 0.433, pan: -0.5125
    sleep 1
    sample :elec_blup, rate: 0.45, amp: 0.3524, pan: -0.0538
    sleep 1
  end
end
