# frozen_string_literal: true

module Trichord
  # The size of an audio file, from its header alone: [frames, channels, rate in Hz].
  module AudioFile
    Unreadable = Class.new(StandardError)

    class << self
      def info(path)
        size = File.open(path, 'rb') { |file| measure(file) }
        size || raise(Unreadable, "#{File.basename(path)} is no WAV, AIFF, FLAC or Ogg file")
      rescue SystemCallError => e
        raise Unreadable, e.message
      end

      private

      def measure(file)
        case file.read(4)
        when 'fLaC' then flac(file)
        when 'RIFF' then wav(file)
        when 'FORM' then aiff(file)
        when 'OggS' then ogg(file)
        end
      end

      # STREAMINFO: from its 11th byte on 20 bits of rate, 3 of channels - 1, 5 of depth - 1, 36 of
      # frames.
      def flac(file)
        packed = read(file, 18, 8).unpack1('Q>') or return nil
        [packed & 0xFFFFFFFFF, ((packed >> 41) & 7) + 1, packed >> 44]
      end

      def wav(file)
        channels = rate = block = nil
        each_chunk(file, 'V') do |name, start, size|
          case name
          when 'fmt ' then _, channels, rate, _, block = read(file, start, 14).unpack('vvVVv')
          when 'data' then return block&.positive? ? [size / block, channels, rate] : nil
          end
        end
      end

      # COMM: channels, frames, depth, and the rate as a float of 80 bits.
      def aiff(file)
        each_chunk(file, 'N') do |name, start, _|
          next unless name == 'COMM'

          channels, frames, _, exponent, mantissa = read(file, start, 18).unpack('nNnnQ>')
          return mantissa && [frames, channels, (mantissa * 2.0**(exponent - 16_383 - 63)).round]
        end
      end

      # The first page has the identification header of Vorbis; the last one tells, in its granule
      # position, how many frames there are.
      def ogg(file)
        header = read(file, 0, 128)
        start = header.index("\x01vorbis") or return nil
        channels, rate = header[start + 11, 5].unpack('CV')
        tail = read(file, [file.size - 65_536, 0].max, 65_536)
        last = tail.rindex('OggS') or return nil
        [tail[last + 6, 8].unpack1('q<'), channels, rate]
      end

      # The chunks of a RIFF or IFF file: name, place of the content, its size.
      def each_chunk(file, size_format)
        place = 12
        while (head = read(file, place, 8)).bytesize == 8
          name, size = head.unpack("a4#{size_format}")
          yield name, place + 8, size
          place += 8 + size + (size & 1)
        end
        nil
      end

      def read(file, place, size)
        file.seek(place)
        file.read(size) || ''.b
      end
    end
  end
end
