# What speaks to other machines makes no sound here and takes no time.
in_thread do
  with_merged_midi_defaults(channel: 4) { midi :c2 }
  use_merged_midi_defaults velocity: 90
  midi :d2
end
use_midi_defaults channel: 3, port: "*"
puts current_midi_defaults.inspect
use_midi_logging false
with_midi_defaults(velocity: 0.5) { midi :e3 }
begin
  use_merged_midi_defaults velocity: 90
rescue ArgumentError => e
  puts e.message  # 3.2.2 itself fails here on Ruby 3
end
begin
  with_merged_midi_defaults(channel: 4) { midi_note_on :c4 }
rescue ArgumentError => e
  puts e.message
end
with_midi_logging(true) { midi 60, sustain: 0.5 }
play 60
sleep 0.5
midi_note_on 64, 100
midi_note_off 64
midi_cc 10, 64
midi_cc :modulation, value_f: 0.5 rescue puts "cc"
midi_pitch_bend 0.7
midi_channel_pressure 50
midi_poly_pressure :e3, 40
midi_pc 5
midi_raw 176, 1, 2
midi_sysex 0xf0, 0x7d, 0x01, 0xf7
play 62
sleep 0.5
midi_sound_off
midi_reset
midi_local_control_off
midi_local_control_on
midi_mode :poly
midi_all_notes_off
midi_clock_tick
midi_start
midi_stop
midi_continue
midi_clock_beat
play 64
sleep 0.5
use_osc "localhost", 7000
osc "/trigger", 1, 2.5, "three"
with_osc("localhost", 7001) { osc "/other" }
use_osc_logging false
with_osc_logging(true) { osc_send "localhost", 7002, "/direct", 1 }
play 65
sleep 0.5
live_loop :clocked do
  midi_clock_beat
  play (ring 60, 67, 72).tick, release: 0.2
  midi (ring 60, 67, 72).look, sustain: 0.1
  sleep 1
end
