# Bronze Courtyard
# Genre: gamelan-like
# A core melody in pelog, the gongs that measure it, and bells that run ahead of it at double speed.

use_bpm 76
core = [1, 2, 4, 2, 5, 4, 2, 1, 4, 5, 6, 5, 4, 2, 1, 0]
pelog = (scale :c4, :pelog, num_octaves: 2)

live_loop :gong do
  synth :fm, note: :c2, divisor: 1.41, depth: 1.5, attack: 0.02, release: 9, amp: 0.9
  sleep 16
end

live_loop :kenong do
  sleep 3
  synth :dull_bell, note: pelog[4], release: 3, amp: 0.5, pan: 0.3
  sleep 1
end

with_fx :reverb, room: 0.7, mix: 0.4 do
  live_loop :saron do
    core.each do |step|
      synth :pretty_bell, note: pelog[step] - 12, release: 1.6, amp: 0.55, pan: -0.2
      sleep 1
    end
  end

  live_loop :bonang do
    core.each_slice(2) do |first, second|
      density 2 do
        [first, second, first, second].each do |step|
          synth :pretty_bell, note: pelog[step], release: 0.5, amp: 0.28, pan: 0.4
          sleep 0.5
        end
      end
      sleep 1
    end
  end
end

live_loop :kendang do
  stroke = (ring :tabla_ghe2, :r, :tabla_ke1, :tabla_ghe2, :r, :tabla_na_o, :tabla_ghe5, :r).tick
  sample stroke, amp: 0.8, rate: 0.8 unless stroke == :r
  sleep 0.5
end
