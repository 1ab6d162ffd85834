# Heave at the Lee Bow
# Genre: sea-shanty-like modal tune
# A dorian verse for one voice and a chorus for three, over a stamped floor and an open fifth.

use_bpm 200

verse = [[1, 1], [1, 1], [1, 1], [3, 1], [4, 1], [5, 1], [4, 1.5], [3, 0.5], [1, 1], [2, 2], [0, 1],
         [1, 1], [1, 1], [3, 1], [4, 1], [5, 1], [6, 1], [5, 3], [5, 3]]
chorus = [[8, 2], [7, 1], [6, 1], [5, 1], [6, 1], [5, 2], [4, 1], [3, 2], [5, 1],
          [4, 1], [3, 1], [2, 1], [1, 1], [2, 1], [0, 1], [1, 3], [1, 3]]

define :pitch_of do |degree|
  tones = (scale :d4, :dorian, num_octaves: 2)
  degree < 1 ? tones[degree + 6] - 12 : tones[degree - 1]
end

define :sing do |tune, harmony|
  tune.each do |degree, beats|
    synth :dtri, note: pitch_of(degree), attack: 0.04, sustain: beats * 0.2, release: 0.2, cutoff: 95, amp: 0.7
    if harmony
      synth :saw, note: pitch_of(degree) - 12, attack: 0.04, sustain: beats * 0.2, release: 0.2,
                  cutoff: 80, amp: 0.5, pan: -0.4
      synth :tri, note: pitch_of(degree + 2), attack: 0.05, sustain: beats * 0.2, release: 0.2,
                  amp: 0.35, pan: 0.4
    end
    sleep beats
  end
end

with_fx :reverb, room: 0.6, mix: 0.25 do
  live_loop :crew do
    sing verse, false
    sing chorus, true
  end
end

live_loop :stamp do
  sample :bd_boom, amp: 0.9, rate: 1.4, finish: 0.4
  sleep 2
  sample :perc_snap, amp: 0.35
  sleep 1
end

live_loop :squeezebox do
  synth :pulse, note: :d3, sustain: 11, release: 1, cutoff: 75, pulse_width: 0.3, amp: 0.22
  synth :pulse, note: :a3, sustain: 11, release: 1, cutoff: 75, pulse_width: 0.3, amp: 0.2
  sleep 12
end
