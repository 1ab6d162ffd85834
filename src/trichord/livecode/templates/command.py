"""`trichord data template`: a program becomes a template, a template becomes programs."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tyro

from trichord.errors import InputError
from trichord.files import write_atomically
from trichord.livecode.templates.build import from_program
from trichord.livecode.templates.template import MOST_TEXT, Template, read_template, sample
from trichord.livecode.templates.vocabulary import read_vocabulary

MOST_FILLS = 10_000


@dataclass(frozen=True)
class TemplateOptions:
    """Makes a template from a Sonic Pi program: a text with typed holes that you read and mend."""

    song: tyro.conf.Positional[Path]
    """A program; with --fill also a template (it begins with `{#`)."""
    ranges: Literal["musical", "paper"] = "musical"
    """musical: variations of the piece; paper: as arXiv 2508.05473, past Sonic Pi's own limits."""
    out: Path | None = None
    """The file for the template, or with --fill the folder for the programs; else stdout."""
    fill: int = 0
    """Draw so many programs from the template, and do not write the template itself."""
    seed: int = 1
    """Of the programs that --fill draws; each depends on the seed and on its number alone."""


def run(options: TemplateOptions) -> list[str]:
    """Makes the template, or draws programs from it; returns the lines for stdout.

    Raises:
        InputError: one line that names the file or option and the mend.
        MissingProgramError: Sonic Pi is not installed.
    """
    if not 0 <= options.fill <= MOST_FILLS:
        raise InputError(f"--fill {options.fill}: from 1 to {MOST_FILLS:,} programs")
    template = _template(options)
    if options.fill:
        return _fill(options, template)
    if options.out is None:
        return [template.to_text().removesuffix("\n")]
    _check_parent(options.out)
    write_atomically(options.out, template.to_text().encode())
    return [str(options.out)]


def _template(options: TemplateOptions) -> Template:
    text = _read(options.song)
    try:
        if text.startswith("{#"):
            if not options.fill:
                raise InputError("is a template already; draw programs from it with --fill N")
            return read_template(text)
        from trichord.livecode.sonicpi.install import find

        vocabulary = read_vocabulary(find().root)
        return from_program(text, vocabulary, title=options.song.stem, ranges=options.ranges)
    except InputError as error:
        raise InputError(f"{options.song}: {error}") from None


def _read(song: Path) -> str:
    """The text of a file as it stands, line ends included."""
    try:
        with song.open("rb") as file:
            content = file.read(4 * MOST_TEXT)
    except OSError as error:
        raise InputError(f"{song}: {error.strerror}; name a program") from None
    try:
        text = content.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{song}: line {line}: not UTF-8; save the file as UTF-8") from None
    if not text.strip():
        raise InputError(f"{song}: is empty; name a program")
    return text


def _fill(options: TemplateOptions, template: Template) -> list[str]:
    drawn = [_draw(template, options.seed, number) for number in range(1, options.fill + 1)]
    if options.out is None:
        heads = [
            f"# {template.title or options.song.stem}, variation {n + 1}" for n in range(len(drawn))
        ]
        return [f"{head}\n{code}" for head, (code, _) in zip(heads, drawn, strict=True)]
    _check_parent(options.out)
    if options.out.exists() and not options.out.is_dir():
        raise InputError(f"--out {options.out}: is a file; with --fill name a folder")
    options.out.mkdir(exist_ok=True)
    rows: list[str] = []
    for number, (code, values) in enumerate(drawn, 1):
        name = f"{_stem(options.song)}_{number:0{len(str(options.fill))}}.rb"
        write_atomically(options.out / name, code.encode())
        rows.append(json.dumps({"program": name, "values": values}) + "\n")
    write_atomically(options.out / "values.jsonl", "".join(rows).encode())
    return [str(options.out)]


def _draw(template: Template, seed: int, number: int) -> tuple[str, dict[str, float | int | str]]:
    return sample(template, random.Random(f"{seed}:{number}"))


def _stem(song: Path) -> str:
    return song.name.split(".")[0] or "program"


def _check_parent(out: Path) -> None:
    if not out.parent.is_dir():
        raise InputError(f"--out {out}: its folder does not exist; make it first")
