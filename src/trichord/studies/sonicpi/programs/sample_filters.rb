# Which file a name, a pattern, a number or a function picks, and what is known of it.
dir = sample_paths(:bd_haus)[0].sub("bd_haus.flac", "")

sample dir, "bd_", 2
sleep 0.5
sample dir, /tabla_t/, 4, amp: 0.5
sleep 0.5
sample dir, :elec_plip
sleep 0.5
sample dir, "drum", "hard", 1
sleep 0.5
sample dir, "perc", (lambda { |c| [c[2]] })
sleep 0.5
6.times do
  sample dir, "glitch_perc", tick, amp: 0.4
  sleep 0.25
end
sample sample_names(:bass)[3]
sleep 0.5
sample [:sn_dub, :sn_zome].choose
sleep 0.5
sample :misc_crow, {rate: 1.5, amp: 0.5}, release: 0.2
sleep 0.5
sample dir, "nothing_like_this"
sleep 0.5

puts sample_groups
puts sample_names(:vinyl)
puts all_sample_names.size
puts sample_paths(dir, "ambi_").size
puts sample_info(:loop_breakbeat).to_i > 0
puts sample_loaded?(:vinyl_hiss)
load_sample :vinyl_hiss
puts sample_loaded?(:vinyl_hiss)
load_samples :vinyl_scratch, :vinyl_rewind
load_samples dir, "sn_"
sample :vinyl_scratch
sleep 1
sample_free :vinyl_scratch
puts sample_loaded?(:vinyl_scratch)
sample :vinyl_scratch, rate: 0.5
sleep 1
b = sample_buffer(:loop_safari)
puts b.duration, b.num_frames, b.num_chans, b.sample_rate
sample b, start: 0.5
sleep 1
sample_free_all
puts sample_loaded?(:bd_haus)
use_sample_bpm :loop_amen
puts current_bpm
sample :loop_amen
sleep 0.5
with_sample_bpm :loop_mika, num_beats: 8 do
  puts current_bpm
  sample :loop_mika
  sleep 2
end
use_sample_bpm :loop_compus, num_beats: 16
sample :loop_compus, rate: 1
sleep 4
play 60
