# frozen_string_literal: true

require 'fiber'
require_relative 'clock'

# Threads on the virtual clock. Sonic Pi's files say `Thread.new` inside `module SonicPi`, and Ruby
# looks a constant up in the enclosing module first: `SonicPi::Thread`, defined before they are
# loaded, catches every thread of the runtime and of the user's program, and no file is changed.
#
# A thread is a fiber. It runs until it waits for something, so there are no races between threads,
# and it is resumed by the clock alone.
module SonicPi
  class Thread
    attr_accessor :priority, :name, :report_on_exception, :abort_on_exception

    class << self
      # The running thread; outside all of them, a thread that stands for the main program.
      attr_accessor :current, :unhandled
      attr_writer :report_on_exception, :abort_on_exception

      def start(*args, &block)
        new(*args, &block)
      end

      def pass
        current.wait_until(Trichord::Clock.now)
      end
    end

    def initialize(*args, &block)
      @variables = {}
      @fiber_locals = {}
      @priority = 0
      @resumed = 0
      @alive = true
      @joining = []
      return unless block

      @fiber = ::Fiber.new { live(args, block) }
      Trichord::Clock.wake(Trichord::Clock.now, self, @resumed)
    end

    # -- what the locks and the clock use

    # Names the present wait: a wake that carries an older token comes too late and is ignored.
    def token
      @resumed
    end

    def resume(token)
      return unless token == @resumed && @alive

      @resumed += 1
      before = Thread.current
      Thread.current = self
      @fiber.resume
    ensure
      Thread.current = before if before
    end

    # Waits until `wake` is called with the token of this wait. Only for the running thread.
    def park
      ::Fiber.yield
      die if @killed && !@dying
    end

    def wake(token)
      Trichord::Clock.wake(Trichord::Clock.now, self, token)
    end

    def wait_until(time)
      return if Trichord::Clock.pass(time)

      Trichord::Clock.wake(time, self, @resumed)
      park
    end

    # -- the interface of Ruby's own Thread, as far as Sonic Pi and its users go

    # Sonic Pi's own state of the thread, which it asks for all the time; see shortcuts.rb.
    attr_accessor :system_locals

    def thread_variable_get(key)
      @variables[key]
    end

    def thread_variable_set(key, value)
      @variables[key] = value
    end

    def thread_variable?(key)
      @variables.key?(key)
    end

    def [](key)
      @fiber_locals[key]
    end

    def []=(key, value)
      @fiber_locals[key] = value
    end

    def key?(key)
      @fiber_locals.key?(key)
    end

    def alive?
      @alive
    end

    def status
      @alive ? 'sleep' : false
    end

    def join(seconds = nil)
      wait_for_end(seconds) if @alive
      return nil if @alive
      raise @failure if @failure

      self
    end

    def value
      join
      @value
    end

    def kill
      return self unless @alive

      @killed = true
      Thread.current.equal?(self) ? die : wake(@resumed)
      self
    end
    alias exit kill
    alias terminate kill

    private

    def live(args, block)
      catch(self) { @value = block.call(*args) unless @killed }
    rescue ::Exception => e # a thread may die of anything
      @failure = e
      (Thread.unhandled ||= []) << e
    ensure
      @alive = false
      @joining.each { |thread, token| thread.wake(token) }
      @joining.clear
    end

    # Unwinds to `live`; the `ensure` clauses on the way may wait again, hence @dying.
    def die
      @dying = true
      throw self
    end

    def wait_for_end(seconds)
      waiting = Thread.current
      @joining << [waiting, waiting.token]
      if seconds
        Trichord::Clock.wake(Trichord::Clock.now + (seconds * 1e9).round, waiting, waiting.token)
      end
      waiting.park
    end

    self.current = new
  end
end

# Sonic Pi's core.rb reopens Ruby's own Array and Hash, where `Thread` is Ruby's: let their look at
# the thread's variables reach the thread on the virtual clock.
module Trichord
  module VirtualVariables
    def thread_variable_get(key)
      SonicPi::Thread.current.thread_variable_get(key)
    end

    def thread_variable_set(key, value)
      SonicPi::Thread.current.thread_variable_set(key, value)
    end
  end
end

Thread.prepend(Trichord::VirtualVariables)
