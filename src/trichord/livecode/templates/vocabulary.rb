# Tells what the installed Sonic Pi knows: synths, effects and samples, with the limits of every
# argument as its own checks state them; chords and scales. JSON on stdout.
#
#     ruby vocabulary.rb /usr/lib/sonic-pi/app/server/ruby

require "json"

LIBRARY = File.join(ARGV.fetch(0), "lib", "sonicpi")
require File.join(LIBRARY, "synths", "synthinfo")
require File.join(LIBRARY, "scale")
require File.join(LIBRARY, "chord")

NUMBER = /-?\d+(?:\.\d+)?(?:e-?\d+)?/

# The sentence of one check, as bounds. What no bound can say ("must not be zero") is left out.
def bounds(sentence)
  first, second = sentence.scan(NUMBER).map(&:to_f)
  case sentence
  when /zero or greater/ then { low: 0 }
  when /greater than zero/ then { low: 0, low_open: true }
  when /between .* inclusively/ then { low: first, high: second }
  when /between .* exclusively/ then { low: first, high: second, low_open: true, high_open: true }
  when /less than or equal to/ then sentence.include?("added to") ? {} : { high: first }
  when /less than/ then { high: first, high_open: true }
  when /greater than or equal to/ then { low: first }
  when /greater than/ then { low: first, low_open: true }
  when /one of the following/ then { one_of: sentence.scan(NUMBER).map(&:to_f) }
  else {}
  end
end

def arguments(info)
  info.arg_info.map do |name, about|
    limits = (about[:constraints] || []).map { |sentence| bounds(sentence) }.reduce({}, :merge)
    [name, limits]
  end.to_h
end

Known = SonicPi::Synths::BaseInfo

puts JSON.generate(
  synths: Known.all_synths.map { |name| [name, arguments(Known.get_info(name))] }.to_h,
  effects: Known.all_fx.map { |name| [name, arguments(Known.get_info("fx_#{name}"))] }.to_h,
  sample: arguments(Known.get_info(:stereo_player)),
  samples: Known.all_samples,
  chords: SonicPi::Chord::CHORD.keys,
  scales: SonicPi::Scale::SCALE.map { |name, steps| [name, steps] }.to_h
)
