# A thread that dies takes nobody with it, and everything before its end is heard.
live_loop :lives do
  play 60, release: 0.1
  sleep 0.5
end

in_thread do
  play 50
  sleep 1.25
  no_such_function 1
  play 51
end

in_thread do
  sleep 2
  synth :no_such_synth, note: 60
end

in_thread do
  sleep 2.5
  play 60, cutoff: 500
  synth :prophet, note: 60, cutoff: 500
  play 61
end

in_thread do
  sleep 3
  sample :no_such_sample
  play 62
end

live_loop :dies do
  synth :pluck, note: 55
  sleep 1
  play nil + 1 if tick == 2
end

with_fx :reverb do
  in_thread do
    sleep 4
    play 70
    1 / 0
  end
  play 65
  sleep 5
end

live_loop :never_sleeps do
  play 80, release: 0.1
end

sleep 1
play_chord [60, 64, 67], amp: -3
sleep 1
with_fx :no_such_fx do
  play 60
end
play 99
