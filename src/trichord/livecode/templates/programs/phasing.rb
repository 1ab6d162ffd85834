# Two Looms
# Genre: minimalism
# The same twelve notes twice; the right hand is one part in eighty faster and slips away and back.

notes = (ring :d4, :a4, :e4, :d5, :g4, :a4, :b4, :e4, :d5, :a4, :g4, :b4)

define :loom do |name, step, side|
  live_loop name do
    use_synth :pluck
    with_fx :reverb, room: 0.5, mix: 0.25, reps: 12 do
      play notes.tick, release: 0.4, coef: 0.2, amp: 1.6, pan: side
      sleep step
    end
  end
end

loom :left, 0.16, -0.7
loom :right, 0.158, 0.7

live_loop :floor do
  synth :fm, note: (ring :d2, :d2, :g2, :a2).tick, attack: 0.3, release: 3.6, depth: 0.6, amp: 0.5
  sleep 12 * 0.16 * 2
end
