# Window Seat
# Genre: bossa
# Thumb on one and two, fingers on the clave; a flute-like voice improvises from the chord.

use_bpm 134
use_random_seed 62

shapes = [
  [:d2, [:f3, :a3, :c4, :e4]], [:g2, [:f3, :a3, :b3, :e4]],
  [:c2, [:e3, :g3, :b3, :d4]], [:a2, [:g3, :cs4, :e4, :bb3]]
].ring
clave = (bools 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0)

live_loop :guitar do
  use_synth :pluck
  thumb, fingers = shapes.tick
  8.times do |i|
    play note(thumb) + ((i == 4) ? 7 : 0) + 12, release: 1, amp: 1.8 if i % 4 == 0
    fingers.each { |n| play n, release: 0.5, coef: 0.3, amp: 0.7, pan: 0.2 } if clave.tick(:clave)
    sleep 0.5
  end
end

live_loop :shaker do
  synth :pnoise, attack: 0.02, release: (ring 0.09, 0.04).tick, cutoff: 125, amp: 0.14, pan: -0.4
  sleep 0.5
end

live_loop :rim do
  sample :elec_wood, rate: 1.6, amp: 0.4, pan: 0.4 if clave.tick
  sample :bd_pure, amp: 0.6 if (bools 1, 0, 0, 1).look
  sleep 0.5
end

with_fx :reverb, room: 0.6, mix: 0.3 do
  live_loop :air do
    use_synth :sine
    tones = shapes.tick[1]
    [[1.5, 0.5, 1, 1], [0.5, 0.5, 1, 2], [2, 1, 0.5, 0.5], [1, 1.5, 1.5]].choose.each do |time|
      play note(tones.choose) + 12, attack: 0.06, sustain: time * 0.5, release: 0.3, amp: 0.28 unless one_in(3)
      sleep time
    end
  end
end
