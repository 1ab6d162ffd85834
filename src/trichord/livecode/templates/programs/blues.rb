# Twelve and Late
# Genre: blues shuffle
# Twelve bars in a ring; the left hand rocks between fifth and sixth, the right one bends its thirds.

use_bpm 176
use_random_seed 12

form = (ring :e2, :e2, :e2, :e2, :a2, :a2, :e2, :e2, :b2, :a2, :e2, :b2)
long, short = 0.66, 0.34

live_loop :left_hand do
  use_synth :saw
  use_synth_defaults release: 0.22, cutoff: 82, amp: 0.5
  root = note(form.tick)
  [7, 7, 9, 7].each do |step|
    play_chord [root, root + step]
    sleep long
    play_chord [root, root + step], amp: 0.3
    sleep short
  end
end

live_loop :shuffle do
  sample :bd_ada, amp: 1.2
  sample :drum_cymbal_closed, amp: 0.4
  sleep long
  sample :drum_cymbal_closed, amp: 0.2
  sleep short
  sample :drum_snare_hard, amp: 0.45
  sample :drum_cymbal_closed, amp: 0.4
  sleep long
  sample :drum_cymbal_closed, amp: 0.2
  sleep short
end

with_fx :distortion, distort: 0.3, mix: 0.3 do
  with_fx :reverb, room: 0.5, mix: 0.25 do
    live_loop :lead do
      use_synth :pulse
      lick = (scale :e4, :blues_minor, num_octaves: 2).shuffle.take(5)
      lick.each do |n|
        bent = play n - 1, attack: 0.02, sustain: 0.3, release: 0.3, note_slide: 0.15, cutoff: 95,
                           pulse_width: 0.3, amp: 0.4
        control bent, note: n
        sleep [long, short, 1].choose
      end
      sleep [1, 2, 3].choose + long
    end
  end
end
