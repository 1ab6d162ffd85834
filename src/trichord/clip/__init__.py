"""A sentence, a program or a recording to a clip of sound: `trichord clip`."""

from __future__ import annotations
