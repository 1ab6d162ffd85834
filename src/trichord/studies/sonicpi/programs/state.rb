# State that threads share: what is set at a time is what is read at that time, in any order.
set :note, 50
set :scale, scale(:d3, :dorian)
set :words, {a: 1, b: [1, 2, 3]}

live_loop :reader do
  play get(:note), release: 0.2
  sleep 0.25
end

live_loop :writer do
  set :note, (ring 50, 53, 57, 60, 62).tick
  sleep 0.75
end

live_loop :indexed do
  n = get[:scale]
  play n[look], pan: 0.7, release: 0.1, amp: 0.5
  tick
  sleep 0.5
end

live_loop :wild do
  v = sync "/set/no*"
  synth :chiplead, note: v[0] + 12, release: 0.05, amp: 0.3
end

live_loop :defaulted do
  play get(:missing, 70), release: 0.1, amp: 0.3
  puts get[:absent].inspect, get(:words)[:b][1]
  sleep 2
end

live_loop :ponger do
  v = sync "/cue/ping"
  play 40 + v[0], release: 0.3
  set :pong, v[0]
end

8.times do |i|
  sleep 1
  cue :ping, i * 2
  puts get(:pong).inspect
  time_warp(0.5) { set :later, i }
  puts get(:later).inspect
end

in_thread do
  sync :go
  puts sync(:a_cue, :b_cue)[0]
  play 84
end
sleep 0.5
cue :go
sleep 0.5
cue :b_cue, "b was first"
puts get("/cue/b_cue")[0]
cue "/free/form", 1, 2.5, :three, "four"
puts get("/free/form").inspect
sleep 2
play 33, release: 4
