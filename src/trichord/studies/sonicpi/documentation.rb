# frozen_string_literal: true

# Prints, as JSON, which functions the documentation of the installed Sonic Pi describes.
# Usage: ruby documentation.rb FOLDER_OF_THE_RUNTIME
root = ARGV.fetch(0)
require 'json'
require "#{root}/core.rb"
%w[studio server util osc/osc].each { |file| require "#{root}/lib/sonicpi/#{file}" }
include SonicPi::Util

parts = %i[core sound midi minecraftpi].to_h do |part|
  before = defined?(SonicPi::Lang::Core) ? SonicPi::Lang::Core.docs.keys : []
  require "#{root}/lib/sonicpi/lang/#{part}"
  [part, SonicPi::Lang::Core.docs.keys - before]
end

docs = SonicPi::Lang::Core.docs
functions = docs.reject { |_, doc| doc[:hide] }.map do |name, doc|
  part = parts.find { |_, names| names.include?(name) }&.first
  { name: name, part: part, summary: doc[:summary].to_s }
end
$stdout.puts JSON.generate(functions)
$stdout.flush
exit!(0)
