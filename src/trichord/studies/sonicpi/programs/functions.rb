# Functions of one's own, values kept, blocks left out, jumps and ends.
define :riff do |root, n = 4|
  n.times do |i|
    play root + [0, 3, 7, 10][i], release: 0.15
    sleep 0.125
  end
  root + n
end

puts riff(48), riff(52, 2)
defonce :slow_thing do
  play 30, release: 1
  sleep 0.5
  99
end
puts slow_thing, slow_thing
defonce :slow_thing, override: true do
  100
end
puts slow_thing
ndefine :outer do
  play 77
  sleep 0.25
end if respond_to?(:ndefine)
comment do
  play 20
  sleep 10
end
uncomment do
  play 80, release: 0.1
  sleep 0.25
end

define :nested do |depth, &block|
  block.call(depth)
  sleep 0.125
  nested(depth - 1, &block) if depth > 0
end
nested(4) { |d| synth :fm, note: 60 + d, release: 0.1 }

def plain(n) = play(n, release: 0.1)
plain 65
melody = [60, 62, 67]
next_note = lambda { melody = melody.rotate; melody.first }
5.times { play next_note.call, release: 0.1; sleep 0.125 }

in_thread do
  i = 0
  loop do
    play 50 + i, release: 0.1
    sleep 0.25
    i += 1
    stop if i == 8
  end
  play 100
end
in_thread do
  loop do
    play 40, release: 0.1
    sleep 0.25
    break if one_in(6)
  end
  puts "out"
end
begin
  raise ArgumentError, "caught"
rescue ArgumentError => e
  puts e.message
end
assert true
assert_equal 3, 1 + 2
assert_not_equal 3, 4 rescue puts "differ"
assert_similar 0.1 + 0.2, 0.3
assert_not false
assert_error(ZeroDivisionError) { 1 / 0 } rescue puts "no error"
print "printed", 1, :two
puts "%.3f" % 0.12345, [1, [2, nil]], {a: 1}, 1..3, 2.5r, "ü"
spark (ring 1, 2, 3, 4)
puts spark_graph([0.1, 0.5, 1]), version.to_s
puts synth_names.size, fx_names.size, synth_names.to_a.first(3).inspect
x = case rand_i(3) when 0 then :a when 1 then :b else :c end
puts x
notes = (1..8).map { |k| 40 + k * 3 }.select(&:even?).each_slice(2).to_a
notes.each { |pair| play pair, release: 0.2; sleep 0.25 }
until look(:u) > 3
  tick(:u)
  play 90 - look(:u), release: 0.05
  sleep 0.25
end
in_thread do
  use_transpose 12
  use_synth :saw
  reset
  play 60, release: 0.1
  use_octave 2
  tick
  clear
  play 60, release: 0.1
  puts current_octave, look
end
on(true) { play 61, release: 0.1 }
on(false) { play 62 }
sleep 1
stop
play 10
