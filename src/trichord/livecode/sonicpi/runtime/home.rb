# frozen_string_literal: true

module Trichord
  # The surroundings of a process that plays one program: a home of its own, and nobody to talk to.
  module Home
    class << self
      # Of the worker's files none stays open but `kept`: what a program prints goes nowhere.
      def close_streams(kept)
        [$stdin, $stdout, $stderr].each { |stream| stream.reopen(File::NULL, 'r+') }
        Dir.children('/proc/self/fd').map(&:to_i).each do |number|
          IO.for_fd(number).close if number > 2 && number != kept.fileno
        rescue ArgumentError, Errno::EBADF # Ruby keeps some to itself; the folder's own is gone
          next
        end
      end

      # Sonic Pi's home is `folder` from now on; it asked for it when it was loaded.
      def move(folder)
        ENV['HOME'] = ENV['SONIC_PI_HOME'] = folder
        own = "#{folder}/.sonic-pi"
        project = "#{own}/store/default/"
        {
          tilde_dir: folder, home_dir: own, project_path: project, log_path: "#{own}/log/",
          cached_samples_path: "#{project}cached_samples", log_file: nil, process_log_file: nil
        }.each { |name, value| SonicPi::Util.class_variable_set("@@#{name}", value) }
        Trichord.runtime.instance_variable_set(:@mod_sound_home_dir, folder)
      end
    end
  end
end
