# Seven Bars of Rosewood
# Genre: marimba ostinato
# Two mallets share one pattern in seven eight; every turn one more of its rests is filled in.

use_bpm 126

full = [:c4, :g4, :eb4, :bb4, :f4, :c5, :g4, :d4, :bb3, :f4, :eb4, :g4, :c5, :bb4]
order = [0, 4, 7, 9, 2, 11, 5, 13, 1, 8, 3, 10, 6, 12]

define :mallet do |n, side, loud|
  synth :fm, note: n, divisor: 0.25, depth: 0.9, attack: 0.003, release: 0.35, amp: loud, pan: side
  synth :sine, note: n, attack: 0.003, release: 0.7, amp: loud * 0.6, pan: side
end

with_fx :reverb, room: 0.5, mix: 0.25 do
  live_loop :mallets do
    filled = order.take([4 + tick * 2, full.length].min)
    full.each_with_index do |n, i|
      mallet n, i.even? ? -0.4 : 0.4, i % 7 == 0 ? 0.8 : 0.55 if filled.include?(i)
      sleep 0.5
    end
  end

  live_loop :low do
    [:c2, :c2, :ab1, :bb1].each do |n|
      mallet note(n) + 12, 0, 0.9
      sleep 2
      mallet note(n) + 19, 0, 0.5
      sleep 1.5
    end
  end
end

live_loop :shaker do
  7.times do |i|
    synth :cnoise, attack: 0.01, release: 0.06, cutoff: 130, amp: [0, 2, 4].include?(i) ? 0.25 : 0.1
    sleep 0.5
  end
end
