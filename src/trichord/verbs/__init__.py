"""What each verb does with its words: options in, work in the verb's own room, result to stdout.

Every room is imported inside the function that needs it; see `trichord.cli`.
"""

from __future__ import annotations
