# frozen_string_literal: true

require_relative 'scsynth'

module Trichord
  # Synths, effects and samples of newer Sonic Pis, from folders that the user names. Programs use
  # them by name, as if they had come with the installation, whose own always win.
  module Extras
    SUFFIX = '.scsyndef'
    PREFIX = 'sonic-pi-'
    EFFECT = 'fx_'
    # Parameters that Sonic Pi itself sets, and does not show.
    WIRING = %w[in_bus out_bus].freeze

    class << self
      def load(synthdef_folders, sample_folders)
        synthdef_folders.each { |folder| load_synthdefs(folder) }
        sample_folders.each { |folder| add_samples(folder) }
      end

      private

      def load_synthdefs(folder)
        synthdefs = SonicPi::SCSynthExternal.instance.synthdefs
        files = Dir.glob("**/*#{SUFFIX}", base: folder).sort
        files.map { |file| File.join(folder, File.dirname(file)) }.uniq.each do |place|
          synthdefs.append(File.expand_path(place))
        end
        files.each { |file| announce(File.basename(file, SUFFIX), synthdefs) }
      end

      # Lets the language know a definition under the name that programs use.
      def announce(name, synthdefs)
        return unless name.start_with?(PREFIX)

        word = name.delete_prefix(PREFIX).to_sym
        known = SonicPi::Synths::SynthInfo.get_all
        known[word] ||= describe(word, options(synthdefs[name]))
      end

      def options(definition)
        definition.defaults.except(*WIRING).transform_keys(&:to_sym)
      end

      # Sonic Pi describes each of its synths by a class: which options it has, which of them are
      # times in beats, notes, or within limits. The common options it describes once for all.
      def describe(word, options)
        base = word.start_with?(EFFECT) ? SonicPi::Synths::FXInfo : SonicPi::Synths::SonicPiSynth
        Class.new(base) do
          define_method(:name) { word.to_s.tr('_', ' ') }
          define_method(:synth_name) { word.to_s }
          define_method(:introduced) { SonicPi::Version.new(4) }
          define_method(:doc) { '' }
          define_method(:arg_defaults) { options }
        end.new
      end

      def add_samples(folder)
        loader = Trichord.runtime.instance_variable_get(:@sample_loader)
        loader.instance_variable_get(:@samples_paths) << "#{File.expand_path(folder)}/**"
      end
    end
  end
end
