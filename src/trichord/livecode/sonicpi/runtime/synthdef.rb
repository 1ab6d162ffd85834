# frozen_string_literal: true

require_relative 'lifetime'

module Trichord
  # A compiled synth definition (the SCgf format of scsynth, versions 1 and 2), read mainly to know
  # when a synth frees itself. `with_fx` waits for that before it takes its effect down, and a score
  # gets no answers, so the end of each synth is foretold from its unit generators (lifetime.rb).
  #
  # Format: "Synth Definition File Format" in SuperCollider's reference.
  class SynthDef
    Unit = Struct.new(:name, :special, :inputs)

    attr_reader :parameters

    def self.read(path)
      new(File.binread(path))
    end

    # Takes the bytes of a file; of several definitions in it, Sonic Pi's own files hold just one.
    def initialize(bytes)
      @bytes = bytes
      @position = 4
      @wide = integer == 2
      skip(2)
      string
      @constants = Array.new(count) { number }
      @initial = Array.new(count) { number }
      @parameters = Array.new(count) { [string, count] }.to_h
      @lifetime = Lifetime.new(Array.new(count) { unit }, @constants, @parameters)
      @bytes = nil
    end

    # The default value of each named parameter.
    def defaults
      @parameters.transform_values { |index| @initial[index] }
    end

    # Seconds until a synth with these `arguments` (name => value) frees itself, or nil where that
    # depends on the sound or never happens. `buffers` maps a buffer's number to its
    # [frames, channels, rate].
    def lifetime(arguments, buffers)
      values = @initial.dup
      arguments.each { |name, value| (i = @parameters[name]) && values[i] = value.to_f }
      @lifetime.seconds(values, buffers)
    end

    private

    def unit
      name = string
      skip(1)
      inputs = count
      outputs = count
      special = take(2, 's>')
      sources = Array.new(inputs) { [count, count] }
      skip(outputs)
      Unit.new(name, special, sources)
    end

    def count
      @wide ? take(4, 'l>') : take(2, 's>')
    end

    def integer
      take(4, 'l>')
    end

    def number
      take(4, 'g')
    end

    def string
      length = @bytes.getbyte(@position)
      skip(1 + length)
      @bytes[@position - length, length]
    end

    def take(size, format)
      skip(size)
      @bytes[@position - size, size].unpack1(format)
    end

    def skip(size)
      @position += size
    end
  end

  # Every definition in the folders that were loaded; a later folder wins over an earlier one.
  class SynthDefs
    def initialize
      @folders = []
      @read = {}
    end

    def load(folder)
      @folders.delete(folder)
      @folders.unshift(folder)
      @read.clear
    end

    # Loads a folder whose definitions count only where no other has that name.
    def append(folder)
      @folders << folder unless @folders.include?(folder)
      @read.clear
    end

    # The compiled file of a name, or nil.
    def path(name)
      @folders.each do |folder|
        path = File.join(folder, "#{name}.scsyndef")
        return path if File.exist?(path)
      end
      nil
    end

    # Reads every definition now, rather than in each process that needs it.
    def preload
      @folders.each do |folder|
        Dir.glob('*.scsyndef', base: folder).each { |file| self[File.basename(file, '.scsyndef')] }
      end
    end

    def [](name)
      @read.fetch(name) { @read[name] = (file = path(name)) && SynthDef.read(file) }
    end
  end
end
