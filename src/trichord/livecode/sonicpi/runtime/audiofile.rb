# frozen_string_literal: true

require 'open3'

module Trichord
  # The size of an audio file, from its header alone: [frames, channels, rate in Hz].
  module AudioFile
    Unreadable = Class.new(StandardError)

    class << self
      def info(path)
        File.open(path, 'rb') do |file|
          case file.read(4)
          when 'fLaC' then flac(file)
          when 'RIFF' then wav(file)
          else soxi(path)
          end
        end || raise(Unreadable, "#{path} is no audio file that can be read")
      rescue SystemCallError => e
        raise Unreadable, e.message
      end

      private

      # STREAMINFO: from its 11th byte on 20 bits of rate, 3 of channels - 1, 5 of depth - 1, 36 of
      # frames.
      def flac(file)
        file.seek(18)
        packed = file.read(8).to_s.unpack1('Q>') or return nil
        [packed & 0xFFFFFFFFF, ((packed >> 41) & 7) + 1, packed >> 44]
      end

      def wav(file)
        file.seek(12)
        channels = rate = block = nil
        while (head = file.read(8)) && head.bytesize == 8
          name, size = head.unpack('a4V')
          case name
          when 'fmt '
            _, channels, rate, _, block = file.read(16).to_s.unpack('vvVVv')
            file.seek(size - 16 + (size & 1), IO::SEEK_CUR)
          when 'data' then return block && [size / block, channels, rate]
          else file.seek(size + (size & 1), IO::SEEK_CUR)
          end
        end
      end

      # Formats that are rare here (AIFF, Ogg): SoX, which Sonic Pi itself needs, knows them.
      def soxi(path)
        numbers = %w[-s -c -r].map do |option|
          text, status = Open3.capture2('soxi', option, path, err: File::NULL)
          return nil unless status.success?

          text.to_i
        end
        numbers if numbers.all?(&:positive?)
      end
    end
  end
end
