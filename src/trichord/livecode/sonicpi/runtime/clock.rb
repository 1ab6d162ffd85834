# frozen_string_literal: true

# A discrete-event clock: time stands still while anything is ready to run, and then jumps to the
# next moment at which something is due. Times are whole nanoseconds since the clock was started.
#
# What is due at one moment runs in the order in which it was scheduled, so a run is the same run
# every time.
module Trichord
  module Clock
    # The wall-clock time, in seconds since 1970, that Sonic Pi sees when the clock is at 0.
    EPOCH = 1_000_000_000

    @now = 0
    @ready = []
    # Sorted, the latest first: the next to come is at the end, where it is cheap to take.
    @later = []
    @stopped = false
    @limit = nil

    class << self
      attr_reader :now

      # Clock time of a moment that Sonic Pi gives as a Time or in seconds since 1970.
      def since_epoch(time)
        ((time.to_r - EPOCH) * 1_000_000_000).round
      end

      # Runs `block` at `time`, or as soon as possible where that is past.
      def at(time, &block)
        schedule(time, block, nil)
      end

      # Resumes `thread` at `time`, unless it has been resumed since it drew `token`.
      def wake(time, thread, token)
        schedule(time, thread, token)
      end

      # Lets time pass until `time` at once, if nothing else is due until then; false where
      # something is. A thread that would only switch away and back need not.
      def pass(time)
        return false unless @ready.empty? && !@stopped
        return false if @later.last && @later.last[0] <= time
        return false if @limit && time > @limit

        @now = time if time > @now
        true
      end

      # Starts again at zero, with nothing to do.
      def reset
        @now = 0
        @ready.clear
        @later.clear
      end

      # Runs what is due until `limit`, until nothing is left, or until `stop`.
      # Returns :limit, :idle or :stopped.
      def run(limit = nil)
        @limit = limit
        @stopped = false
        until @stopped
          return :idle unless due?
          return :limit if @ready.empty?

          target, token = @ready.shift
          token ? target.resume(token) : target.call
        end
        :stopped
      end

      def stop
        @stopped = true
      end

      private

      def schedule(time, target, token)
        return @ready.push([target, token]) if time <= @now

        place = @later.bsearch_index { |entry| entry[0] <= time } || @later.size
        @later.insert(place, [time, target, token])
      end

      # Makes sure that something is ready, if anything is due before the limit; false when all is
      # done.
      def due?
        return true unless @ready.empty?
        return false if @later.empty?

        time = @later.last[0]
        if @limit && time > @limit
          @now = @limit
          return true
        end
        @now = time
        while (entry = @later.last) && entry[0] == time
          @later.pop
          @ready.push([entry[1], entry[2]])
        end
        true
      end
    end
  end
end
