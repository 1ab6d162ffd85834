# Last Train South
# Genre: UK garage
# Two steps with the second one missing; the sixteenths lean back, the organ bass leans forward.

use_bpm 132
set :late, 0.06

define :swung do |step|
  sleep step.even? ? 0.25 + get(:late) : 0.25 - get(:late)
end

live_loop :kick do
  "x---------x-----".each_char.with_index do |c, i|
    sample :bd_klub, amp: 1.7 if c == "x"
    swung i
  end
end

live_loop :snare do
  "----x--g----x-g-".each_char.with_index do |c, i|
    sample :sn_zome, amp: c == "x" ? 0.8 : 0.2, rate: 1.2, finish: 0.5 unless c == "-"
    swung i
  end
end

live_loop :hats do
  "--x---x-x-x---xx".each_char.with_index do |c, i|
    sample :drum_cymbal_closed, amp: 0.45, rate: 1.2 if c == "x"
    swung i
  end
end

live_loop :bass do
  use_synth :fm
  use_synth_defaults divisor: 2, depth: 1, release: 0.2, amp: 0.8
  play_pattern_timed [:g2, :g2, :bb2, :d2, :r], [0.75, 0.75, 1, 0.75, 0.75], sustain: 0.15
  play_pattern_timed [:eb2, :eb2, :f2, :c3, :r], [0.75, 0.75, 1, 0.75, 0.75], sustain: 0.15
end

with_fx :reverb, room: 0.6, mix: 0.3 do
  with_fx :echo, phase: 0.75, decay: 2, mix: 0.25 do
    live_loop :organ do
      use_synth :beep
      changes = (ring (chord :g4, :m7), (chord :eb4, :major7))
      now = changes.tick
      [0.5, 1.5, 0.75, 1.25].each_with_index do |time, i|
        play now, attack: 0.01, release: 0.2, amp: 0.4
        play now.map { |n| n + 12 }, attack: 0.01, release: 0.1, amp: 0.12 if i.odd?
        sleep time
      end
    end
  end
end
