# frozen_string_literal: true

# Prints, as JSON, which functions the documentation of the installed Sonic Pi describes.
# Usage: ruby documentation.rb FOLDER_OF_THE_RUNTIME
root = ARGV.fetch(0)
require 'json'
require "#{root}/core.rb"
%w[studio server util osc/osc].each { |file| require "#{root}/lib/sonicpi/#{file}" }
include SonicPi::Util

%w[core sound midi minecraftpi].each { |part| require "#{root}/lib/sonicpi/lang/#{part}" }

lang = SonicPi::Lang
modules = {
  'core' => lang::Core, 'sound' => lang::Sound, 'midi' => lang::Midi, 'minecraft' => lang::Minecraft,
  'western theory' => lang::WesternTheory
}
functions = lang::Core.docs.reject { |_, doc| doc[:hide] }.keys.map do |name|
  part = modules.find { |_, code| code.method_defined?(name, false) }&.first
  { name: name, part: part || 'core' }
end
$stdout.puts JSON.generate(functions)
$stdout.flush
exit!(0)
