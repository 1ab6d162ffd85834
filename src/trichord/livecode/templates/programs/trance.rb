# First Light
# Genre: trance arpeggio
# One arpeggio over four chords; a slicer gates the pad, a riser opens the filter over eight bars.

use_bpm 136
chords = (ring (chord :a3, :minor), (chord :f3, :major), (chord :c4, :major), (chord :g3, :major))

live_loop :kick do
  sample :bd_haus, amp: 1.6
  sleep 1
end

live_loop :offbeat do
  sleep 0.5
  synth :saw, note: chords[(tick / 4)][0] - 24, release: 0.25, cutoff: 80, amp: 0.7
  sample :drum_cymbal_closed, amp: 0.35
  sleep 0.5
end

with_fx :reverb, room: 0.8, mix: 0.35 do
  with_fx :echo, phase: 0.75, decay: 4, mix: 0.3 do
    live_loop :arp do
      use_synth :supersaw
      filter = (line 65, 115, steps: 128)
      shape = (ring 0, 1, 2, 1, 3, 2, 1, 2)
      notes = chords.tick(:bar).to_a
      notes += [notes[0] + 12]
      16.times do
        tick
        play notes[shape.look] + 12, release: 0.18, cutoff: filter.look, amp: 0.5
        sleep 0.25
      end
    end
  end

  with_fx :slicer, phase: 0.25, wave: 0, probability: 0.2, mix: 0.8 do
    live_loop :pad do
      synth :hollow, note: chords.tick[1], attack: 0.5, sustain: 3, release: 1, amp: 0.9
      synth :dsaw, note: chords.look[0], attack: 0.5, sustain: 3, release: 1, cutoff: 80, amp: 0.3
      sleep 4
    end
  end
end
