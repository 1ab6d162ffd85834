# Kitchen Table
# Genre: folk guitar-like plucks
# Travis picking: the thumb alternates two strings, the fingers fill; then a whistle.

use_bpm 104

shapes = [
  { thumb: [:c3, :g2], fingers: [:e4, :c4, :g3] },
  { thumb: [:a2, :e3], fingers: [:e4, :c4, :a3] },
  { thumb: [:f2, :c3], fingers: [:f4, :c4, :a3] },
  { thumb: [:g2, :d3], fingers: [:d4, :b3, :g3] }
]

define :string do |n, amp, side|
  synth :pluck, note: n, attack: 0, release: 1.6, coef: 0.25, max_delay_time: 0.2, amp: amp, pan: side
end

with_fx :reverb, room: 0.4, mix: 0.25 do
  live_loop :guitar do
    shape = shapes.ring.tick
    thumb = shape[:thumb].ring
    top, middle, low = shape[:fingers]
    order = [top, nil, middle, low, nil, top, middle, low]
    order.each_with_index do |finger, i|
      string thumb[i / 2], 1.3, -0.2 if i.even?
      string finger, 1, 0.2 if finger
      sleep 0.5
    end
  end

  live_loop :whistle do
    sleep 16
    use_synth :sine
    use_synth_defaults attack: 0.08, release: 0.3, vibrato_rate: 5, amp: 0.25, pan: 0.3
    play_pattern_timed [:g5, :e5, :c5, :d5], [1.5, 0.5, 1, 1], sustain: 0.4
    play_pattern_timed [:e5, :a5, :g5], [1, 1, 2], sustain: 0.6
    play_pattern_timed [:a5, :f5, :c5, :f5], [1, 1, 1, 1], sustain: 0.4
    play_pattern_timed [:g5, :d5], [2, 2], sustain: 1
  end
end

live_loop :foot do
  sample :bd_boom, amp: 0.35, rate: 1.6, lpf: 75
  sleep 1
  sample :perc_snap2, amp: 0.12, rate: 0.9
  sleep 1
end
