# Three Four Five Seven
# Genre: polyrhythm
# Four voices divide the same bar into three, four, five and seven; they meet on the one.

use_bpm 60
bar = 3.0
voices = {
  3 => { note: :g3, synth: :dull_bell, pan: -0.6 },
  4 => { note: :d4, synth: :pluck, pan: 0.6 },
  5 => { note: :bb4, synth: :beep, pan: -0.25 },
  7 => { note: :f5, synth: :pretty_bell, pan: 0.25 }
}

with_fx :reverb, room: 0.6, mix: 0.3 do
  voices.each do |count, how|
    live_loop "in_#{count}" do
      count.times do |i|
        synth how[:synth], note: how[:note], release: 0.5, amp: i.zero? ? 0.8 : 0.45, pan: how[:pan]
        sleep bar / count
      end
    end
  end
end

live_loop :one do
  sample :bd_boom, amp: 0.7, rate: 1.2
  synth :tri, note: (ring :g2, :g2, :eb2, :f2).tick, attack: 0.02, sustain: 1, release: 1.8, amp: 0.45
  sleep bar
end
