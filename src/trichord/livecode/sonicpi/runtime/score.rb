# frozen_string_literal: true

require_relative 'clock'
require_relative 'origin'

module Trichord
  # Every message that the sound server would get, with its time and where it came from.
  module Score
    # What a message is on the list: clock time in ns, whether it was sent for that time rather than
    # for "now", where it comes from, and what it says.
    Message = Struct.new(:time, :timed, :thread, :beat, :line, :address, :arguments)

    # Handshakes, and writing to the disk: none of it is heard.
    UNHEARD = %w[
      /b_close /b_query /b_write /clearSched /d_load /d_loadDir /notify /quit /status /sync
    ].to_h { |address| [address, true] }.freeze

    # These synths only look at the sound, and crash a scsynth that has no screen or network to
    # show it on.
    LOOKERS = %w[
      sonic-pi-amp_stereo_monitor sonic-pi-fx_scope_out sonic-pi-recorder sonic-pi-scope
      sonic-pi-server-info
    ].to_h { |name| [name, true] }.freeze

    @messages = []

    class << self
      attr_reader :messages
      # The most messages that a program may send, and what is called when it sends one more.
      attr_accessor :limit, :full

      # The time of the first sound, or nil.
      def first_sound
        @messages.filter_map { |m| m.time if m.timed && m.address == '/s_new' }.min
      end

      def clear
        @messages = []
      end

      def add(time, timed, address, arguments)
        return if UNHEARD.key?(address)
        return if address == '/s_new' && LOOKERS.key?(arguments[0])

        @full.call if @limit && @messages.size >= @limit
        @messages << Message.new(time, timed, *Origin.here, address, arguments)
      end
    end
  end
end
