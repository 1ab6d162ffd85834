use_bpm 142

## low end
with_fx :distortion, amp: 0.5, distort: 0.3, mix: 0.5 do
  live_loop :ember do
    with_synth :tb303 do
      n = play :a1, amp: 1, wave: 2, release: 0.6, cutoff: rrand(60, 100), sustain: 3.2, note_slide: 0.25
      sleep 1
      control n, note: :c2
      sleep 1
    end
  end
end

sleep 4
live_loop :tide do
  with_transpose (ring 0, 0, 0, -12).tick(:t) do
    with_synth :supersaw do
      play (scale :a3, :minor).choose, amp: (ring 0.7, 0.6, 0.6, 0.4, 0.3, 0.3, 0.4, 0.6).tick, release: rrand(0.12, 0.3)
      sleep 0.25
    end
  end
end

sleep 4
in_thread do
  loop do
    with_fx :eq, low: -0.3, high: -0.3 do
      with_fx :hpf, cutoff: 60 do
        with_fx :distortion, amp: 0.4, distort: 0.3, mix: 0.7 do
          8.times do |i|
            if [0, 4].include?(i)
              sample :bd_haus, amp: 2.2
            end
            if [2, 6].include?(i)
              sample :sn_dub, amp: 1.3, rate: 1.1
            end
            if [4, 6, 7].include?(i)
              sample :drum_cymbal_pedal, amp: 0.6
            end
            sleep 0.5
          end
        end
      end
    end
  end
end
