"""Waveforms in memory and on disk: files, rates, loudness, pitch, onsets and loops.

Waves are float32 mono arrays `[T]` with full scale at 1; rates are in Hz, levels in dB relative to
full scale, pitches are MIDI numbers with 60 = C4.
"""
