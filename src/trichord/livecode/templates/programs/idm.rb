# Fold
# Genre: IDM
# A bar is split again and again at random; short pieces become clicks, long ones become tones.

use_random_seed 7
use_bpm 92

define :fold do |length, depth|
  if depth == 0 || (length < 0.5 && one_in(2))
    piece length
  else
    cut = [0.25, 0.5, 0.5, 0.75].choose
    fold length * cut, depth - 1
    fold length * (1 - cut), depth - 1
  end
end

define :piece do |length|
  if length < 0.2
    sample [:elec_tick, :elec_flip, :glitch_perc4, :elec_pop].choose, rate: rrand(0.8, 2), amp: 0.7,
           pan: rrand(-0.6, 0.6)
  elsif length < 0.6
    sample [:bd_tek, :elec_hi_snare, :glitch_perc2].choose, amp: 1, finish: 0.7
  else
    synth :blade, note: (scale :f3, :dorian).choose, release: length, cutoff: 90, amp: 0.9
  end
  sleep length
end

with_fx :krush, mix: 0.15 do
  with_fx :echo, phase: 0.375, decay: 2, mix: 0.2 do
    live_loop :folding do
      fold 4, 4
    end
  end
end

live_loop :sub do
  notes = (ring :f1, :f1, :ab1, :eb1)
  s = synth :sine, note: note(notes.tick) + 12, sustain: 3.5, release: 0.5, note_slide: 0.2, amp: 0.8
  sleep 3
  control s, note: note(notes.look) + 15
  sleep 1
end

with_fx :reverb, room: 0.9, mix: 0.6 do
  live_loop :far do
    play_chord (chord_degree [1, 4, 6].choose, :f4, :dorian, 4), attack: 1, release: 3, amp: 0.3
    sleep 8
  end
end
