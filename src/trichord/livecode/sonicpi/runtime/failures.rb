# frozen_string_literal: true

require_relative 'origin'
require_relative 'transcript'

module Trichord
  # An exception that ended a thread of the program, in one line for the reader of the program.
  module Failures
    # Characters of a message; Ruby likes to print whole objects.
    LONGEST = 300
    MEMORY = 'the program needs more memory than it may have: raise the limit memory_bytes'

    class << self
      def record(exception, thread)
        case exception
        when SyntaxError then record_syntax(exception, thread)
        when NoMemoryError then record_memory(exception, thread)
        else
          Transcript.error('runtime', message(exception), line: Origin.line_of(exception),
                                                          thread: thread)
        end
      end

      private

      # Ruby says "program:3: syntax error, …", then the line itself and a caret below the place.
      def record_syntax(exception, thread)
        head, source, pointer = exception.message.lines.map(&:chomp)
        line, text = head.to_s.match(/\A#{Origin::PROGRAM}:(\d+): (.*)/o)&.captures
        column = pointer[/\A *\^/]&.size if pointer && source && !source.start_with?('...')
        Transcript.error('syntax', one_line(text || exception.message),
                         line: line&.to_i, column: column, thread: thread)
      end

      def record_memory(exception, thread)
        Transcript.error('limit', MEMORY, line: Origin.line_of(exception), thread: thread)
      end

      def message(exception)
        case exception
        when NameError then missing(exception)
        when SystemStackError then 'SystemStackError: the program calls itself too deeply'
        else unknown(exception.message) || plain(exception)
        end
      end

      # Ruby prints the whole object that lacks a method; of a large one, its class must do.
      def lacking(exception)
        return nil if exception.message.size < LONGEST

        name = exception.receiver.class.name
        "#{exception.class}: undefined method '#{exception.name}' for an object of class #{name}"
      end

      # Newer synths and effects, too.
      def unknown(message)
        found = message.match(/\AUnknown (synth|FX) (\S+)\z/) or return nil
        "Sonic Pi #{Trichord.version} has no #{found[1]} #{found[2]}"
      end

      def plain(exception)
        "#{exception.class.name.to_s.split('::').last}: #{one_line(exception.message)}"
      end

      # A program for another version of Sonic Pi fails like this.
      def missing(exception)
        if exception.receiver.equal?(Trichord.runtime) && exception.name
          "Sonic Pi #{Trichord.version} has no function or variable named '#{exception.name}'" +
            suggestion(exception)
        else
          lacking(exception) || plain(exception)
        end
      rescue ArgumentError # an exception that the program raised itself has no receiver
        plain(exception)
      end

      # Ruby looks for names that are spelt alike.
      def suggestion(exception)
        name = exception.corrections.first if exception.respond_to?(:corrections)
        name ? "; did you mean '#{name}'?" : ''
      end

      def one_line(text)
        text = Transcript.without_addresses(text.to_s.scrub('?'))
        line = text.split(/\s*\n\s*/).reject(&:empty?).join('; ')
        line.size > LONGEST ? "#{line[0, LONGEST]} …" : line
      end
    end
  end
end
