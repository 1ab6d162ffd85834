# Canon at Two Bars
# Genre: baroque-like canon
# One line over a ground of eight notes; the second voice follows two bars later, the third four.

use_bpm 96
ground = (ring :d3, :a2, :b2, :fs2, :g2, :d2, :g2, :a2)

tune = [
  [:fs5, 1], [:e5, 1], [:d5, 0.5], [:cs5, 0.5], [:b4, 1],
  [:cs5, 0.5], [:d5, 0.5], [:b4, 0.5], [:a4, 0.5], [:b4, 0.5], [:g4, 0.5], [:a4, 1],
  [:d5, 0.5], [:fs5, 0.5], [:a5, 0.5], [:g5, 0.5], [:fs5, 0.25], [:g5, 0.25], [:fs5, 0.5], [:d5, 1],
  [:b4, 0.5], [:d5, 0.5], [:a4, 0.5], [:d5, 0.5], [:g4, 0.5], [:b4, 0.5], [:e5, 0.5], [:cs5, 0.5]
]

define :voice do |wait_for, transposed, side|
  in_thread do
    sleep wait_for
    use_synth :pluck
    use_transpose transposed
    use_synth_defaults coef: 0.15, pan: side, amp: 1.6
    loop do
      tune.each do |n, time|
        play n, sustain: time * 0.5, release: time * 0.8
        sleep time
      end
    end
  end
end

with_fx :reverb, room: 0.7, mix: 0.3 do
  in_thread do
    loop do
      synth :tri, note: ground.tick, attack: 0.03, sustain: 1.5, release: 0.5, amp: 0.3
      sleep 2
    end
  end

  voice 0, 0, -0.5
  voice 8, 0, 0.5
  voice 16, -12, 0
end
