"""Sonic Pi, offline: its own installed runtime on a virtual clock, its messages as a score."""
