# Twelve loops that strike together, with effects that come and go: order within an instant.
12.times do |k|
  live_loop :"voice_#{k}" do
    with_fx :bitcrusher, bits: 4 + k, mix: 0.2 do
      with_fx [:reverb, :echo, :lpf, :hpf][k % 4] do |fx|
        s = synth [:saw, :tri, :pulse, :fm][k % 4], note: scale(:c2, :dorian, num_octaves: 3)[k],
          release: 0.3, amp: 0.2, pan: k / 6.0 - 1
        control s, note: 60 + k if k.even?
        control fx, mix: rrand(0.2, 0.8)
        sleep 0.5
      end
    end
    sample [:drum_tom_lo_soft, :drum_tom_hi_soft].choose, amp: 0.2 if one_in(3)
    sleep 0.5
  end
end
