# Necklaces
# Genre: Euclidean percussion
# Five drums, each with its hits spread as evenly as they go over its own number of steps.

use_bpm 112

kit = [
  { name: :bd_haus,            hits: 4, steps: 16, turn: 0, amp: 1.5, pan: 0 },
  { name: :drum_tom_mid_soft,  hits: 5, steps: 16, turn: 2, amp: 0.8, pan: -0.4 },
  { name: :elec_wood,          hits: 7, steps: 16, turn: 1, amp: 0.5, pan: 0.5 },
  { name: :drum_cymbal_closed, hits: 9, steps: 14, turn: 0, amp: 0.45, pan: 0.2 },
  { name: :tabla_ghe4,         hits: 3, steps: 8,  turn: 1, amp: 0.8, pan: -0.2 }
]

kit.each do |drum|
  necklace = (spread drum[:hits], drum[:steps]).rotate(drum[:turn])
  live_loop drum[:name] do
    strong = tick % drum[:steps] == 0
    sample drum[:name], amp: drum[:amp] * (strong ? 1.3 : 1), pan: drum[:pan] if necklace.look
    sleep 0.25
  end
end

live_loop :kalimba do
  use_synth :dull_bell
  notes = (scale :c4, :kumoi, num_octaves: 2)
  with_fx :echo, phase: 0.75, decay: 3, mix: 0.3, reps: 32 do
    tick
    play notes[look * 3 % 10], release: 0.6, amp: 0.5 if (spread 5, 13).look
    sleep 0.25
  end
end

live_loop :bass do
  use_synth :fm
  tick
  play (ring :c2, :c2, :eb2, :g2, :f2)[look], release: 0.35, depth: 1, amp: 0.9 if (spread 3, 8).look
  sleep 0.25
end
