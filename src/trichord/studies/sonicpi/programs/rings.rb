# Every maker of rings and every way to turn one into another, heard and printed.
use_synth :pluck

def hear(r, gap = 0.0625)
  puts r.to_a.inspect
  r.each { |n| play n, release: 0.1, amp: 0.6; sleep gap }
end

hear ring(60, 62, 64)
hear knit(:e3, 3, :g3, 2)
hear range(50, 62, 3)
hear range(62, 50, step: 4, inclusive: true)
hear line(50, 70, steps: 5)
hear line(50, 70, steps: 5, inclusive: true)
hear halves(96, 3)
hear doubles(20, 3)
hear stretch([50, 55], 2, [60], 3)
hear ramp(60, 61, 63)
hear vector(70, 72, 74)
puts bools(1, 0, 0, 1, 1).to_a, spread(3, 8).to_a, spread(7, 16, rotate: 3).to_a
puts map(a: 1, b: 2)[:b]

r = (ring 48, 52, 55, 59, 62, 64)
hear r.reverse
hear r.shuffle
hear r.take(3)
hear r.drop(4)
hear r.butlast
hear r.drop_last(2) rescue puts "drop_last fails"
hear r.take_last(2) rescue puts "take_last fails"
hear r.mirror, 0.05
hear r.reflect, 0.05
hear r.repeat(2), 0.05
hear r.stretch(2), 0.05
hear r.rotate(2)
hear r.rotate(-1)
hear r.pick(4)
hear r.sort.reverse
hear r + 12
hear r - 5
hear r + (ring 1, 2)
hear (ring 1, 2, 3).scale(20)
hear r.map { |n| n + 1 }
puts r[7], r[-1], r.first, r.last, r.size, r.ring.to_a.inspect, r.min, r.max
puts ramp(1, 2, 3)[100], ramp(1, 2, 3)[-4], vector(1, 2)[5].inspect
puts r.choose, [1, 2, 3].choose, pick([1, 2, 3, 4], 3).to_a.inspect, choose([7, 8, 9])
puts (ring 1, 2, 3).inc.inspect rescue puts "no inc"
puts (1..4).to_a.ring[6], [1, 2, 3].ring.tick, [4, 5].ring.look
puts (knit 1, 2).to_s, (ring 1, nil, 3).compact.inspect, (ring 3, 1, 2).sort.to_a.inspect
puts (ring 1, 2, 3).eql?((ring 1, 2, 3))
