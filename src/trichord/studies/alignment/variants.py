"""Towers with a part taken away, to see what it brought."""

from __future__ import annotations

import re
from collections.abc import Callable

from trichord.studies.alignment.agreement import Vectors
from trichord.studies.alignment.collection import Collection
from trichord.studies.alignment.material import Material
from trichord.studies.alignment.sketches import EFFECTS, sketches
from trichord.studies.alignment.towers import Told, stacked

CUT = 350
"""Characters: what the paper's encoder reads, 128 tokens of its own."""

_NUMBER = re.compile(r"(?<![\w:.])\d+(?:\.\d+)?(?![\w])")

_ARGUMENT = re.compile(r"\b(attack|decay|sustain|release|cutoff|amp|pan|res|rate|mix|room):")

_BLOCK = re.compile(r"(\bdo(\s*\|[^|]*\|)?\s*(#.*)?$)|(^\s*end\b)")

Change = Callable[[str], str]


def cut(code: str) -> str:
    """The whole lines within the first characters; the first line at least."""
    if len(code) <= CUT:
        return code
    end = code.rfind("\n", 0, CUT)
    return code[: end if end > 0 else CUT]


def without_numbers(code: str) -> str:
    """Every number is 1; notes that are numbers are middle C, so that something is heard."""
    return _NUMBER.sub(lambda found: "60" if _is_note(found) else "1", code)


def without_names(code: str) -> str:
    """Synths, samples and effects all have one name; notes and loops keep theirs."""
    for verb, name in (("use_synth", "beep"), ("with_synth", "beep"), ("synth", "beep"),
                       ("sample", "bd_haus"), ("with_fx", "reverb")):  # fmt: skip
        code = re.sub(rf"\b({verb}[ (]+):\w+", rf"\1:{name}", code)
    return code


def without_options(code: str) -> str:
    """Options of sounds and effects are misspelt: none of them says anything."""
    return _ARGUMENT.sub(r"un\1:", code)


def without_blocks(code: str) -> str:
    """What stands in blocks comes one after another, once: no loops, no threads, no effects."""
    return "".join(line for line in code.splitlines(keepends=True) if not _BLOCK.search(line))


def _is_note(found: re.Match[str]) -> bool:
    return float(found[0]) >= 24.0


def _changed(change: Change) -> Callable[[Material, Collection], Vectors]:
    def make(material: Material, clips: Collection) -> Vectors:
        read = material.code_tower.embed([change(clip.code) for clip in clips.clips])
        return stacked(clips, read.numpy())

    return make


def _left_out(way: str) -> Callable[[Material, Collection], Vectors]:
    def make(material: Material, clips: Collection) -> Vectors:
        return material.see(material.refine(sketches(clips, way)))

    return make


_CODE, _SCORE = ("clips", "code"), ("clips", "refiner")

VARIANTS: dict[str, Told] = {
    "code_cut": Told("code tower, first 128 tokens", _CODE, _changed(cut), shared=True),
    "code_numbers": Told("code tower, every number 1", _CODE, _changed(without_numbers),
                         shared=True),
    "code_names": Told("code tower, one synth, one sample, one effect", _CODE,
                       _changed(without_names), shared=True),
    "code_structure": Told("code tower, no blocks", _CODE, _changed(without_blocks), shared=True),
    "code_options": Told("code tower, no options", _CODE, _changed(without_options), shared=True),
    **{f"score_{way}": Told(f"score tower, sketched {said}", _SCORE, _left_out(way), shared=True)
       for way, said in (
           ("no_effects", "without effects"),
           *((f"no_{kind}", f"without effects: {kind}") for kind in EFFECTS),
           ("no_controls", "without controls"),
       )},
}  # fmt: skip
"""None is trained again: what is taken away is missing from what a trained tower is given."""
