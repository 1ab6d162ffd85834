# frozen_string_literal: true

module Trichord
  # The value of an input of a unit generator, where it does not change while the synth sounds:
  # constants, parameters, arithmetic on them, the length of a buffer. Each input is compiled once,
  # to a function of a synth's parameters and of the server's buffers; anything else is nil.
  class Scalars
    CONTROLS = %w[AudioControl Control LagControl TrigControl].freeze
    UNKNOWN = ->(_values, _buffers) {}

    # The numbers of the operators are those of SuperCollider's `Opcodes.h`.
    BINARY = {
      0 => ->(a, b) { a + b },
      1 => ->(a, b) { a - b },
      2 => ->(a, b) { a * b },
      4 => ->(a, b) { b.zero? ? nil : a / b },
      6 => ->(a, b) { a == b ? 1.0 : 0.0 },
      7 => ->(a, b) { a == b ? 0.0 : 1.0 },
      8 => ->(a, b) { a < b ? 1.0 : 0.0 },
      9 => ->(a, b) { a > b ? 1.0 : 0.0 },
      10 => ->(a, b) { a <= b ? 1.0 : 0.0 },
      11 => ->(a, b) { a >= b ? 1.0 : 0.0 },
      12 => ->(a, b) { a < b ? a : b },
      13 => ->(a, b) { a > b ? a : b },
      38 => ->(a, b) { (a - b).abs }
    }.freeze
    UNARY = {
      0 => ->(a) { -a },
      5 => ->(a) { a.abs },
      16 => ->(a) { a.zero? ? nil : 1 / a }
    }.freeze

    def initialize(units, constants)
      @units = units
      @constants = constants
      @compiled = {}
    end

    # The function of an input: [unit, output], where unit -1 stands for the constants.
    def [](source)
      @compiled[source] ||= compile(*source)
    end

    private

    def compile(index, output)
      return constant(@constants[output]) if index.negative?

      unit = @units[index]
      case unit.name
      when *CONTROLS then parameter(unit.special + output)
      when 'BinaryOpUGen' then operation(BINARY[unit.special], unit)
      when 'UnaryOpUGen' then operation(UNARY[unit.special], unit)
      when 'MulAdd' then operation(->(a, factor, summand) { a * factor + summand }, unit)
      when 'Select' then selection(unit)
      when 'BufDur' then buffer(unit) { |frames, _, rate| frames.to_f / rate }
      when 'BufFrames' then buffer(unit) { |frames, _, _| frames.to_f }
      else UNKNOWN
      end
    end

    def constant(value)
      ->(_values, _buffers) { value }
    end

    def parameter(place)
      ->(values, _buffers) { values[place] }
    end

    def operation(operator, unit)
      inputs = unit.inputs.map { |source| self[source] }
      return UNKNOWN if operator.nil? || inputs.include?(UNKNOWN)

      lambda do |values, buffers|
        numbers = inputs.map { |input| input.call(values, buffers) || (return nil) }
        operator.call(*numbers)
      end
    end

    def selection(unit)
      which, *choices = unit.inputs.map { |source| self[source] }
      lambda do |values, buffers|
        place = which.call(values, buffers) or return nil
        # Sonic Pi gives Integer#clamp another meaning, so it is not to be had here.
        choices[[[place.to_i, 0].max, choices.size - 1].min].call(values, buffers)
      end
    end

    def buffer(unit, &size)
      number = self[unit.inputs[0]]
      lambda do |values, buffers|
        found = number.call(values, buffers) or return nil
        info = buffers[found.to_i] and size.call(*info)
      end
    end
  end

  # When a synth frees itself, as its definition's units tell: compiled once for a definition.
  class Lifetime
    # A whole synth ends with the unit that has this done action ("free the enclosing synth").
    FREE_SELF = 2.0
    # Which method tells the time of a unit that can end a synth.
    ENDINGS = {
      'EnvGen' => :envelope_end, 'Line' => :line_end, 'XLine' => :line_end,
      'DetectSilence' => :silence_end
    }.freeze

    # `parameters` maps the name of each parameter to its place among the values.
    def initialize(units, constants, parameters)
      @scalars = Scalars.new(units, constants)
      @parameters = parameters
      @endings = units.select { |u| ENDINGS.key?(u.name) }.map { |u| send(ENDINGS[u.name], u) }
    end

    # Seconds until a synth with these values of its parameters frees itself, or nil where that
    # depends on the sound or never happens.
    def seconds(values, buffers)
      earliest = nil
      @endings.each do |ending|
        time = ending.call(values, buffers)
        earliest = time if time&.finite? && (earliest.nil? || time < earliest)
      end
      earliest
    end

    private

    # Inputs: gate, levelScale, levelBias, timeScale, doneAction, then the envelope: first level,
    # number of segments, release and loop node, and four numbers for each segment.
    def envelope_end(unit)
      inputs = unit.inputs.map { |source| @scalars[source] }
      scale, action, count = inputs.values_at(3, 4, 6)
      lambda do |values, buffers|
        return nil unless action.call(values, buffers) == FREE_SELF

        total = 0
        count.call(values, buffers).to_i.times do |i|
          time = inputs[10 + 4 * i].call(values, buffers) or return nil
          total += time if time.positive?
        end
        total * (scale.call(values, buffers) || 1)
      end
    end

    # Inputs: start, end, duration, doneAction.
    def line_end(unit)
      duration, action = unit.inputs.values_at(2, 3).map { |source| @scalars[source] }
      ->(v, b) { duration.call(v, b) if action.call(v, b) == FREE_SELF }
    end

    # Inputs: signal, threshold, time, doneAction. The sound decides; the synth's own envelope,
    # where it has one, is a fair guess, and the silence must last for 0.1 s.
    def silence_end(unit)
      action = @scalars[unit.inputs[3]]
      stages = @parameters.values_at('attack', 'decay', 'sustain', 'release').compact
      ->(v, b) { stages.sum { |place| v[place] } + 0.1 if action.call(v, b) == FREE_SELF }
    end
  end
end
