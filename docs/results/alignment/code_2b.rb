use_bpm 125

define :kit_bar do
  at [0, 0.5, 1, 1.5, 2] do
    sample :bd_pure, amp: 1.8, rate: 0.9
  end
  at [1, 1.5, 3] do
    sample :elec_mid_snare, amp: 1.5, rate: 1.1
  end
  sleep 4
end

## Bassline
define :riff_bass do
  with_synth :tb303 do
    play (ring :d2, :a2, :d2, :d2, :d2, :d2, :d2, :f2).tick, amp: 0.9, res: 0.8, release: 0.2, cutoff: rrand(60, 100)
    sleep 0.25
  end
end

live_loop :groove do
  kit_bar
end

# atmosphere
with_fx :nrbpf, centre: 80, res: 0.4, mix: 0.5 do
  live_loop :noise do
    sample :guit_e_fifths, amp: 1, rpitch: -2
    sleep 4
  end
end

with_fx :wobble, phase: 2, mix: 0.5 do
  with_fx :krush, gain: 3, mix: 0.3 do
    live_loop :bassline do
      riff_bass
    end
  end
end
