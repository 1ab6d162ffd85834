use_bpm 125

# sampled drums
define :break_bar do |n|
  n.times do
    2.times do
      if one_in(2)
        sample :loop_amen, amp: 1.2, beat_stretch: 4, num_slices: 8, slice: pick
      end
      sleep 0.5
    end
    sleep 2
  end
end

changes = [chord(:b1, :m7), chord(:e2, :dom7), chord(:b1, :m7), chord(:a1, :major7)].ring
define :bass_line do |shift|
  with_transpose shift do
    with_synth :subpulse do
      ch = changes.tick
      4.times do
        play ch.shuffle[0], amp: (look % 3 == 0 ? 1.5 : 0.8), release: 0.7
        sleep 1
      end
    end
  end
end

live_loop :one do
  break_bar 4
end

with_fx :compressor, threshold: 0.1, slope_above: 0.3 do
  live_loop :baz do
    bass_line 0
  end
end

# atmosphere
with_fx :reverb, room: 0.9, mix_slide: 4 do |effect|
  live_loop :move_reverb do
    control effect, mix: [0, 0.7].choose
    sleep 4
  end

  with_fx :echo, phase: 0.375, decay: 4, mix: 0.25 do
    live_loop :loop1 do
      sample :bass_hard_c, amp: 0.9, rpitch: 6, attack: 0.1, release: 0.5
      sleep 4
    end
  end
end
