# Low Tide
# Genre: dub
# A one drop with room around it: every fourth chord is thrown into a long echo.

use_bpm 72

live_loop :tide do
  sleep 0.5
end

live_loop :drums, sync: :tide do
  sample :drum_cymbal_closed, amp: 0.3, rate: 1.2
  sleep 0.5
  sample :drum_cymbal_closed, amp: 0.15, finish: 0.4
  sleep 0.5
  sample :bd_klub, amp: 1.6, cutoff: 90
  sample :sn_dub, amp: 0.6, rate: 0.9
  sleep 0.5
  sample :drum_cymbal_closed, amp: 0.2, finish: 0.5
  sleep 0.5
end

live_loop :bass, sync: :tide do
  use_synth :subpulse
  use_synth_defaults release: 0.4, cutoff: 68, amp: 0.7, sub_amp: 1
  notes = (ring :a1, :r, :a1, :c2, :r, :e2, :d2, :r,
                :d2, :r, :a1, :g1, :r, :g1, :a1, :r)
  play notes.tick
  sleep 0.5
end

with_fx :reverb, room: 0.8, mix: 0.35 do
  with_fx :echo, phase: 0.75, decay: 6, mix: 0 do |e|
    live_loop :skank, sync: :tide do
      use_synth :saw
      throw = (tick % 4) == 3
      control e, mix: throw ? 0.6 : 0.1
      sleep 0.5
      changes = (knit (chord :a3, :minor), 4, (chord :d4, :minor), 4)
      play changes.look, attack: 0.01, release: 0.15, cutoff: 90, amp: 1
      sleep 0.5
    end
  end
end
