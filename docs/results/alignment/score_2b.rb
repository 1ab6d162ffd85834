use_bpm 170
use_random_seed 54858

progression = ring(chord(60, :major), chord(65, :major))

with_fx :echo, phase: 0.5, decay: 4, mix: 0.4 do
  live_loop :a1 do
    use_synth :pulse
    progression.each do |c|
      c.reflect.each do |n|
        play n, pulse_width: 0.4, release: 0.2, cutoff: ring(85, 90, 85, 85).choose, amp: ring(0.5, 0.3, 0.2, 0.4).choose
        sleep 0.5
      end
    end
  end

  live_loop :m1 do
    use_synth :piano
    play 76, hard: 0.5, release: 0.4, amp: 0.7
    sleep 0.25

    play 71, hard: 0.5, release: 0.4, amp: 0.7
    sleep 0.25

    play 72, hard: 0.5, release: 0.4, amp: 0.7
    sleep 0.25

    play 74, hard: 0.5, release: 0.4, amp: 0.7
    sleep 0.25
    if spread(3, 8).choose
      play 72, hard: 0.5, release: 0.4, amp: 0.7
      sleep 0.5
    else
      play 79, hard: 0.5, release: 0.4, amp: 0.7
      sleep 0.5
    end
  end
end
