# frozen_string_literal: true

require_relative 'threads'

# `Time.now`, `Kernel.sleep` and `GC.start` as Sonic Pi's files and the user's program see them.
module SonicPi
  class Time < ::Time
    class << self
      def now
        seconds, nanoseconds = Trichord::Clock.now.divmod(1_000_000_000)
        at(Trichord::Clock::EPOCH + seconds, nanoseconds, :nsec)
      end

      def ===(other)
        ::Time === other # `case x when Time` means either
      end
    end
  end

  module Kernel
    # Sonic Pi sleeps this long before it reads the shared state, so that other threads which are
    # due at the same moment have written. Time stands still here until they have, and a
    # millisecond more would shift what `sync` and `get` then do.
    SETTLE = 0.001

    class << self
      def sleep(seconds = nil)
        thread = Thread.current
        return thread.park if seconds.nil?

        nanoseconds = seconds == SETTLE ? 1_000 : (seconds * 1e9).round
        thread.wait_until(Trichord::Clock.now + nanoseconds)
        seconds.round
      end

      def loop(&block)
        ::Kernel.loop(&block)
      end

      def method_missing(name, *args, &block)
        ::Kernel.send(name, *args, &block)
      end

      def respond_to_missing?(name, include_private = false)
        ::Kernel.respond_to?(name, include_private)
      end
    end
  end

  # Sonic Pi collects before each run, to be quiet while it plays; here that would only take time.
  module GC
    def self.start(*) = nil

    def self.compact(*) = nil
  end
end
