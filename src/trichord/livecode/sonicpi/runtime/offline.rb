# frozen_string_literal: true

require_relative 'clock'
require_relative 'failures'
require_relative 'transcript'

# What Sonic Pi does besides making sound, without a desk around it: no MIDI, no network, no log
# on a screen. Its own files stay as they are; these methods are put before or in place of theirs.
module Trichord
  # In front of the methods of the runtime that the user's program is evaluated in.
  module Offline
    LOST = 'no match found, skipping'
    REAL_TIME = 'use_real_time has nothing to react to offline; the thread sounds half a second ' \
                'before the others, as it does in Sonic Pi'
    private_constant :LOST, :REAL_TIME

    # -- what is printed

    def __delayed_user_message(text)
      text = text.inspect unless text.is_a?(String)
      Transcript.print(__logical_time, __trichord_name, text)
    end

    # Sonic Pi writes each note and sample to the log. Nobody reads it here, so it is not composed;
    # only that a sample was not found would be missed.
    def __delayed_message(text)
      Transcript.notice(text.to_s.split.join(' ')) if text.include?(LOST)
    end

    def arg_h_pp(_arguments)
      ''
    end

    def __delayed_highlight_message(_text); end

    def __delayed_highlight2_message(_text); end

    def __delayed_highlight3_message(_text); end

    def __delayed_warning(_text); end

    def __delayed_serious_warning(text)
      Transcript.notice(text)
    end

    def __schedule_delayed_blocks_and_messages!; end

    def __info(_text, _style = 0); end

    # -- what goes wrong

    def __error(exception, _where = nil)
      Failures.record(exception, __trichord_name)
    end

    # -- threads: the name and the line that Origin tells

    def __in_thread(*options, &block)
      locals = __system_thread_locals
      name, line = locals.get(Origin::NAME), locals.get(Origin::LINE)
      called_at = Origin.line
      locals.set(Origin::LINE, called_at) if called_at
      locals.set(Origin::NAME, __trichord_thread_name(options, called_at))
      super
    ensure
      locals&.set(Origin::NAME, name)
      locals&.set(Origin::LINE, line)
    end

    # -- what cannot be had offline

    def use_real_time
      Transcript.notice(REAL_TIME)
      super
    end

    def with_real_time
      Transcript.notice(REAL_TIME)
      super
    end

    def sync_event(*arguments)
      __refuse_external(arguments[0], 'sync')
      super
    end

    def get_event(*arguments)
      __refuse_external(arguments[0], 'get')
      super
    end

    def __osc_send(_host, port, _path, *_arguments)
      where = port == @ports[:osc_midi_out_port] ? 'MIDI' : 'OSC'
      Transcript.notice("#{where} messages are sent nowhere: " \
                        'there is no network and no MIDI offline')
    end

    def __check_for_server_version_now
      SonicPi::Version.new(0)
    end
    alias __server_version __check_for_server_version_now

    private

    def __refuse_external(path, verb)
      return unless path.to_s.match?(%r{\A/(midi|osc)\b})

      Transcript.notice("#{verb} #{path.to_s.inspect} finds nothing: " \
                        'no MIDI or OSC comes in from outside offline')
    end

    def __trichord_name
      __system_thread_locals.get(Origin::NAME) || ''
    end

    # A thread without a name is called by its line; one that Sonic Pi starts for its own ends (to
    # load a sample, or for each time of `at`) belongs to the thread it was started from.
    def __trichord_thread_name(options, line)
      name = resolve_synth_opts_hash_or_array(options)[:name]
      return name.to_s.freeze if name

      asked = caller_locations(3, 1).first.path == Origin::PROGRAM
      asked && line ? "in_thread:#{line}".freeze : __trichord_name
    end

    def __logical_time
      time = __system_thread_locals.get(:sonic_pi_spider_time)
      time ? Clock.since_epoch(time) : Clock.now
    end
  end

  # What Sonic Pi starts around the sound server.
  module OfflineStudio
    def init_or_reset_midi(*); end

    def start_midi(*); end

    def stop_midi(*); end

    def start_erlang; end

    # The server is never paused between programs: each has a process of its own.
    def pause(*); end

    def start(*); end

    private

    def message(*); end

    def log_message(*); end
  end

  module OfflineServer
    def message(*); end
  end

  module OfflineClient
    def initialize(*); end

    def send(*); end

    def send_ts(*); end
  end
end
