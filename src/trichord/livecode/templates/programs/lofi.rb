# Rain on the Tape
# Genre: lo-fi hip hop
# Worn electric piano, a late snare, hats that swing, and the hiss of the tape under it all.

use_bpm 78
use_random_seed 4

swing = 0.08

live_loop :hiss do
  sample :vinyl_hiss, amp: 1.2
  sleep 4
end

with_fx :bitcrusher, bits: 10, sample_rate: 16000, mix: 0.4 do
  with_fx :lpf, cutoff: 88 do
    live_loop :keys do
      use_synth :fm
      use_synth_defaults divisor: 1, depth: 0.8, attack: 0.02, release: 3, amp: 0.45
      shapes = (ring [:f3, :a3, :c4, :e4], [:e3, :g3, :b3, :d4], [:d3, :f3, :a3, :c4], [:g3, :b3, :d4, :f4])
      shapes.tick.each_with_index do |n, i|
        play n, pan: i * 0.2 - 0.3
        sleep 0.04
      end
      sleep 2.34
      play shapes.look[1, 3], release: 0.8 if one_in(2)
      sleep 1.5
    end

    live_loop :bass do
      use_synth :tri
      root = (ring :f2, :e2, :d2, :g2).tick
      play root, sustain: 0.9, release: 0.4, amp: 0.5
      sleep 2.5
      play root, release: 0.3, amp: 0.35
      sleep 1.5
    end
  end
end

live_loop :beat do
  sample :bd_boom, amp: 1.1, cutoff: 85
  sleep 1
  time_warp 0.03 do
    sample :drum_snare_soft, amp: 1, lpf: 115
  end
  sleep 0.5
  sample :bd_boom, amp: 0.8, cutoff: 85 if one_in(2)
  sleep 0.5
end

live_loop :hats do
  sample :drum_cymbal_closed, amp: 0.6, lpf: 118
  sleep 0.25 + swing
  sample :drum_cymbal_closed, amp: rrand(0.15, 0.4), lpf: 112
  sleep 0.25 - swing
end
