# frozen_string_literal: true

# The fork server: loads Sonic Pi once, then reads jobs from stdin, one JSON object a line, and runs
# each in a process of its own. The answer to a job is a line with the number of bytes, and then as
# many bytes of JSON: the record. The first answer, before any job, tells that everything is loaded.
#
#     ruby worker.rb '{"root": FOLDER OF SONIC PI'S core.rb, "filter": SYSTEM-CALL FILTER OR null,
#                      "synthdefs": [FOLDERS], "samples": [FOLDERS]}'
#
# The filter (see confine.rb) is written in base 64.
#
# The server ends when stdin does, also in the middle of a job, and leaves nothing running.
require 'json'
require 'tmpdir'

# A stream of our own for the answers: whatever else prints, prints to nowhere.
ANSWERS = $stdout.dup
ANSWERS.binmode
$stdout.reopen(File::NULL)
ENV['SONIC_PI_HOME'] ||= ENV.fetch('HOME')

require_relative 'program'
require_relative 'confine'
require_relative 'extras'
require_relative 'home'

module Trichord
  class Worker
    # A record larger than this comes from no piece of music.
    LARGEST = 64 * 2**20
    # Address space beside that of a program's data, for the stacks of its threads: each takes some
    # megabytes of it and hardly any memory.
    STACKS = 8 * 2**30
    # How often the memory of a program is looked at, in seconds.
    LOOK = 0.05
    GONE = Class.new(StandardError)

    def initialize(options)
      started = now
      @filter = options['filter']&.unpack1('m')
      Confine.worker!
      Trichord.boot(options.fetch('root'))
      Extras.load(options.fetch('synthdefs', []), options.fetch('samples', []))
      Trichord.settle
      answer(JSON.generate({ ready: true, version: Trichord.version, seconds: now - started }))
    end

    def serve
      while (line = $stdin.gets)
        answer(play(JSON.parse(line)))
      end
    end

    private

    def answer(record)
      ANSWERS.write("#{record.bytesize}\n", record)
      ANSWERS.flush
    end

    # The record of one program, from its own process or, where that died, about it.
    def play(job)
      reader, writer = IO.pipe(binmode: true)
      home = Dir.mktmpdir('program', ENV.fetch('HOME'))
      pid = fork { child(job, home, reader, writer) }
      writer.close
      record, reason = collect(reader, pid, job.fetch('limits'))
      status = Process.wait2(pid).last
      return record if status.success? && reason.nil? && !record.empty?

      obituary(reason || cause_of_death(status, job.fetch('limits')))
    ensure
      reader&.close
      clear(home) if home
    end

    def clear(home)
      Dir.rmdir(home)
    rescue SystemCallError # the program could write into it
      FileUtils.remove_entry(home, true)
    end

    def child(job, home, reader, writer)
      reader.close
      ANSWERS.close
      Process.setsid
      Home.close_streams(writer)
      Home.move(home)
      program = Program.new(job) { |record| hand_over(record, writer) }
      trap(:XCPU) { program.out_of_time }
      confine(job.fetch('limits'))
      program.run
    rescue NoMemoryError
      program.out_of_memory
    rescue ::Exception => e # it is told, and the process ends
      program.cut_short("the renderer failed (#{e.class}: #{e.message}, #{e.backtrace.first})")
    ensure
      exit!(1)
    end

    # The soft limit of processor time lets a program that is too slow be recorded up to there; the
    # hard one ends it.
    def confine(limits)
      cpu = limits.fetch('cpu_seconds')
      Process.setrlimit(:CPU, cpu, cpu + 2)
      Process.setrlimit(:NPROC, limits.fetch('processes'))
      space = limits.fetch('memory_bytes') + STACKS
      Confine.program!({ memory_bytes: space, file_bytes: limits.fetch('file_bytes'),
                         open_files: limits.fetch('open_files') }, @filter)
    end

    # A pipe is written without a buffer, so this may be called while a signal is handled.
    def hand_over(record, writer)
      writer.write(JSON.generate(record, allow_nan: true))
      exit!(0)
    end

    # What the child wrote, and the reason why it was stopped, if it was.
    def collect(reader, pid, limits)
      deadline = now + limits.fetch('wall_seconds')
      record = String.new(capacity: 65_536)
      loop do
        reason = excess(pid, deadline, limits, record)
        return [record, reason] if reason

        ready = IO.select([reader, $stdin], nil, nil, LOOK) or next
        raise GONE if ready[0].include?($stdin) && $stdin.eof?

        chunk = reader.read_nonblock(1 << 20, exception: false)
        return [record, nil] if chunk.nil?

        record << chunk unless chunk == :wait_readable
      end
    ensure
      stop(pid)
    end

    # Why the child must be stopped, or nil.
    def excess(pid, deadline, limits, record)
      if now > deadline
        "stopped after #{limits.fetch('wall_seconds')} s: raise the limit wall_seconds"
      elsif memory(pid) > limits.fetch('memory_bytes')
        "the program needs more memory than #{limits.fetch('memory_bytes') >> 20} MiB: " \
        'raise the limit memory_bytes'
      elsif record.bytesize > LARGEST
        "the record is larger than #{LARGEST >> 20} MiB"
      end
    end

    # Bytes of memory that a process has in use (the second number of statm, in pages).
    def memory(pid)
      File.read("/proc/#{pid}/statm").split[1].to_i * 4096
    rescue SystemCallError
      0
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end

    # The child and whatever it started: it leads a group of its own.
    def stop(pid)
      [-pid, pid].each do |target|
        Process.kill(:KILL, target)
      rescue Errno::ESRCH
        next
      end
    end

    def cause_of_death(status, limits)
      name = status.signaled? ? Signal.signame(status.termsig) : nil
      case name
      when 'XCPU', 'KILL'
        "stopped after #{limits.fetch('cpu_seconds')} s of processor time: " \
        'raise the limit cpu_seconds'
      when nil then "the program's process ended by itself, with status #{status.exitstatus}"
      else "the program's process died of SIG#{name}"
      end
    end

    def obituary(message)
      error = { kind: 'limit', message: message, line: nil, column: nil, thread: nil }
      JSON.generate({
                      version: 1, zero_ns: 0, end_ns: 0, finished: false, messages: [], prints: [],
                      cues: [], errors: [error], notices: [], synthdefs: {}, buffers: {},
                      ends: {}, cpu_seconds: 0.0
                    })
    end
  end
end

begin
  Trichord::Worker.new(JSON.parse(ARGV.fetch(0))).serve
rescue Trichord::Worker::GONE, Errno::EPIPE
  nil
end
# Sonic Pi leaves handlers that talk to its servers when it exits; there are none.
exit!(0)
