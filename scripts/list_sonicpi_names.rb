# frozen_string_literal: true

# Writes the names that the installed Sonic Pi holds, as JSON: the guard's table of functions,
# constants and variables. With a newer Sonic Pi, run it again and look at what changed:
#
#     ruby -W0 scripts/list_sonicpi_names.rb > src/trichord/livecode/sonicpi/guard/names.json
require 'json'
require 'tmpdir'

ROOT = ENV.fetch('SONIC_PI_RUBY', '/usr/lib/sonic-pi/app/server/ruby')
ANSWER = $stdout.dup
$stdout.reopen(File::NULL)
ENV['SONIC_PI_HOME'] = ENV['HOME'] = Dir.mktmpdir('names')

require_relative '../src/trichord/livecode/sonicpi/runtime/boot'
Trichord.boot(ROOT)

runtime = Trichord.runtime
language = SonicPi::Lang
documented = language::Core.docs.keys.map(&:to_s)

# Methods that a program could call without a receiver, as far as they look like names.
callable = (runtime.methods + runtime.private_methods).map(&:to_s)
machinery = (callable - documented).grep_v(/\A_|trichord|[^\w!?]|=\z|unmemoized/)

# Where Ruby looks for a constant that a program names.
places = [Object, SonicPi, SonicPi::Runtime, SonicPi::RuntimeMethods, SonicPiLang, language]
places += language.constants.map { |name| language.const_get(name) }.grep(Module)
constants = places.flat_map(&:constants).map(&:to_s) - %w[ROOT ANSWER]

# Variables of the object that programs are evaluated in.
files = Dir["#{ROOT}/lib/sonicpi/{runtime.rb,lang/*.rb}"]
fields = runtime.instance_variables.map(&:to_s)
fields += files.flat_map { |path| File.read(path).scan(/(?<![@\w])@[a-z_]\w*/) }

ANSWER.puts JSON.pretty_generate(
  functions: documented.uniq.sort,
  list_functions: language::Core.vec_fns.map { |function| function[:name].to_s }.sort,
  runtime: machinery.uniq.sort,
  constants: constants.uniq.sort,
  globals: global_variables.map(&:to_s).grep(/\A\$[A-Za-z_]/).sort,
  fields: fields.uniq.sort
)
ANSWER.flush
FileUtils.remove_entry(ENV.fetch('HOME'))
exit!(0)
