"""The page that shows how exact we are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from trichord.studies.sonicpi.functions import Function
from trichord.studies.sonicpi.results import Checked, targets
from trichord.studies.tables import Cell, markdown_table

_SHOWN = 3
"""Programs that are named beside a function."""

_INTRODUCTION = """\
# Sonic Pi, offline: how exact

`make verify-sonicpi` starts the real Sonic Pi {version} server of this machine, with the real
scsynth under `jackd -r -d dummy`, runs every program on a server of its own for {seconds:g} s of
score, and keeps what it sends to scsynth and to its editor; a UDP relay stands before scsynth. The
same program, through our runtime on its virtual clock, gives our score. Both are compared message
by message. Times are those that the server writes into its bundles, which a slow machine does not
move. One number per program, the moment at which the server began, lays both on one axis; it is
{least_lag:.1f} to {most_lag:.1f} ms after the program was sent.

What is compared: time (1 ms), address, number and types and values of arguments (32 bits, as on the
wire). Numbers of nodes, buses and buffers must map one to one onto ours through the whole program;
in {same} of {count} programs they are the very same, in the others the server's threads asked for
them in another order, as they do from run to run. Nothing is compared of the order of messages at
one time, for the same reason."""

_PROGRAMS = """\
*Timed messages* are all whose time the program makes: synths, samples, controls, slides, ends.
*At once* counts what the server sends without a time (groups, effects, buffers, clean-up), up to
two seconds before the end; it is compared in words and numbering. *Printed* and *dead threads* are
what the program said, with its time and with its line. *Sound*: what the server sent, played by
`scsynth -N` beside our score, both channels at 44.1 kHz, in steps of 16 bits. Messages without a
time get the time of ours, and messages of one time the order of ours: on the real server the former
come when its processor gets to them, and the latter as its threads happen to run, which decides
whose noise is drawn first."""

_BY_CLOCK = (
    "{count} × `/n_free` of the empty group of a chord, up to {apart:.0f} ms apart: stamped with "
    "the clock on the wall when scsynth has told the server that the notes are over; nothing to "
    "hear"
)

_SILENT = {
    "/b_write": "keeps a copy of an empty buffer in a file; nothing to hear, and we write no files",
    "/n_run": "puts scsynth to sleep when everything is over; nothing to hear",
}


def page_of(
    checked: Sequence[Checked], table: Sequence[Function], seconds: float, version: str
) -> str:
    """The whole page in Markdown."""
    lags = [one.comparison.start_lag_ms for one in checked]
    rows = [
        (t.what, t.bound, t.measured, "yes" if t.met else "**no**") for t in targets(checked, table)
    ]
    exceptions = list(_exceptions(checked))
    parts = [
        _INTRODUCTION.format(
            version=version,
            seconds=seconds,
            least_lag=min(lags),
            most_lag=max(lags),
            same=sum(one.comparison.same_numbers for one in checked),
            count=len(checked),
        ),
        markdown_table(("what", "asked", "measured", "met"), rows),
        "## Programs",
        _PROGRAMS,
        markdown_table(
            (
                "program",
                "timed messages",
                "equal",
                "apart, at most (ms)",
                "at once, equal",
                "printed",
                "dead threads",
                "sound: equal samples",
                "largest difference (LSB)",
            ),
            [_row(one) for one in checked],
        ),
        "## Exceptions, one by one",
        markdown_table(("program", "what"), exceptions) if exceptions else "None.",
        "## Functions of the language",
        _functions_about(table),
        markdown_table(("function", "part", "used, among others, in", "result"), _functions(table)),
    ]
    return "\n\n".join(parts) + "\n"


def _row(one: Checked) -> tuple[Cell, ...]:
    messages, said, sound = one.comparison, one.said, one.replay
    return (
        one.program.name if one.program.origin == "ours" else f"{one.program.name} (example)",
        messages.timed,
        messages.equal,
        f"{messages.largest_ms:.4f}",
        f"{messages.at_once_equal} of {messages.at_once}",
        f"{said.printed_equal} of {said.printed}" if said.printed else None,
        f"{said.died_equal} of {said.died}" if said.died else None,
        f"{100 * sound.equal / max(1, sound.samples):.4f} %",
        sound.largest,
    )


def _exceptions(checked: Sequence[Checked]) -> Iterator[tuple[str, str]]:
    for one in checked:
        for what in _of_program(one):
            yield one.program.name, what


def _of_program(one: Checked) -> Iterator[str]:
    messages = one.comparison
    for text in messages.missing:
        yield f"only the real server: `{text}`"
    for text in messages.extra:
        yield f"only ours: `{text}`"
    for text in messages.misnumbered:
        yield f"other node, bus or buffer: `{text}`"
    yield from one.said.different
    if messages.by_clock:
        yield _BY_CLOCK.format(count=messages.by_clock, apart=messages.by_clock_ms)
    silent = Counter(text.split(" s ")[1].split()[0] for text in messages.at_once_missing)
    for address, count in silent.items():
        reason = _SILENT.get(address, "sent without a time, and not by us")
        yield f"{count} × `{address}`: {reason}"


def _functions_about(table: Sequence[Function]) -> str:
    parts = Counter(one.part for one in table)
    by_part = ", ".join(f"{name} {count}" for name, count in sorted(parts.items()))
    return (
        f"All {len(table)} that the documentation of the installed Sonic Pi describes ({by_part}). "
        "*Equal*: used in a program in which every timed message, every printed line and every "
        "dead thread is that of the real server. What is not supported is shown with the very "
        "error that one gets from `trichord render`."
    )


def _functions(table: Sequence[Function]) -> list[tuple[str, str, str | None, str]]:
    return [
        (
            f"`{one.name}`",
            one.part,
            ", ".join(sorted(one.programs, key=len)[:_SHOWN]) or None,
            one.verdict,
        )
        for one in table
    ]
