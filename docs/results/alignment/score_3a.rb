use_bpm 108

chord_ring = (ring (chord :g3, :minor),
                   (chord :c4, :minor),
                   (chord :ds4, :major),
                   (chord :d4, :minor))

in_thread do
  loop do
    sleep 0.75
    synth :pulse, note: chord_ring.tick, release: 0.3, cutoff: rrand(75, 105), pan: rrand(-0.5, 0.5), amp: rrand(0.4, 0.8)
    sleep 1.25
  end
end

loop do
  synth :subpulse, note: :g1, pulse_width: 0.4, release: 0.0425, cutoff: (range 60, 100, 2).choose, amp: 1.6
  sleep 0.75
  synth :subpulse, note: :f1, pulse_width: 0.4, release: 0.0425, cutoff: (range 60, 100, 2).choose, amp: 1.6
  sleep 0.75
  synth :subpulse, note: :as1, pulse_width: 0.4, release: 0.0425, cutoff: (range 60, 100, 2).choose, amp: 1.6
  sleep 0.25
  synth :subpulse, note: :f1, pulse_width: 0.4, release: 0.0425, cutoff: (range 60, 100, 2).choose, amp: 1.6
  sleep 0.125
  synth :subpulse, note: :g1, pulse_width: 0.4, release: 0.0425, cutoff: (range 60, 100, 2).choose, amp: 1.6
  sleep 0.125
end
