# Effects in effects, repeated, moved while they sound, cleaned up when their block is over.
use_bpm 100

with_fx :reverb, room: 0.7, mix: 0.4 do
  with_fx :echo, phase: 0.375, decay: 3 do |echo|
    4.times do |i|
      play [60, 63, 67, 70][i], release: 0.3
      control echo, mix: 0.2 * i
      sleep 1
    end
  end
  synth :prophet, note: 36, release: 2
  sleep 1
end

with_fx :slicer, reps: 3, phase: 0.25, kill_delay: 0.5 do
  synth :saw, note: 48, release: 1
  sleep 1
end

live_loop :wobble do
  with_fx :wobble, phase: 2, cutoff_max: 100 do
    with_fx :distortion, distort: 0.6, amp: 0.4 do
      synth :dsaw, note: :c2, sustain: 1, release: 1
    end
  end
  sleep 2
end

with_fx :lpf, cutoff: 50, cutoff_slide: 4 do |lpf|
  control lpf, cutoff: 110
  8.times do
    sample :loop_amen, beat_stretch: 4, slice: tick, num_slices: 8
    sleep 0.5
  end
  in_thread do
    4.times { play 79, release: 0.1; sleep 0.5 }
  end
  control lpf, cutoff: 60, cutoff_slide: 1
end

with_fx :level, amp: 0 do |level|
  control level, amp: 1, amp_slide: 2, amp_slide_shape: 3
  play_chord [48, 55, 62], sustain: 2
  sleep 2
  control level, amp: 0, amp_slide: 1, amp_slide_curve: 4, amp_slide_shape: 5
  sleep 1
end

with_afx = with_fx(:pan, pan: -1) { play 64; sleep 1; :done }
puts with_afx
with_fx(:none) { play 65 }
with_fx :reverb, :room => 0.3, damp: 0.9, pre_amp: 0.5 do
  play 66, release: 0.1
end
sleep 4
