# Last Table
# Genre: tango
# Three, three, two in the left hand, sighs in the strings; the violin slides into every first note.

use_bpm 118

changes = [[:d3, :minor], [:d3, :minor], [:a2, '7'], [:d3, :minor],
           [:g2, :minor], [:d3, :minor], [:a2, '7'], [:d3, :minor]].ring
phrases = [
  [[:d5, 1.5], [:e5, 0.5], [:f5, 1], [:a5, 1]], [[:a5, 3], [:g5, 0.5], [:f5, 0.5]],
  [[:e5, 1.5], [:cs5, 0.5], [:bb4, 2]], [[:a4, 3], [:r, 1]],
  [[:bb4, 1], [:d5, 1], [:g5, 2]], [[:f5, 1.5], [:e5, 0.5], [:d5, 2]],
  [[:cs5, 1], [:e5, 1], [:g5, 1], [:cs5, 1]], [[:d5, 3], [:r, 1]]
].ring

live_loop :piano do
  use_synth :piano
  root, kind = changes.tick
  notes = chord(root, kind)
  [[0, 1.5], [1, 1.5], [2, 1]].each do |i, beats|
    play note(root) - 12, vel: 0.4, sustain: 0.1, release: 0.3, amp: 0.25 unless i == 1
    play_chord notes.drop(1) + 12, vel: 0.3, sustain: 0.05, release: 0.2, amp: 0.12
    sleep beats
  end
end

with_fx :reverb, room: 0.7, mix: 0.35 do
  live_loop :violin do
    use_synth :blade
    phrases.tick.each_with_index do |(n, beats), i|
      if i == 0
        bow = play note(n) - 1, attack: 0.08, sustain: beats * 0.5, release: 0.3, note_slide: 0.12,
                                vibrato_rate: 6, vibrato_depth: 0.1, amp: 0.9
        control bow, note: n
      else
        play n, attack: 0.05, sustain: beats * 0.4, release: 0.25, vibrato_depth: 0.08, amp: 0.75
      end
      sleep beats
    end
  end

  live_loop :strings do
    root, kind = changes.tick
    play chord(root, kind) + 12, attack: 0.6, sustain: 2.4, release: 1, amp: 0.2
    sleep 4
  end
end

live_loop :scrape do
  sleep 3.5
  synth :cnoise, attack: 0.2, release: 0.06, cutoff: 118, amp: 0.12
  sleep 0.5
end
