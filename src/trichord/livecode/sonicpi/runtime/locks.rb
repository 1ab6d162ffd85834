# frozen_string_literal: true

require_relative 'threads'

# Locks and queues for the threads of threads.rb, found by Sonic Pi's files in place of Ruby's own
# for the same reason. A thread that must wait parks; nothing here ever blocks the process.
module SonicPi
  class Mutex
    def initialize
      @owner = nil
      @waiting = nil
    end

    def lock
      thread = Thread.current
      raise ThreadError, 'deadlock; recursive locking' if @owner.equal?(thread)

      while @owner
        (@waiting ||= []) << [thread, thread.token]
        thread.park
      end
      @owner = thread
      self
    end

    def try_lock
      return false if @owner

      @owner = Thread.current
      true
    end

    # A thread that is killed while it waits for a condition unwinds through here without the lock.
    def unlock
      return self unless owned?

      @owner = nil
      if @waiting
        thread, token = @waiting.shift
        thread&.wake(token)
      end
      self
    end

    def locked?
      !@owner.nil?
    end

    def owned?
      @owner.equal?(Thread.current)
    end

    def synchronize
      lock
      begin
        yield
      ensure
        unlock
      end
    end
  end

  # A lock that its owner may take again.
  class Monitor
    def initialize
      @mutex = Mutex.new
    end

    def synchronize(&block)
      @mutex.owned? ? block.call : @mutex.synchronize(&block)
    end
    alias mon_synchronize synchronize
  end

  class ConditionVariable
    def initialize
      @waiting = []
    end

    def wait(mutex, seconds = nil)
      thread = Thread.current
      mutex.unlock
      @waiting << [thread, thread.token]
      if seconds
        Trichord::Clock.wake(Trichord::Clock.now + (seconds * 1e9).round, thread, thread.token)
      end
      thread.park
      mutex.lock
      self
    end

    def signal
      thread, token = @waiting.shift
      thread&.wake(token)
      self
    end

    def broadcast
      waiting = @waiting
      @waiting = []
      waiting.each { |thread, token| thread.wake(token) }
      self
    end
  end

  class Queue
    def initialize
      @items = []
      @waiting = []
    end

    def push(item)
      @items << item
      thread, token = @waiting.shift
      thread&.wake(token)
      self
    end
    alias << push
    alias enq push

    def pop(non_block = false) # Ruby's signature
      while @items.empty?
        raise ThreadError, 'queue empty' if non_block

        thread = Thread.current
        @waiting << [thread, thread.token]
        thread.park
      end
      @items.shift
    end
    alias shift pop
    alias deq pop

    def clear
      @items.clear
      self
    end

    def empty?
      @items.empty?
    end

    def size
      @items.size
    end
    alias length size
  end

  # The bound slows a producer down in real time; on a virtual clock it would only cost switches.
  class SizedQueue < Queue
    def initialize(_bound = nil)
      super()
    end
  end
end
