# Ring Road at Night
# Genre: krautrock motorik
# A beat that never turns its head, one bass note, and a guitar figure that drifts across the bar line.

use_bpm 150

live_loop :apache do
  8.times do |i|
    sample :drum_bass_soft, amp: 1.4 if [0, 1, 3, 4, 5, 7].include?(i)
    sample :drum_snare_soft, amp: 0.7 if i % 4 == 2
    sample :drum_cymbal_closed, amp: i.even? ? 0.5 : 0.3
    sleep 0.5
  end
end

live_loop :bass do
  synth :saw, note: (knit :e2, 28, :d2, 2, :g2, 2).tick, release: 0.35, cutoff: 70, amp: 0.8
  sleep 0.5
end

with_fx :flanger, phase: 8, mix: 0.5 do
  with_fx :echo, phase: 1.5, decay: 6, mix: 0.35 do
    live_loop :guitar do
      use_synth :pluck
      (ring :e4, :b4, :fs4, :g4, :d5).each do |n|
        play n, release: 0.8, coef: 0.2, amp: 0.9, pan: 0.4
        sleep 0.5
      end
    end
  end

  live_loop :organ do
    notes = (ring [:e4, :b4, :g5], [:e4, :a4, :fs5], [:d4, :b4, :g5]).tick
    notes.each_with_index do |n, i|
      synth :square, note: n, attack: 2, sustain: 8, release: 4, cutoff: 80, amp: 0.14, pan: i * 0.6 - 0.6
    end
    sleep 12
  end
end
