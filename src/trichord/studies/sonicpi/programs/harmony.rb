# Notes by name, scales, chords, degrees, inversions; phrases in one call.
play :c4; play "eb4"; play :fs5, amp: 0.3; play :r; play nil; play 60.5
sleep 0.5
play_chord chord(:e3, :minor)
sleep 0.5
play_chord chord(:c, "m7+5"), release: 0.5
play_chord chord(:d, :sus4, num_octaves: 2, invert: 1), amp: 0.5
sleep 0.5
play chord(:g3, :major7), release: 0.5
play [50, 54, 57]
play ({note: :a4, amp: 0.5})
sleep 0.5
use_bpm 240
play_pattern scale(:c4, :major_pentatonic), release: 0.1
play_pattern_timed scale(:a3, :harmonic_minor, num_octaves: 2), 0.5, release: 0.2
play_pattern_timed [60, 64, 67, nil, 72], [0.25, 0.5, 0.75], amp: 0.5
use_bpm 60

[:i, :ii, :iii, :iv, :v, :vi, :vii].each do |d|
  play chord_degree(d, :c4, :major, 4), release: 0.2, amp: 0.5
  sleep 0.25
end
play degree(:iii, :d3, :major); play degree(5, :d3, :minor); play degree(:vib, :e3, :major) rescue puts "no vib"
sleep 0.5
play_chord chord_invert(chord(:a3, :minor), 1)
play_chord chord_invert(chord(:a3, :minor), -2), pan: 0.5
sleep 0.5
note_range(:c3, :c4, pitches: [:c, :e, :g]).each { |n| play n, release: 0.1; sleep 0.1 }
octs(:e2, 4).each { |n| play n, release: 0.1; sleep 0.1 }
midi_notes(:d3, :d4, 70).each { |n| play n; sleep 0.1 }
scale(:c3, :messiaen3).tick
puts scale(:c3, :messiaen3).tick, scale(60, :enigmatic).to_a.inspect, chord(:f, "9sus4").to_a.inspect
puts note(:e4), note("c"), note(:e, octave: 2), note(nil).inspect, note(:r).inspect
puts note_info(:fs3).midi_string, note_info(:c5).pitch_class, rest?(:r), rest?(60), rest?(nil)
puts scale_names.size, chord_names.size, scale_names.to_a.take(5).inspect
puts midi_to_hz(69), hz_to_midi(261.63), pitch_to_ratio(7), ratio_to_pitch(1.5)
puts chord(:c, :M7).inspect, chord(:e4, :dom7, num_octaves: 2).to_a.inspect
puts (chord :a, :diminished).map { |n| n % 12 }.inspect, (scale 40, :gong, num_octaves: 2).reverse.to_a.inspect
live_loop :arpeggio do
  play (chord :e3, :m7, num_octaves: 2).tick, release: 0.3
  play chord(:e5, :minor).look, amp: 0.2
  sleep 0.2
end
live_loop :bass_line do
  n = scale(:e2, :minor_pentatonic, num_octaves: 2).reflect.tick
  synth :subpulse, note: n, release: 0.5 unless rest?(n)
  sleep 0.4
end
