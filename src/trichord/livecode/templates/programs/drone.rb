# Standing Waves
# Genre: drone
# Six partials of one low string, in just intonation, each swelling in its own time.

root = 55.0
partials = [1, 2, 3, 4, 5, 7]

with_fx :reverb, room: 1, mix: 0.5 do
  partials.each_with_index do |n, i|
    in_thread do
      use_random_seed 40 + i
      place = (line -0.7, 0.7, steps: partials.length)[i]
      tone = synth :dsaw, note: hz_to_midi(root * n), sustain: 600, attack: 1, detune: 0.07,
                          amp: 0.2 / (i + 1), amp_slide: 3, cutoff: 70, cutoff_slide: 4, pan: place
      loop do
        control tone, amp: rrand(0.1, 0.7) / Math.sqrt(n), cutoff: rrand(62, 98)
        sleep rrand(2.5, 4.5)
      end
    end
  end
end

live_loop :breath do
  synth :cnoise, attack: 3, release: 4, cutoff: rrand(60, 80), amp: 0.12, pan: rrand(-0.5, 0.5)
  sleep 5
end
