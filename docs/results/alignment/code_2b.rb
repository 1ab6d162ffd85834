use_bpm 55

pool = scale(:fs4, :major, num_octaves: 2).drop(1)

define :verse do |shift|
  with_transpose shift do
    use_synth :beep
    use_synth_defaults release: 0.9
    lead_note = play :fs4, amp: (one_in(4) ? 1.3 : 0.8), sustain: 2, release: 1.0 / 2, note_slide: 0.1
    sleep 1.0 / 2
    3.times do
      control lead_note, note: scale(:fs4, :major).choose
      sleep 1.0 / 2
    end
    sleep 1
  end
end

with_fx :reverb, room: 0.9, mix: 0.9 do
  live_loop :chimes do
    use_synth :piano
    use_synth_defaults amp: 0.8, hard: 0.5, vel: 0.3, release: 1.5
    tick
    if spread(4, 7).look
      play pool.look
    else
      play pool.look
    end
    sleep 1.0 / 4
  end
end

with_fx :echo, phase: 3.0 / 4, decay: 3, mix: 0.5 do
  with_fx :distortion, distort: 0.4, mix: 0.5 do
    live_loop :melody do
      2.times do
        verse [0, 12].choose
      end
    end
  end
end

with_fx :echo, phase: 1.0 / 4, decay: 3, mix: 0.0 do
  live_loop :background do
    sample [:ambi_dark_woosh, :ambi_haunted_hum, :ambi_glass_rub].choose, amp: 1.2, rate: rrand(0.5, 1.5) if one_in(2)
    sleep 1
  end
end
