# Lake Street
# Genre: footwork
# A hundred and sixty, felt as eighty; kicks in threes against claps in fours, one voice cut to bits.

use_bpm 160
use_random_seed 77

live_loop :kicks do
  steps = (ring "x--x--x---x--x--", "x--x--x-x--x--xx").tick
  steps.each_char do |c|
    sample :bd_tek, amp: 1.6, rate: 0.9 if c == "x"
    sleep 0.25
  end
end

live_loop :claps do
  sleep 3
  sample :perc_snap, amp: 0.9
  sample :sn_dolf, amp: 0.5
  sleep 1
end

live_loop :sub do
  use_synth :sine
  [[:f2, 1.5], [:f2, 1.5], [:ab2, 1], [:eb2, 3], [:c3, 1]].each do |n, beats|
    play n, sustain: beats * 0.5, release: 0.2, amp: 0.9
    sleep beats
  end
end

with_fx :reverb, room: 0.5, mix: 0.3 do
  live_loop :voice do
    from = [0, 0.2, 0.45].choose
    tuned = [-0.55, -0.55, 4.45, -7.55].choose
    cuts = [3, 4, 6, 8].choose
    cuts.times do |i|
      sample :ambi_choir, start: from, finish: from + 0.12, rpitch: tuned, release: 0.03, amp: 1.3,
             pan: (i % 3 - 1) * 0.5
      sleep 2.0 / cuts
    end
  end

  live_loop :chords do
    play chord(:f4, :m9), attack: 0.05, release: 0.8, amp: 0.25 if (spread 3, 8).tick
    sleep 0.5
  end
end

live_loop :hats do
  3.times do
    sample :drum_cymbal_closed, amp: 0.4, rate: 1.4, finish: 0.3
    sleep 1.0 / 3
  end
end
