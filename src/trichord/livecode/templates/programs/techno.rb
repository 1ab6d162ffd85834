# Gate Nine
# Genre: techno
# Kick, rumble and one minor chord whose filter is opened by hand over sixteen bars.

use_bpm 130
use_random_seed 909

live_loop :kick do
  sample :bd_haus, amp: 2, cutoff: 110
  sleep 1
end

with_fx :lpf, cutoff: 62 do
  with_fx :reverb, room: 1, mix: 0.9 do
    live_loop :rumble, sync: :kick do
      3.times do
        sleep 0.25
        sample :bd_haus, amp: 0.6, rate: 0.8, cutoff: 70
      end
      sleep 0.25
    end
  end
end

live_loop :hats, sync: :kick do
  sleep 0.5
  sample :drum_cymbal_open, amp: 0.6, sustain: 0.05, release: 0.1
  sleep 0.25
  sample :drum_cymbal_closed, amp: 0.5 if one_in(2)
  sleep 0.25
end

with_fx :echo, phase: 0.75, decay: 3, mix: 0.35 do
  live_loop :stab, sync: :kick do
    use_synth :dsaw
    hits = (bools 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0)
    open = (line 62, 108, steps: 64).mirror
    play chord(:fs3, :minor), release: 0.18, cutoff: open.look, res: 0.4, amp: 1.1 if hits.tick
    sleep 0.25
  end
end

live_loop :clap, sync: :kick do
  sleep 1
  with_fx :reverb, mix: 0.3 do
    sample :sn_zome, amp: 0.5, rate: 1.3, finish: 0.6
  end
  sleep 1
end
