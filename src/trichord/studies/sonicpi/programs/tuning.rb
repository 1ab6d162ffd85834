# Transpose, octave, cents and temperaments, as a setting and for a block.
def phrase
  play_pattern_timed [60, 64, 67.5, :a4], 0.125, release: 0.15
end

phrase
use_transpose 3
phrase
puts current_transpose
with_transpose(-12) { phrase }
with_transpose 2 do
  with_transpose(5) { play 60 }
  puts current_transpose
end
use_transpose 0
use_octave 1
phrase
with_octave(-1) { phrase; puts current_octave }
use_octave 0
use_cent_tuning 25
phrase
with_cent_tuning(-40) { phrase; puts current_cent_tuning }
use_cent_tuning 0
use_tuning :just, :c
phrase
with_tuning(:pythagorean, :d) { phrase }
with_tuning(:meantone) { phrase }
use_tuning :just, :a
play_chord chord(:a3, :major), release: 0.5
use_tuning :equal
set_cent_tuning! 10
phrase
set_cent_tuning! 0
phrase

use_transpose 7
with_fx :reverb do
  live_loop :inherits do
    play 48, release: 0.2
    sleep 0.5
  end
end
in_thread do
  with_octave 2 do
    4.times { play 48, release: 0.1; sleep 0.25 }
  end
end
s = play 60, sustain: 2, note_slide: 1
sleep 0.5
control s, note: 64
play :e4, pitch: 2
play 60, transpose: 5 rescue puts "no transpose:"
sample :ambi_piano, rpitch: 4
synth :fm, note: :c3
synth :fm, notes: [48, 52, 55] rescue puts "notes: unknown"
sleep 2
phrase
