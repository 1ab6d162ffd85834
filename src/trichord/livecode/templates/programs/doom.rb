# Granite
# Genre: doom
# Two chords, one of them wrong, through a cheap amplifier; the drums wait until they must.

use_bpm 56

riff = [[:c2, 2.5], [:c2, 0.5], [:gb2, 1], [:c2, 2], [:eb2, 1], [:db2, 1]]

with_fx :reverb, room: 0.7, mix: 0.25 do
  with_fx :lpf, cutoff: 98 do
    with_fx :distortion, distort: 0.85, amp: 0.4 do
      live_loop :guitars do
        riff.each do |root, beats|
          synth :dsaw, note: root, detune: 0.12, sustain: beats * 0.8, release: beats * 0.2, cutoff: 90, amp: 0.6
          synth :pulse, note: note(root) + 7, sustain: beats * 0.8, release: beats * 0.2, cutoff: 85, amp: 0.4
          synth :saw, note: note(root) + 12, sustain: beats * 0.8, release: beats * 0.2, cutoff: 95, amp: 0.35
          sleep beats
        end
      end
    end
  end

  live_loop :kick do
    sample :drum_bass_hard, amp: 1.5
    sleep 1.5
    sample :drum_bass_hard, amp: 1.1
    sleep 2.5
  end

  live_loop :snare do
    sleep 2
    sample :drum_snare_hard, rate: 0.8, amp: 1.1
    sleep 2
  end

  live_loop :cymbal do
    sample :drum_cymbal_open, rate: 0.8, amp: 0.8 if tick % 4 == 0
    sample :drum_cymbal_pedal, amp: 0.8
    sleep 1
  end
end
