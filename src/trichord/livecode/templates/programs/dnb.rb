# Underpass
# Genre: drum and bass
# The break is programmed hit by hit; a reese bass slides between three notes beneath a thin chord.

use_bpm 172
use_random_seed 174

live_loop :break do
  fill = one_in(4)
  kicks  = fill ? "x-----x---x---x-" : "x---------x-----"
  snares = fill ? "----x--x-x--x-xx" : "----x--x-x--x---"
  16.times do |i|
    sample :bd_fat, amp: 1.5 if kicks[i] == "x"
    sample :sn_dolf, amp: i % 8 == 4 ? 1 : 0.25, rate: 1.2 if snares[i] == "x"
    sample :drum_cymbal_closed, amp: i % 4 == 2 ? 0.55 : 0.25, rate: 1.2
    sleep 0.25
  end
end

with_fx :rlpf, cutoff: 85, res: 0.4 do |filter|
  live_loop :reese do
    low = synth :dsaw, note: :f2, detune: 0.25, attack: 0.05, sustain: 15, release: 1, note_slide: 0.5, amp: 0.6
    [:f2, :ab2, :eb2, :f2].each do |n|
      control low, note: n
      control filter, cutoff: rrand(65, 100), cutoff_slide: 3
      sleep 4
    end
  end
end

with_fx :reverb, room: 0.9, mix: 0.5 do
  live_loop :chord do
    use_synth :blade
    play chord((ring :f4, :db4).tick, (ring :m9, :maj9).look), attack: 0.3, sustain: 4, release: 4, amp: 0.55
    sleep 8
  end

  live_loop :keys do
    sleep [3, 5].choose
    use_synth :dull_bell
    play (scale :f5, :minor_pentatonic).choose, release: 1.5, amp: 0.3, pan: rrand(-0.5, 0.5)
    sleep 3
  end
end
