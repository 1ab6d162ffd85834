# Broken Music Box
# Genre: glitch
# A piano sample cut into thirty-two grains; bursts of one grain, then a skip, then a stutter.

use_random_seed 404

define :grain do |at_part, rate|
  sample :ambi_piano, num_slices: 32, slice: at_part, rate: rate, release: 0.02, amp: 1.6,
         pan: rrand(-0.8, 0.8)
end

with_fx :echo, phase: 0.3, decay: 2.5, mix: 0.25 do
  live_loop :box do
    part = rrand_i(0, 24)
    case dice(4)
    when 1
      (2 ** rrand_i(1, 4)).times do |i|
        grain part, 1
        sleep 0.6 / (2 + i)
      end
    when 2
      4.times do |i|
        grain part + i * 2, [1, 1, 2].choose
        sleep 0.15
      end
    when 3
      grain part, -0.5
      sleep 0.6
    else
      grain part, 0.5
      grain part + 3, 1
      sleep 0.3
    end
  end
end

live_loop :ticks do
  density [1, 1, 2, 3].choose do
    sample (ring :glitch_perc1, :elec_tick, :elec_tick, :glitch_perc5).tick, amp: 0.5, rate: 1.2
    sleep 0.3
  end
end

with_fx :bitcrusher, bits: 6, sample_rate: 6000, mix: 0.5 do
  live_loop :pulse do
    synth :fm, note: (knit :d2, 6, :f2, 2).tick, divisor: 0.5, depth: 2, release: 0.25, amp: 0.8
    sample :bd_tek, amp: 0.9
    sleep 0.6
  end
end
