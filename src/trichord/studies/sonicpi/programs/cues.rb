# Cues with patterns, many waiting for one, one waiting for many, all at one instant.
live_loop :bar do
  cue :one if look % 2 == 0
  cue "/deep/path/#{look % 3}", look
  tick
  sleep 1
end

5.times do |i|
  live_loop :"waiter_#{i}" do
    sync :one
    sleep i * 0.1
    play 50 + 3 * i, release: 0.2
  end
end

live_loop :any_path do
  v = sync "/deep/*/*"
  play 70, release: 0.1
  puts v.to_a.inspect
end

live_loop :braces do
  sync "/deep/path/{1,2}"
  play 75, release: 0.1
end

live_loop :question do
  sync "/deep/path/?"
  play 77, release: 0.05, amp: 0.4
  sleep 0.3
end

live_loop :either do
  sync :one, :waiter_2
  synth :blade, note: 45, release: 0.4
end

live_loop :chain_a, sync: :chain_c do
  play 40, release: 0.1
  sleep 0.25
end
live_loop :chain_b, sync: :chain_a do
  play 41, release: 0.1
  sleep 0.25
end
live_loop :chain_c do
  play 42, release: 0.1
  sleep 0.5
end

in_thread do
  6.times do |i|
    sync :bar
    set :count, i
    play 60 + (get(:count) || 0), release: 0.3
    sleep 0.5
  end
end

at [2, 4, 6, 8] do |t|
  cue :at_time, t
end
in_thread do
  4.times { puts sync(:at_time)[0]; play 90, release: 0.1 }
end
