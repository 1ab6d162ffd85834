# frozen_string_literal: true

module Trichord
  # A compiled synth definition (the SCgf format of scsynth, versions 1 and 2), read for one purpose:
  # to know when a synth frees itself. `with_fx` waits for that before it takes its effect down, and
  # a score gets no answers, so the end of each synth is foretold from its unit generators.
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
      @units = Array.new(count) { unit }
      @ending = @units.select { |u| ENDINGS.key?(u.name) }
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
      return nil if @ending.empty?

      values = @initial.dup
      arguments.each { |name, value| (i = @parameters[name]) && values[i] = value.to_f }
      scalars = Scalars.new(@units, @constants, values, buffers)
      times = @ending.map { |u| send(ENDINGS[u.name], u, scalars) }
      times.select { |t| t&.finite? }.min
    end

    # A whole synth ends with the unit that has this done action ("free the enclosing synth").
    FREE_SELF = 2.0
    # Which method tells the time of a unit that can end a synth.
    ENDINGS = {
      'EnvGen' => :envelope_end, 'Line' => :line_end, 'XLine' => :line_end,
      'DetectSilence' => :silence_end
    }.freeze

    private

    # Inputs: gate, levelScale, levelBias, timeScale, doneAction, then the envelope: first level,
    # number of segments, release and loop node, and four numbers for each segment.
    def envelope_end(unit, scalars)
      return nil unless scalars[unit.inputs[4]] == FREE_SELF

      segments = scalars[unit.inputs[6]].to_i
      times = Array.new(segments) { |i| scalars[unit.inputs[10 + 4 * i]] }
      return nil unless times.all?

      times.sum { |t| [t, 0].max } * (scalars[unit.inputs[3]] || 1)
    end

    # Inputs: start, end, duration, doneAction.
    def line_end(unit, scalars)
      scalars[unit.inputs[2]] if scalars[unit.inputs[3]] == FREE_SELF
    end

    # Inputs: signal, threshold, time, doneAction. The sound decides; the synth's own envelope,
    # where it has one, is a fair guess, and the silence must last for 0.1 s.
    def silence_end(unit, scalars)
      return nil unless scalars[unit.inputs[3]] == FREE_SELF

      stages = %w[attack decay sustain release].map { |name| @parameters[name] }
      stages.compact.sum { |index| scalars.values[index] } + 0.1
    end

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

  # The values of a definition's units that do not change while a synth sounds: constants,
  # parameters, arithmetic on them, the length of a buffer. Anything else is nil.
  class Scalars
    attr_reader :values

    def initialize(units, constants, values, buffers)
      @units = units
      @constants = constants
      @values = values
      @buffers = buffers
    end

    # The value at an input: [unit, output], where unit -1 stands for the constants.
    def [](source)
      index, output = source
      return @constants[output] if index.negative?

      unit = @units[index]
      case unit.name
      when 'Control', 'TrigControl', 'LagControl', 'AudioControl' then @values[unit.special + output]
      when 'BinaryOpUGen' then binary(unit)
      when 'UnaryOpUGen' then unary(unit)
      when 'MulAdd' then mul_add(unit)
      when 'Select' then select(unit)
      when 'BufDur' then buffer(unit) { |frames, _, rate| frames.to_f / rate }
      when 'BufFrames' then buffer(unit) { |frames, _, _| frames.to_f }
      end
    end

    private

    # The numbers of the operators are those of SuperCollider's `Opcodes.h`.
    def binary(unit)
      a = self[unit.inputs[0]]
      b = self[unit.inputs[1]]
      return nil unless a && b

      case unit.special
      when 0 then a + b
      when 1 then a - b
      when 2 then a * b
      when 4 then b.zero? ? nil : a / b
      when 12 then [a, b].min
      when 13 then [a, b].max
      when 38 then (a - b).abs
      else comparison(unit.special, a, b)
      end
    end

    def comparison(operator, left, right)
      holds = case operator
              when 6 then left == right
              when 7 then left != right
              when 8 then left < right
              when 9 then left > right
              when 10 then left <= right
              when 11 then left >= right
              else return nil
              end
      holds ? 1.0 : 0.0
    end

    def unary(unit)
      a = self[unit.inputs[0]]
      return nil unless a

      case unit.special
      when 0 then -a
      when 5 then a.abs
      when 16 then a.zero? ? nil : 1 / a
      end
    end

    def mul_add(unit)
      a, factor, summand = unit.inputs.map { |source| self[source] }
      a * factor + summand if a && factor && summand
    end

    def select(unit)
      which = self[unit.inputs[0]]
      # Sonic Pi gives Integer#clamp another meaning, so it is not to be had here.
      self[unit.inputs[1 + [[which.to_i, 0].max, unit.inputs.size - 2].min]] if which
    end

    def buffer(unit)
      number = self[unit.inputs[0]]
      info = number && @buffers[number.to_i]
      yield(*info) if info
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

    def [](name)
      @read.fetch(name) { @read[name] = (file = path(name)) && SynthDef.read(file) }
    end
  end
end
