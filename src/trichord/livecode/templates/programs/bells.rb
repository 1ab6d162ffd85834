# Weather Vane
# Genre: generative bells
# Each note knows which notes may follow it; the wind, a slow sine, decides how fast they come.

use_random_seed 2718

after = {
  c: [:e, :g], d: [:e, :a], e: [:d, :g, :b], g: [:a, :e, :c], a: [:g, :d, :b], b: [:a, :e]
}
here = :e

with_fx :reverb, room: 0.95, mix: 0.5 do
  with_fx :ping_pong, phase: 0.35, feedback: 0.4, mix: 0.3 do
    live_loop :vane do
      here = after[here].choose
      wind = Math.sin(vt * 0.5) * 0.5 + 0.5
      octave = one_in(4) ? 6 : 5
      synth :pretty_bell, note: note(here, octave: octave), release: 1.5 + 2 * wind, amp: 0.3 + 0.3 * wind,
                          pan: rrand(-0.7, 0.7)
      sleep [0.2, 0.4, 0.4, 0.8].choose * (1.6 - wind)
    end
  end

  live_loop :tower do
    synth :dull_bell, note: (ring :c3, :a2, :e3, :g2).tick, attack: 0.01, release: 5, amp: 0.7
    sleep 4.5
  end

  live_loop :air do
    synth :hollow, note: (ring :g4, :e4, :b4).tick, attack: 2, release: 4, amp: 0.8
    sleep 6
  end
end
