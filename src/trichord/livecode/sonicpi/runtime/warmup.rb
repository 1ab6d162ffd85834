# frozen_string_literal: true

module Trichord
  # A little of everything, played once before the first program: Ruby then knows the way through
  # Sonic Pi's code, and each program's process starts with that knowledge.
  WARM_UP = <<~RUBY
    use_bpm 120
    use_synth :prophet
    use_synth_defaults release: 0.5, cutoff: 80
    in_thread name: :drums do
      loop do
        cue :beat, a: 1
        sample :bd_haus, rate: 0.8, amp: [1, 2].choose if (spread 3, 8).tick
        sample :loop_amen, beat_stretch: 4, start: 0.25, finish: rrand(0.5, 1), lpf: 90
        sleep 0.5
      end
    end
    in_thread do
      with_fx :reverb, room: 0.6, mix: 0.4 do
        with_fx :echo, phase: 0.25 do
          6.times do
            sync :beat
            play (scale :e3, :minor_pentatonic).tick, pan: rdist(1), attack: 0.01
            play_chord chord(:e3, :minor), amp: line(0, 1, steps: 8).look
            synth :saw, note: :e2 if one_in(2)
          end
        end
      end
    end
    s = play :e3, sustain: 2, note_slide: 1
    control s, note: 60
    at [0.5, 1] do |t|
      play 50 + t
    end
    density 2 do
      play_pattern_timed [:c4, :d4, :e4, :r], [0.25]
    end
    set :key, 3
    puts get[:key], rand_i(8), knit(1, 2, 3, 4).to_a, ring(1, 2).shuffle
    with_synth(:tb303) { with_random_seed(3) { play 40, cutoff: rrand(60, 120), res: 0.8 } }
    time_warp(0.1) { sample :drum_cymbal_soft }
    sleep 2
  RUBY
end
