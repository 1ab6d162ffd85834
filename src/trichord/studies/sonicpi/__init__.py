"""Sonic Pi, exact and offline: what the real server sends to scsynth against what we record."""
