"""`trichord study`: the tables of the papers and of our own models."""

from __future__ import annotations

from collections.abc import Sequence

from trichord.options import parse
from trichord.progress import Progress
from trichord.verbs.running import print_report, with_progress


def spine(words: Sequence[str], prog: str) -> int:
    """`trichord study spine`: prints what was asked and what was measured, by table."""
    from trichord.studies.spine import study_spine
    from trichord.studies.study import SpineOptions

    return with_progress(study_spine, parse(SpineOptions, words, prog))


def conditioning(words: Sequence[str], prog: str) -> int:
    """`trichord study conditioning`: prints what was asked and what was measured, by table."""
    from trichord.studies.conditioning.contents import study_conditioning
    from trichord.studies.conditioning.study import ConditioningOptions

    return with_progress(study_conditioning, parse(ConditioningOptions, words, prog))


def sonicpi(words: Sequence[str], prog: str) -> int:
    """`trichord study sonicpi`: prints what was asked and what was measured, by table."""
    from trichord.studies.rendering.study import SonicPiOptions, study_sonicpi

    return with_progress(study_sonicpi, parse(SonicPiOptions, words, prog))


def alignment(words: Sequence[str], prog: str) -> int:
    """`trichord study alignment`: prints what was asked and what was measured, by table."""
    from trichord.studies.alignment.contents import study_alignment
    from trichord.studies.alignment.study import AlignmentOptions

    return with_progress(study_alignment, parse(AlignmentOptions, words, prog))


def regularisation(words: Sequence[str], prog: str) -> int:
    """`trichord study regularisation`: prints what was asked and what was measured, by table."""
    from trichord.studies.regularisation.contents import study_regularisation
    from trichord.studies.regularisation.study import RegularisationOptions

    return with_progress(study_regularisation, parse(RegularisationOptions, words, prog))


def lm(words: Sequence[str], prog: str) -> int:
    """`trichord study lm`: prints what was asked and what was measured, by table."""
    from trichord.studies.lm.contents import study_lm
    from trichord.studies.lm.study import LMOptions

    return with_progress(study_lm, parse(LMOptions, words, prog))


def clip(words: Sequence[str], prog: str) -> int:
    """`trichord study clip`: prints what was asked and what was measured, by table."""
    from trichord.studies.clip.contents import study_clip
    from trichord.studies.clip.study import ClipStudyOptions

    return with_progress(study_clip, parse(ClipStudyOptions, words, prog))


def exactness(words: Sequence[str], prog: str) -> int:
    """`trichord study exactness`: prints what was shown; exits 1 where something differs."""
    from trichord.studies.sonicpi.exactness import ExactnessOptions, study_exactness

    options = parse(ExactnessOptions, words, prog)
    with Progress() as progress:
        report = study_exactness(options, progress)
    print_report(report)
    return 1 if report["differ"] else 0
