# frozen_string_literal: true

require_relative 'clock'
require_relative 'origin'

module Trichord
  # What a program says besides sound: printed lines, cues, errors, and notices of ours about what
  # cannot be had offline.
  module Transcript
    Print = Struct.new(:time, :thread, :text, :line)
    Cue = Struct.new(:time, :path, :arguments, :line)
    Failure = Struct.new(:time, :kind, :message, :line, :column, :thread)
    Notice = Struct.new(:message, :line)

    # A runaway loop would otherwise fill the memory with its own complaints.
    MOST_ERRORS = 100

    class << self
      attr_reader :prints, :cues, :errors
      # The most characters printed and the most cues, and what is called when there is one more.
      attr_accessor :print_limit, :cue_limit, :full

      def clear
        @prints = []
        @cues = []
        @errors = []
        @notices = {}
        @printed = 0
      end

      def print(time, thread, text)
        @printed += text.size
        @full.call("more than #{@print_limit} characters printed") if over?(@printed, @print_limit)
        @prints << Print.new(time, thread, without_addresses(text), Origin.here.last)
      end

      def cue(time, path, arguments)
        @full.call("more than #{@cue_limit} cues") if over?(@cues.size + 1, @cue_limit)
        @cues << Cue.new(time, path, arguments, Origin.here.last)
      end

      def error(kind, message, line: nil, column: nil, thread: nil)
        return if @errors.size >= MOST_ERRORS

        @errors << Failure.new(Clock.now, kind, message, line, column, thread)
      end

      # The same thing said twice, from another line or in a loop, is one notice.
      def notice(message)
        @notices[message] ||= Notice.new(message, Origin.line)
      end

      # Where an object lies in memory differs from run to run.
      def without_addresses(text)
        text.include?(':0x') ? text.gsub(/:0x\h{16}/, '') : text
      end

      def notices
        @notices.values
      end

      private

      def over?(count, limit)
        limit && count > limit
      end
    end

    clear
  end
end
