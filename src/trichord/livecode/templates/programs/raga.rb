# Before Sunrise
# Genre: raga-like improvisation
# A voice walks by steps on bhairav, rests on the tonic and the fifth; tanpura and tabla hold time.

use_bpm 84
use_random_seed 16

tones = (scale :d4, :bhairav, num_octaves: 2)
place = 7

live_loop :tanpura do
  [:a2, :d3, :d3, :d2].each do |n|
    synth :pluck, note: n, release: 4, coef: 0.05, amp: 0.7, pan: -0.3
    sleep 1
  end
end

with_fx :reverb, room: 0.7, mix: 0.35 do
  live_loop :voice do
    use_synth :blade
    place += [-2, -1, -1, 0, 1, 1, 2].choose
    place = 7 unless place.between?(2, 13)
    at_rest = [0, 4, 7, 11, 14].include?(place)
    length = at_rest ? [1, 1.5, 2].choose : [0.25, 0.5, 0.5, 0.75].choose
    from = tones[place + [-1, 1].choose]
    sung = play from, attack: 0.05, sustain: length * 0.7, release: 0.3, note_slide: 0.1,
                      vibrato_rate: 5, vibrato_depth: 0.12, cutoff: 95, amp: 0.9
    control sung, note: tones[place]
    sleep length
    sleep 0.5 if at_rest
  end
end

live_loop :theka do
  bols = [:ghe3, :te1, :te2, :ghe3, :ghe3, :te1, :te2, :ghe3,
          :ghe3, :tas1, :tas2, :na, :na, :te1, :te2, :ghe3]
  bols.each_with_index do |bol, i|
    sample "tabla_#{bol}".to_sym, amp: i % 4 == 0 ? 1.1 : 0.7
    sleep 0.5
  end
end
