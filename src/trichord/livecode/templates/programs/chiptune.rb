# Save Point
# Genre: chiptune
# Four channels, as the old machines had: a lead, chords faked by fast arpeggios, a bass, noise.

use_bpm 140
roots = (ring :c3, :a2, :f2, :g2)
kinds = (ring :major, :minor, :major, :major)

live_loop :arpeggio do
  use_synth :chiplead
  n = tick(:bar)
  notes = chord(roots[n], kinds[n], num_octaves: 2)
  32.times do
    play notes.tick + 12, release: 0.07, width: 1, amp: 0.28, pan: 0.3
    sleep 0.125
  end
end

live_loop :bass do
  use_synth :chipbass
  root = note(roots.tick)
  [0, 0, 12, 0, 0, 12, 7, 12].each do |step|
    play root + step, sustain: 0.3, release: 0.05, amp: 0.7
    sleep 0.5
  end
end

live_loop :lead do
  use_synth :chiplead
  use_synth_defaults width: 2, release: 0.1, amp: 0.4, pan: -0.2
  play_pattern_timed [:e5, :g5, :c6, :b5], [0.75, 0.75, 0.5, 2], sustain: 0.3
  play_pattern_timed [:c6, :b5, :a5, :e5], [0.75, 0.75, 0.5, 2], sustain: 0.3
  play_pattern_timed [:f5, :a5, :c6, :d6], [0.75, 0.75, 0.5, 2], sustain: 0.3
  play_pattern_timed [:d6, :b5, :g5, :d5], [0.75, 0.75, 0.5, 2], sustain: 0.3
end

live_loop :noise do
  use_synth :chipnoise
  beat = (ring 1, 3, 2, 3).tick
  play release: 0.06, freq_band: 2, amp: 0.6 if beat == 1
  play release: 0.14, freq_band: 8, amp: 0.5 if beat == 2
  play release: 0.03, freq_band: 14, amp: 0.2
  sleep 0.5
end
