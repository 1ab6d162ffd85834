use_bpm 125

with_fx :ring_mod, freq: 30, mix: 0.3 do
  live_loop :harmony do
    synth :piano, amp: (one_in(3) ? 1 : 0.6), note: [59, 63, 66], vel: 0.2, release: 3.5
    sleep 4
    synth :piano, amp: (one_in(3) ? 1 : 0.6), note: chord(56, :minor), vel: 0.2, release: 3.5
    sleep 4
  end
end
