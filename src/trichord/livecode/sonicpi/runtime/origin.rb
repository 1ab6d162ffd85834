# frozen_string_literal: true

require_relative 'threads'

module Trichord
  # Which thread of the user's program is at work, at which beat, and on which line.
  module Origin
    # What Ruby calls the user's program in backtraces.
    PROGRAM = 'program'
    # A stack is searched in two steps, as far as Sonic Pi's own functions lie above the program's
    # line: most of the time the first is enough, and each frame costs.
    STEPS = [[3, 14], [17, 30]].freeze
    # Where a thread that Sonic Pi starts for the user finds the line and the name it goes by.
    LINE = :trichord_line
    NAME = :trichord_name

    class << self
      # [thread, beat, line] of the running code; each is nil where it is nobody's.
      def here
        locals = SonicPi::Thread.current.system_locals
        return [nil, nil, nil] unless locals

        [locals.get(NAME), locals.get(:sonic_pi_spider_beat), line || locals.get(LINE)]
      end

      # The line of the program that is being evaluated, or nil.
      def line
        STEPS.each do |start, count|
          frames = caller_locations(start, count) or return nil
          frames.each { |frame| return frame.lineno if frame.path == PROGRAM }
        end
        nil
      end

      # The line at which an exception left the program, or nil.
      def line_of(exception)
        exception.backtrace_locations&.each { |l| return l.lineno if l.path == PROGRAM }
        exception.backtrace&.each { |text| return $1.to_i if text =~ /\A#{PROGRAM}:(\d+)/o }
        nil
      end
    end
  end
end
