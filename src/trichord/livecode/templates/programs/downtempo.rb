# Harbour Lights
# Genre: downtempo
# A sampled groove stretched to the bar, a sleepy pad that breathes, a bass that leaves gaps.

use_bpm 84

live_loop :groove do
  sample :loop_compus, beat_stretch: 8, amp: 1.8, hpf: 40, lpf: 115
  sleep 8
end

live_loop :kick do
  [1.5, 1, 1.5].each do |time|
    sample :bd_zum, amp: 1.4
    sleep time
  end
end

with_fx :reverb, room: 0.9, mix: 0.4 do
  with_fx :wobble, phase: 8, cutoff_min: 70, cutoff_max: 105, wave: 3, res: 0.3, mix: 0.7 do
    live_loop :pad do
      use_synth :blade
      changes = [[:d3, :m9], [:bb2, :maj9], [:g2, :m9], [:a2, '7sus4']]
      changes.each do |root, kind|
        play chord(root, kind), attack: 1, sustain: 5, release: 3, vibrato_depth: 0.05, amp: 0.9
        sleep 8
      end
    end
  end

  live_loop :keys do
    sleep 2
    use_synth :dull_bell
    notes = (ring :f5, :e5, :d5, :a4, :c5, :d5)
    3.times do
      play notes.tick, release: 2, amp: 0.22, pan: rrand(-0.5, 0.5)
      sleep [0.5, 0.75, 1].tick(:time)
    end
    sleep 3.75
  end
end

live_loop :bass do
  use_synth :subpulse
  root = note((ring :d2, :bb1, :g1, :a1).tick)
  play root, sustain: 1, release: 0.3, cutoff: 72, amp: 0.7
  sleep 2.5
  play root + 12, release: 0.2, cutoff: 80, amp: 0.5
  sleep 0.5
  play root + 7, sustain: 0.5, release: 0.3, cutoff: 72, amp: 0.6
  sleep 5
end
