use_bpm 71

define :verse do
  4.times do
    with_synth :subpulse do
      use_synth_defaults pulse_width: 0.3, sustain: 0.5, release: 0.3
      line_notes = [69, 73, 76, 71, 75, 78, 69]
      lengths = [0.75, 0.75, 0.5, 2, 0.25, 0.25, 0.5]
      line_notes.zip(lengths).each do |n, d|
        play n, cutoff: rrand(80, 110), amp: (ring 1, 0.4, 0.4).choose
        sleep d
      end
    end
  end
end

in_thread do
  loop do
    verse
  end
end

live_loop :melody do
  with_transpose 12 do
    verse
  end
end

live_loop :drone do
  with_fx :gverb, room: 5, release: 5, mix: 0.35 do
    with_fx :reverb, room: 0.95 do
      with_synth :fm do
        3.times do
          play 45 + rrand(-0.1, 0.1), attack: 2.5, sustain: 7, release: 5, pan: [-0.5, 0.5].choose, amp: 0.3
        end
        sleep 10
      end
    end
  end
end

live_loop :drums do
  if one_in(4)
    2.times do
      sample :tabla_te_ne, rate: 0.9, amp: 0.9
      sleep 2.5
    end
  else
    sample :tabla_ghe1, amp: 2.2
    sleep 2.5
    sample :tabla_tas2, amp: 1.4
    sleep 2.5
  end
end
