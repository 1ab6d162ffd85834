# Corner Shop
# Genre: reggae
# Each bar is one list of beats per player; the organ bubbles between the chops of the guitar.

use_bpm 148

chords = (ring (chord :g3, :major), (chord :c4, :major), (chord :d4, :major), (chord :c4, :major))
basses = [
  [[:g1, 0], [:b1, 1.5], [:d2, 2], [:g1, 3]], [[:c2, 0], [:e2, 1.5], [:g2, 2], [:e2, 3.5]],
  [[:d2, 0], [:fs2, 1], [:a2, 1.5], [:d2, 3]], [[:c2, 0.5], [:e2, 1.5], [:c2, 2.5], [:b1, 3.5]]
].ring

live_loop :bars do
  now = chords.tick
  walk = basses.look

  at [1, 3] do
    synth :pluck, note: now[0] + 12, release: 0.25, coef: 0.4, amp: 1, pan: 0.5
    synth :pluck, note: now[1] + 12, release: 0.25, coef: 0.4, amp: 1, pan: 0.5
    synth :pluck, note: now[2] + 12, release: 0.25, coef: 0.4, amp: 1, pan: 0.5
  end

  at [0.5, 1, 1.5, 2.5, 3, 3.5], [0, 1, 2, 0, 1, 2] do |i|
    synth :beep, note: now[i], attack: 0.01, release: 0.2, amp: 0.4, pan: -0.4
    synth :beep, note: now[i] + 12, attack: 0.01, release: 0.12, amp: 0.2, pan: -0.4
  end

  at walk.map { |_, beat| beat }, walk do |n, _|
    synth :subpulse, note: note(n) + 12, release: 0.6, cutoff: 65, amp: 0.7
  end

  at [2] do
    sample :bd_klub, amp: 1.2
    sample :elec_wood, amp: 0.5, rate: 1.3
  end

  at [0, 1, 2, 3] do
    sample :drum_cymbal_closed, amp: 0.9, rate: 1.1
  end

  at [3.33, 3.66] do
    sample :drum_tom_hi_soft, amp: 0.5 if one_in(3)
  end

  sleep 4
end

with_fx :reverb, room: 0.7, mix: 0.5 do
  live_loop :melodica do
    use_synth :tri
    use_synth_defaults attack: 0.05, release: 0.3, amp: 0.3
    sleep 8
    play_pattern_timed [:d5, :fs5, :a5, :fs5, :e5], [1, 1, 1.5, 0.5, 4], sustain: 0.4
    play_pattern_timed [:d5, :b4, :g4, :e5], [1.5, 0.5, 2, 4], sustain: 0.4
    sleep 8
  end
end
