"""Sonic Pi, offline: its own installed runtime on a virtual clock, its messages as a score."""

from trichord.livecode.sonicpi.render import Render, Renderer, render

__all__ = ["Render", "Renderer", "render"]
