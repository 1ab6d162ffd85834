# frozen_string_literal: true

require_relative 'audiofile'
require_relative 'clock'
require_relative 'nodes'
require_relative 'score'
require_relative 'synthdef'
require_relative 'transcript'

# Stands in for the class with which Sonic Pi starts and speaks to the sound server. Messages are
# written down with their times, and answers come as scsynth would give them, on the virtual clock.
module SonicPi
  class SCSynthExternal
    # The rate of the scores that are rendered from this, in Hz.
    RATE = 44_100.0
    # scsynth counts in blocks of 64 frames and tells of an end after the block it fell into.
    BLOCK = 1_500_000
    INFO = [0, RATE, 1 / RATE, 2 * Math::PI / RATE, RATE / 64, 64 / RATE, 0.0, 16, 16, 1024, 16_384,
            4096].freeze

    # Synths that play what comes in at the sound card.
    LISTENERS = %w[
      sonic-pi-live_audio_mono sonic-pi-live_audio_stereo sonic-pi-sound_in sonic-pi-sound_in_stereo
    ].freeze
    SILENT = 'live audio is silent: there is no audio input offline'

    class << self
      # The server of this process; there is one.
      attr_accessor :instance
    end

    attr_reader :version, :buffers, :synthdefs, :used, :ends

    def initialize(events, *)
      @events = events
      @version = 'v3.13.0'
      @synthdefs = Trichord::SynthDefs.new
      # number => [frames, channels, rate], and number => path
      @sizes = {}
      @buffers = {}
      @used = {}
      # number of a node => clock time at which it went
      @ends = {}
      @nodes = Trichord::NodeTree.new { |address, id, group| notify(address, id, group) }
      self.class.instance = self
    end

    def send(address, *arguments)
      now = Trichord::Clock.now
      Trichord::Score.add(now, false, address, arguments)
      perform(now, address, arguments)
    end

    def send_at(time, address, *arguments)
      time = Trichord::Clock.since_epoch(time)
      Trichord::Score.add(time, true, address, arguments)
      perform(time, address, arguments)
    end

    def booted?
      true
    end

    def reboot; end

    def shutdown; end

    # Frames, channels and rate of a buffer, or nil.
    def size_of(buffer)
      @sizes[buffer]
    end

    private

    def perform(time, address, arguments)
      handler = HANDLERS[address]
      __send__(handler, time, *arguments) if handler
    end

    HANDLERS = {
      '/notify' => :done_notify, '/sync' => :synced, '/status' => :status,
      '/d_load' => :load_file, '/d_loadDir' => :load_folder,
      '/b_allocRead' => :allocate_read, '/b_alloc' => :allocate, '/b_query' => :query,
      '/b_write' => :written, '/b_close' => :closed, '/g_new' => :new_group, '/s_new' => :new_synth,
      '/n_free' => :free, '/g_freeAll' => :free_all, '/g_deepFree' => :free_all, '/n_run' => :run,
      '/n_order' => :order
    }.freeze

    def done_notify(*)
      reply('/done', '/notify', 0)
    end

    def synced(_time, id)
      reply('/synced', id)
    end

    def status(*)
      reply('/status.reply', 1, 0, 0, 0, 0, 0.0, 0.0, RATE, RATE)
    end

    def load_file(_time, path, *)
      @synthdefs.load(File.dirname(path))
      reply('/done', '/d_load')
    end

    def load_folder(_time, folder, *)
      @synthdefs.load(folder)
      reply('/done', '/d_loadDir')
    end

    def allocate_read(_time, id, path, *)
      @sizes[id] = Trichord::AudioFile.info(path)
      @buffers[id] = path
      reply('/done', '/b_allocRead', id)
    rescue Trichord::AudioFile::Unreadable => e
      reply('/fail', '/b_allocRead', e.message, id)
    end

    def allocate(_time, id, frames, channels, *)
      @sizes[id] = [frames.to_i, channels.to_i, RATE]
      @buffers[id] = nil
      reply('/done', '/b_alloc', id)
    end

    def query(_time, id)
      frames, channels, rate = @sizes.fetch(id, [0, 0, RATE])
      reply('/b_info', id, frames, channels, rate.to_f)
    end

    def written(_time, id, *)
      reply('/done', '/b_write', id)
    end

    def closed(_time, id, *)
      reply('/done', '/b_close', id)
    end

    def new_group(time, id, position, target)
      at(time) { @nodes.add(id, position, target) }
    end

    def new_synth(time, name, id, position, target, *controls)
      return reply('/sonic-pi/server-info', id, *INFO) if name == 'sonic-pi-server-info'

      @used[name] = true unless Trichord::Score::LOOKERS.key?(name)
      Trichord::Transcript.notice(SILENT) if LISTENERS.include?(name)
      at(time) { @nodes.add(id, position, target) }
      life = @synthdefs[name]&.lifetime(controls.each_slice(2), @sizes)
      return unless life

      Trichord::Clock.at(time + (life * 1e9).round + BLOCK) { @nodes.free(id) }
    end

    def free(time, *ids)
      at(time) { ids.each { |id| @nodes.free(id) } }
    end

    def free_all(time, *groups)
      at(time) { groups.each { |id| @nodes.free_children(id) } }
    end

    def run(time, id, flag)
      at(time) { @nodes.run(id, flag != 0) }
    end

    def order(time, position, target, *ids)
      at(time) { ids.each { |id| @nodes.move(id, position, target) } }
    end

    def at(time, &block)
      time <= Trichord::Clock.now ? block.call : Trichord::Clock.at(time, &block)
    end

    # Answers come after the message that asks, never within it.
    def reply(address, *arguments)
      Trichord::Clock.at(Trichord::Clock.now) { @events.async_event(address, arguments) }
    end

    # Sonic Pi listens to each node under a pair of its own: the address and the node's number.
    def notify(address, id, group)
      @ends[id] = Trichord::Clock.now if address == '/n_end'
      Trichord::Clock.at(Trichord::Clock.now) do
        @events.async_event(["#{address}/", id], [id, group, -1, -1, 0])
      end
    end
  end
end
