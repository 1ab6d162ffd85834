# Nave
# Genre: ambient pads
# Choral chords in a very large room; each one keeps what it can of the chord before.

use_bpm 60

progression = [[:d3, :minor, 0], [:bb2, :major, 2], [:f3, :major, 0], [:c3, :major, 1],
               [:g3, :minor, 0], [:d3, :minor, 1], [:a2, :minor, 2], [:a2, :major, 2]]

with_fx :gverb, room: 60, release: 10, spread: 0.9, mix: 0.5 do
  with_fx :lpf, cutoff: 92 do
    live_loop :choir do
      root, kind, turned = progression.tick
      chord(root, kind, invert: turned).each_with_index do |n, i|
        synth :hollow, note: n + 12, attack: 1.2, sustain: 1.5, release: 2.5, amp: 1.5, pan: i * 0.5 - 0.5
        synth :prophet, note: n, attack: 1.5, sustain: 1, release: 2.5, cutoff: 78, amp: 0.3, pan: 0.5 - i * 0.5
      end
      sleep 4
    end

    live_loop :pedal do
      synth :sine, note: :d2, attack: 2, sustain: 4, release: 3, amp: 0.5
      sleep 8
    end
  end
end

live_loop :candles do
  sleep rrand(1.5, 4)
  synth :pretty_bell, note: (chord :d6, :minor, num_octaves: 1).choose, release: 3, amp: 0.1, pan: rrand(-1, 1)
end
