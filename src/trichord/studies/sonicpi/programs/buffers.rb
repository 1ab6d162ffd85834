# Sound that is recorded into a buffer and played back from there.
b = buffer(:phrase, 4)
puts b.duration, buffer(:phrase).num_frames
with_fx :record, buffer: buffer(:phrase, 4), pre_amp: 1 do
  4.times do |i|
    play [60, 64, 67, 72][i], release: 0.4
    sleep 1
  end
end
sample buffer(:phrase, 4), rate: 0.5, amp: 0.8
sleep 4
sample buffer[:phrase, 4], rate: 2
4.times do
  sample b, start: 0.25 * tick, finish: 0.25 * (look + 1), lpf: 90
  sleep 0.5
end
with_fx :sound_out, output: 1 do
  play 50
  sleep 0.5
end
with_fx :sound_out_stereo, output: 1 do
  play 52
  sleep 0.5
end
sample buffer(:short, 1)
sleep 1
