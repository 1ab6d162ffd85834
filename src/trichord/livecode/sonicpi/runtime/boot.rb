# frozen_string_literal: true

# Loads the Sonic Pi that is installed, with everything that would touch the world outside replaced,
# and starts its runtime on the virtual clock.
require 'fileutils'
require_relative 'clock'
require_relative 'threads'
require_relative 'locks'
require_relative 'time'
require_relative 'offline'
require_relative 'scsynth'
require_relative 'shortcuts'
require_relative 'warmup'

module Trichord
  # Ports that nothing listens on: the runtime only passes them around.
  PORTS = {
    server_port: 1, scsynth_port: 2, scsynth_send_port: 3, osc_cues_port: 4, erlang_port: 5,
    osc_midi_out_port: 6, osc_midi_in_port: 7, websocket_port: 8
  }.freeze

  # Sonic Pi's queue of messages to its screen; `listen` is called with each.
  class Screen
    attr_accessor :listen

    def push(message)
      @listen&.call(message)
      self
    end
    alias << push
  end

  class << self
    # The object in which programs are evaluated, and what it would show on its screen.
    attr_reader :runtime, :screen, :version

    # Loads the runtime below `root` (the folder that holds `core.rb` and `lib/`).
    def boot(root)
      load_sonic_pi(root)
      @functions = Module.new
      @language = language_class(@functions)
      start
      warm_up
    end

    # The last work that every program would else do for itself. What is garbage now would be copied
    # by each process that touches its page.
    def settle
      SonicPi::SCSynthExternal.instance.synthdefs.preload
      3.times { ::GC.start }
      ::GC.compact
    end

    private

    # A runtime as new, at the beginning of time.
    def start
      Clock.reset
      @screen = Screen.new
      SonicPi::Thread.new do
        @runtime = @language.new(PORTS, @screen, @functions)
        Clock.stop
      end
      Clock.run
      raise SonicPi::Thread.unhandled.first if SonicPi::Thread.unhandled

      Clock.run(Clock.now)
      @version = @runtime.instance_variable_get(:@version).to_s.delete_prefix('v')
      replace_cue_handler
    end

    # The runtime that has played is thrown away; what stays is what Ruby has learnt.
    def warm_up
      SonicPi::Thread.new { @runtime.__spider_eval(WARM_UP, workspace: +'warm-up') }
      Clock.run(Clock.now + 4_000_000_000)
      raise SonicPi::Thread.unhandled.first if SonicPi::Thread.unhandled

      @functions.instance_methods(false).each { |name| @functions.remove_method(name) }
      Score.clear
      Transcript.clear
      start
    end

    # The order is that of Sonic Pi's own server script.
    def load_sonic_pi(root)
      require "#{root}/core.rb"
      stand_in(root)
      without_aubio do
        %w[scsynthexternal studio server util osc/osc lang/core lang/minecraftpi lang/midi lang/ixi
           lang/sound runtime].each { |file| require "#{root}/lib/sonicpi/#{file}" }
      end
      require 'memoist'
      Object.include(SonicPi::Util)
      SonicPi::Studio.prepend(OfflineStudio)
      SonicPi::Server.prepend(OfflineServer)
      SonicPi::OSC::UDPClient.prepend(OfflineClient)
      SonicPi::Util.define_method(:log_exception) { |e, *_| Failures.record(e, nil) }
    end

    # The library that finds the onsets in a sample brings a hundred others along: half the memory,
    # and half the time that it takes to fork. A program that asks for onsets loads it.
    def without_aubio
      Object.autoload(:Aubio, 'aubio')
      main = TOPLEVEL_BINDING.receiver
      main.define_singleton_method(:require) { |name| name == 'aubio' || super(name) }
      yield
    ensure
      main.singleton_class.remove_method(:require)
    end

    # Files of Sonic Pi that are not loaded at all: its saving of buffers in a git repository, and
    # the class that starts the sound server, for which ours stands in.
    def stand_in(root)
      %w[gitsave scsynthexternal].each do |name|
        $LOADED_FEATURES << "#{root}/lib/sonicpi/#{name}.rb"
      end
      SonicPi.const_set(:GitSave, Class.new { def initialize(*) = nil })
    end

    # `functions` takes what a program defines with `define`. The order of the parts is that of
    # Sonic Pi's own server script.
    def language_class(functions)
      language = Class.new(SonicPi::Runtime)
      Object.const_set(:SonicPiLang, language)
      language.include(functions)
      %i[Core Sound Minecraft Midi Ixi].each do |part|
        language.include(SonicPi::Lang.const_get(part))
      end
      language.include(SonicPi::Lang::Support::DocSystem)
      language.extend(Memoist)
      SonicPi::Lang::Core.memoizable_fns.each { |name| language.memoize(name) }
      language.define_method(:inspect) { 'Runtime' }
      language.prepend(Offline)
      Shortcuts.install(language)
      language
    end

    # Sonic Pi's own handler also starts a thread for each cue, which waits for the time at which
    # the sound is heard and then writes the cue to the log.
    def replace_cue_handler
      history = @runtime.instance_variable_get(:@event_history)
      handler = lambda do |time, priority, thread, delta, beat, bpm, path, arguments, *_|
        path = path.first if path.is_a?(Array)
        path = path.to_s.freeze
        arguments = arguments.__sp_make_thread_safe
        history.set(time, priority, thread, delta, beat, bpm, path, arguments)
        Transcript.cue(Clock.since_epoch(time), path, arguments)
      end
      @runtime.instance_variable_set(:@register_cue_event_lambda, handler)
    end
  end
end
