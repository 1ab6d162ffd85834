# Winding Down
# Genre: lullaby for a music box
# The spring loses its force: every line is played a little slower and softer than the one before.

lines = [
  [:c5, :g5, :e5, :g5, :d5, :g5, :f5, :g5],
  [:e5, :c6, :b5, :g5, :a5, :f5, :d5, :f5],
  [:c5, :g5, :e5, :c6, :a5, :f5, :b4, :d5],
  [:c5, :e5, :g5, :e5, :c5, :g4, :c5, :r]
]
basses = [[:c4, :b3], [:a3, :f3], [:f3, :g3], [:c4, :c3]]

define :comb do |n, loud, side|
  synth :pretty_bell, note: n, attack: 0.002, release: 1.2, amp: loud, pan: side
  synth :pluck, note: note(n) + 12, release: 0.3, amp: loud * 0.5, pan: side unless n == :r
end

with_fx :reverb, room: 0.5, mix: 0.3 do
  live_loop :box do
    speed = (line 110, 70, steps: 8, inclusive: true).tick
    force = 0.6 - 0.03 * look
    with_bpm speed do
      lines.zip(basses).each do |notes, (low, high)|
        notes.each_with_index do |n, i|
          comb n, force, 0.2
          comb low, force * 0.8, -0.3 if i == 0
          comb high, force * 0.7, -0.3 if i == 4
          sleep 0.5
        end
        sample :elec_tick, rate: 0.5, amp: 0.05
      end
    end
  end
end

live_loop :room do
  sample :ambi_soft_buzz, rate: 0.3, amp: 0.06, lpf: 70
  synth :hollow, note: :c4, attack: 2, release: 3, amp: 0.4
  sleep 5
end
