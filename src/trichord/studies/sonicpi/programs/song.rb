# A short piece as people write them: drums, bass, chords and a melody over a form of its own.
use_bpm 124
use_random_seed 2024

define :kick_pattern do |bar|
  pattern = bar % 4 == 3 ? "x--x--x-x---x-xx" : "x---x---x---x---"
  pattern.chars.each do |step|
    sample :bd_haus, amp: 1.4, cutoff: 100 if step == "x"
    sleep 0.25
  end
end

live_loop :drums do
  bar = tick
  kick_pattern bar
  set :bar, bar
end

live_loop :claps, sync: :drums do
  with_fx :reverb, mix: 0.3 do
    sleep 1
    sample :sn_dub, rate: 1.2, amp: 0.5
    sleep 1
  end
end

live_loop :hats, sync: :drums do
  16.times do
    sample :drum_cymbal_closed, amp: rrand(0.1, 0.4), pan: rdist(0.4), finish: 0.2 if (spread 11, 16).tick
    sleep 0.25
  end
end

with_fx :reverb, room: 0.8, mix: 0.4 do
  with_fx :slicer, phase: 0.5, wave: 1, mix: 0.5 do |slicer|
    live_loop :pads, sync: :drums do
      control slicer, phase: [0.25, 0.5, 0.75].choose
      use_synth :hollow
      play chord((knit :e3, 2, :c3, 1, :d3, 1).tick, [:minor7, :major7, :m7].look), sustain: 3, release: 1, amp: 1.5
      sleep 4
    end
  end
end

live_loop :bass, sync: :drums do
  use_synth :tb303
  use_synth_defaults release: 0.2, cutoff: line(60, 110, steps: 16).mirror.tick, res: 0.85, amp: 0.5
  play (knit :e2, 6, :g2, 1, :d2, 1).look if (spread 7, 16, rotate: 1).look
  sleep 0.25
end

with_fx :echo, phase: 0.75, decay: 4, mix: 0.3 do
  live_loop :lead, sync: :drums do
    use_random_seed [11, 12, 11, 15].tick
    8.times do
      use_synth (ring :pluck, :pretty_bell).look
      n = scale(:e4, :minor_pentatonic, num_octaves: 2).choose
      play n, amp: 0.5, pan: rrand(-0.5, 0.5), release: 0.6 unless one_in(3)
      sleep [0.25, 0.5].choose
    end
    sync :drums if factor?(look, 2)
  end
end
