# frozen_string_literal: true

require_relative 'threads'
require_relative 'time'

# The same results as Sonic Pi's own methods, sooner: these are called for every note.
module Trichord
  module Shortcuts
    # In place of Sonic Pi's methods in all objects.
    module Locals
      def __system_thread_locals(thread = SonicPi::Thread.current)
        thread.system_locals ||= SonicPi::Core::ThreadLocal.new
      end

      def __system_thread_locals_reset!(locals, thread = SonicPi::Thread.current)
        thread.system_locals = locals
      end
    end

    # How far ahead of what is heard a thread runs, which Sonic Pi looks up in its history of shared
    # state. Unless the program has ever set it, it is what it was at first; other threads that are
    # due are let go first all the same, as that look-up does.
    module Ahead
      INITIAL = 0.5

      class << self
        attr_accessor :changed
      end

      def self.value
        SonicPi::Kernel.sleep(SonicPi::Kernel::SETTLE)
        INITIAL unless changed
      end
    end

    # In front of the runtime's methods.
    module Runtime
      def __current_sched_ahead_time
        __system_thread_locals.get(:sonic_pi_spider_sched_ahead_time) || Ahead.value || super
      end

      def set_sched_ahead_time!(seconds)
        Ahead.changed = true
        super
      end
    end

    # In front of those of the class that speaks to the sound server.
    module Server
      def sched_ahead_time
        return super if __system_thread_locals.get(:sonic_pi_spider_sched_ahead_time)

        ahead = Ahead.value
        ahead ? ahead + @latency : super
      end
    end

    class << self
      def install(language)
        Locals.instance_methods.each do |name|
          SonicPi::Util.define_method(name, Locals.instance_method(name))
        end
        language.prepend(Runtime)
        SonicPi::Server.prepend(Server)
      end
    end
  end
end
