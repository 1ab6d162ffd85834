"""`trichord data`: corpora of notes and of programs."""

from __future__ import annotations

from collections.abc import Sequence

from trichord.options import parse
from trichord.verbs.running import print_line, with_watch


def soundfont(words: Sequence[str], prog: str) -> int:
    """`trichord data soundfont`: prints the report."""
    from trichord.data.soundfont import SoundfontOptions, build

    return with_watch(build, parse(SoundfontOptions, words, prog))


def nsynth(words: Sequence[str], prog: str) -> int:
    """`trichord data nsynth`: prints the report."""
    from trichord.data.nsynth import NsynthOptions, build

    return with_watch(build, parse(NsynthOptions, words, prog))


def sfz(words: Sequence[str], prog: str) -> int:
    """`trichord data sfz`: prints the report."""
    from trichord.data.sfz import SfzOptions, build

    return with_watch(build, parse(SfzOptions, words, prog))


def vary(words: Sequence[str], prog: str) -> int:
    """`trichord data vary`: prints the report."""
    from trichord.data.vary import VaryOptions, build

    return with_watch(build, parse(VaryOptions, words, prog))


def template(words: Sequence[str], prog: str) -> int:
    """`trichord data template`: prints the template, the programs, or where they are."""
    from trichord.livecode.templates.command import TemplateOptions, run

    for line in run(parse(TemplateOptions, words, prog)):
        print_line(line)
    return 0


def programs(words: Sequence[str], prog: str) -> int:
    """`trichord data programs`: prints the report and what the build cost."""
    from trichord.data.clips.programs import ProgramsOptions, build

    return with_watch(build, parse(ProgramsOptions, words, prog))
