# frozen_string_literal: true

require 'json'
require_relative 'boot'

module Trichord
  # One run of one program, in a process of its own, and the record of it.
  class Program
    # Between the start of a program and its first sound, as set by Sonic Pi itself.
    AHEAD = 500_000_000

    # By less than this a sound may be early without the whole score being moved for it: it then
    # starts with the score. Sonic Pi starts some effects 5 ms before what is played through them,
    # and a short step back in time before the first beat should not take the beats off their grid.
    EARLY = 100_000_000

    # `job` has the program's text ("code"), "seconds" of sound to make, the "seed" of what Ruby
    # itself draws, and "limits", of which the number of "messages", of "printed" characters and of
    # "cues" is kept here. The record is handed to `deliver`, which ends the process.
    def initialize(job, &deliver)
      @job = job
      @deliver = deliver
    end

    def run
      prepare
      start = Clock.now
      @zero = start + AHEAD
      @length = (@job.fetch('seconds') * 1e9).round
      @limit = @zero + @length
      SonicPi::Thread.new { evaluate }
      Clock.run(@limit)
      report_unhandled
      @deliver.call(record)
    end

    # Ends the run here and now, from wherever it is called, with a record of what was done so far.
    def cut_short(message)
      Transcript.error('limit', message, line: Origin.line)
      @deliver.call(record)
    end

    def out_of_time
      seconds = @job.fetch('limits').fetch('cpu_seconds')
      cut_short("stopped after #{seconds} s of processor time: raise the limit cpu_seconds")
    end

    def out_of_memory
      cut_short(Failures::MEMORY)
    end

    private

    def prepare
      Kernel.srand(@job.fetch('seed'))
      limits = @job.fetch('limits')
      Score.limit = limits.fetch('messages')
      Score.full = -> { cut_short("more than #{Score.limit} messages: raise the limit messages") }
      Transcript.print_limit = limits.fetch('printed')
      Transcript.cue_limit = limits.fetch('cues')
      Transcript.full = ->(what) { cut_short("#{what}; the program is stopped") }
      Trichord.screen.listen = method(:listen)
    end

    # What Sonic Pi's own editor puts in front, as its preferences stand at first. Sonic Pi does not
    # count such a line, and the empty one after it makes it count the program's from one.
    PREFERENCES = "use_arg_checks true #__nosave__\n\n"

    def evaluate
      code = PREFERENCES + @job.fetch('code')
      Trichord.runtime.__spider_eval(code, workspace: +Origin::PROGRAM)
    end

    def listen(message)
      return unless message[:type] == :job && message[:action] == :completed

      @finished = true
      @end = Clock.now
      Clock.stop
    end

    # Sonic Pi reports what goes wrong in its own threads; this is what it did not foresee.
    def report_unhandled
      (SonicPi::Thread.unhandled || []).each { |exception| Failures.record(exception, nil) }
    end

    # A thread in real-time mode, or one that goes back in time, may sound before all others.
    def beginning
      first = Score.first_sound
      first && first < @zero - EARLY ? first : @zero
    end

    # The program runs ahead of what is heard; what lies past the end of the score is left out.
    def record
      @zero = beginning
      @end = [@end || @limit, @zero + @length].min
      server = SonicPi::SCSynthExternal.instance
      {
        version: 1, zero_ns: @zero, end_ns: @end - @zero, finished: @finished == true,
        messages: messages, prints: prints, cues: cues, errors: errors,
        notices: Transcript.notices.map(&:to_h),
        synthdefs: server.used.keys.to_h { |name| [name, server.synthdefs.path(name)] }.compact,
        buffers: server.buffers.to_h { |id, path| [id, [path, *server.size_of(id)]] },
        ends: server.ends.transform_values { |time| time - @zero },
        cpu_seconds: Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
      }
    end

    def messages
      Score.messages.filter_map do |m|
        next if m.time > @end

        [m.time - @zero, m.thread, m.beat, m.line, m.address, m.arguments]
      end
    end

    def prints
      heard(Transcript.prints).map { |p| [seconds(p.time), p.thread, p.text.scrub('?'), p.line] }
    end

    def cues
      heard(Transcript.cues).map do |c|
        [seconds(c.time), c.path.scrub('?'), plain(c.arguments), c.line]
      end
    end

    def errors
      heard(Transcript.errors).map { |e| e.to_h.except(:time) }
    end

    # What happened at a logical time whose sound still lies within the score.
    def heard(events)
      events.select { |event| event.time <= @end - AHEAD }
    end

    # Logical time zero is heard at score time zero.
    def seconds(time)
      (time - @zero + AHEAD) / 1e9
    end

    # Values as JSON knows them; anything else as Sonic Pi would print it.
    def plain(value)
      case value
      when Numeric, true, false, nil then value.is_a?(Rational) ? value.to_f : value
      when String, Symbol then value.to_s.scrub('?')
      when Array, SonicPi::Core::SPVector then value.map { |v| plain(v) }.to_a
      when Hash, SonicPi::Core::SPMap then value.to_h.to_h { |k, v| [k.to_s, plain(v)] }
      else value.inspect.scrub('?')
      end
    end
  end
end
