# Silver Box
# Genre: acid
# Sixteen steps with their own pitch, accent and slide, as the old sequencer had them.

use_bpm 126

pitches = (ring :a1, :a1, :a2, :c2, :a1, :g2, :a1, :e2, :a1, :a2, :a1, :bb1, :c2, :a1, :e2, :g1)
accents = (bools 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1)
slides  = (bools 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0)
rests   = (bools 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0)

with_fx :distortion, distort: 0.5, mix: 0.4, amp: 0.8 do
  live_loop :box do
    use_synth :tb303
    knob = 72 + 26 * Math.sin(tick(:knob) * 0.03)
    tick
    unless rests.look
      s = play note(pitches.look) + 12, wave: 0, attack: 0.005, sustain: slides.look ? 0.2 : 0.05, release: 0.12,
               cutoff: knob + (accents.look ? 18 : 0), res: accents.look ? 0.9 : 0.8, note_slide: 0.12,
               env_curve: 7, amp: accents.look ? 0.8 : 0.55
      control s, note: note(pitches[look + 1]) + 12 if slides.look
    end
    sleep 0.25
  end
end

live_loop :drums do
  sample :bd_808, amp: 2.4
  sleep 0.5
  sample :drum_cymbal_open, amp: 0.25, finish: 0.15
  sleep 0.5
end

live_loop :claps do
  sleep 1
  sample :elec_filt_snare, amp: 0.35
  sleep 0.75
  sample :elec_filt_snare, amp: 0.15 if one_in(3)
  sleep 0.25
end
