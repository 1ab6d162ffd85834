# confine.rb - what a process gives up before it runs somebody's program.
#
# The worker calls Confine.worker! once after start; each forked child calls Confine.program! right
# before it evaluates a program, when the files and pipes that it answers through are open. Both work
# with and without bubblewrap around them. The filter is the one that seccomp.py assembles.
module Confine
  # name of the machine => numbers of the system calls prctl and seccomp
  CALLS = { 'x86_64' => [157, 317], 'aarch64' => [167, 277] }.freeze
  PR_SET_DUMPABLE = 4
  PR_SET_NO_NEW_PRIVS = 38
  SECCOMP_SET_MODE_FILTER = 1
  SECCOMP_FILTER_FLAG_TSYNC = 1 # every thread of the process, not only this one
  OWN_PID = 'PID!'.b.freeze     # seccomp.OWN_PID: the filter's place for the process's own number

  class << self
    # Nobody reads this process's memory, files or environment through /proc, not even its children.
    def worker!
      prctl(PR_SET_DUMPABLE, 0)
    end

    # limits: { cpu_seconds:, memory_bytes:, file_bytes:, open_files: }, each optional;
    # filter: the bytes of seccomp.program_filter, or nil where the machine has none.
    def program!(limits, filter)
      prctl(PR_SET_NO_NEW_PRIVS, 1)
      limit(:CORE, 0)
      limit(:CPU, limits[:cpu_seconds])
      limit(:AS, limits[:memory_bytes])
      limit(:FSIZE, limits[:file_bytes])
      limit(:NOFILE, limits[:open_files])
      load_filter(filter) if filter && calls
    end

    private

    def calls
      CALLS[RUBY_PLATFORM[/\A[^-]+/]]
    end

    def limit(name, value)
      return unless value
      Process.setrlimit(name, value, value)
    end

    def prctl(option, value)
      Kernel.syscall(calls[0], option, value, 0, 0, 0) if calls
    end

    def load_filter(filter)
      own = filter.b.gsub(OWN_PID, [Process.pid].pack('L'))
      program = [own.bytesize / 8, own].pack('Sx6P') # struct sock_fprog
      Kernel.syscall(calls[1], SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, address(program))
    end

    # Kernel#syscall takes no string with zero bytes, but any number.
    def address(bytes)
      [bytes].pack('P').unpack1('J')
    end
  end
end
