# A program that ends by itself well before its time is over.
with_fx :gverb, room: 10, release: 1 do
  with_fx :krush do
    play_pattern_timed [60, 67, 72], 0.5, release: 0.4
  end
  sample :ambi_glass_rub, rate: 2, finish: 0.3
end
synth :supersaw, note: 40, release: 1.5
in_thread { sleep 1; play 55, release: 0.5 }
sleep 0.5
puts "done"
