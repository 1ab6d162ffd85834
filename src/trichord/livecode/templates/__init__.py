"""Templates: programs with typed holes and ranges, made from programs or written by hand."""

from __future__ import annotations

from trichord.livecode.templates.build import from_program
from trichord.livecode.templates.template import Template, read_template, sample
from trichord.livecode.templates.vocabulary import Vocabulary, read_vocabulary

__all__ = [
    "Template",
    "Vocabulary",
    "from_program",
    "read_template",
    "read_vocabulary",
    "sample",
]
