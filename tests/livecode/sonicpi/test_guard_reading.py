"""Ruby and the guard's parser must read the same: what Ruby would call, the guard has seen.

Random programs are put together from what starts, ends and hides texts (quotes, percent signs,
here documents, slashes, comments), with the word `evil` among it. Where Ruby's own parser finds a
call of something evil, the guard must have refused the program.
"""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

from trichord.livecode.sonicpi.guard import findings
from trichord.livecode.sonicpi.guard.names import names
from trichord.livecode.sonicpi.guard.text import preparsed

STARTS = [
    *(
        "",
        "x = 1\n",
        "rand = 2\n",
        "tick = 1; x = []\n",
        "define :x do |a| end\n",
        "def x(*a) = 1\n",
    ),
]
BEFORE = [
    *(
        "x = ",
        "puts ",
        "x ",
        "x.to_s ",
        "x /",
        "[",
        "p(",
        "1 ",
        "x ? ",
        "x ? 1 : ",
        "{y: ",
        "-> { ",
    ),
    *("&", "*", "!", "not ", "x\n  .to_s ", "rand ", "rand", "x", "", "x<<", "x %", '"a" ', "x) "),
    *("x[0] ", "x} ", "1", "nil ", "x: ", ":a ", "?a", "@a ", "x? ", "tick", "ring ", "(ring "),
    *("|x| ", "do ", "when ", "return ", "=~ ", "&& ", "..", "\\\n", "x;", "def f(x) = ", "x /= "),
    *("x %= ", "x <<= ", "x &.to_s ", "puts -", "puts x ?"),
]
TEXTS = [
    *(('"', '"'), ("'", "'"), ("/", "/"), ("/", "/x"), ("%w[", "]"), ("%(", ")"), ("%q{", "}")),
    *(
        ("%Q<", ">"),
        ("%i[", "]"),
        ("%r{", "}"),
        ("%r!", "!"),
        ("%|", "|"),
        ("%=", "="),
        ("% ", " "),
    ),
    *(("<<A\n", "\nA\n"), ("<<~A\n", "\n  A\n"), ("<<'A'\n", "\nA\n"), ("<<`A`\n", "\nA\n")),
    *(("<<A, <<B\n", "\nA\nevil\nB\n"), (':"', '"'), ('"a": ', ""), ("?", ""), ("?\\", "")),
    *(('?"', ""), ("#", "\n"), ("\n=begin\n", "\n=end\n"), ("\n=begin", "\n=end"), ('"#{', '}"')),
    *(('"#{"', '"}"'), ("/#{", "}/"), ("%W[#{", "}]"), ('"\\', '"'), ('"#@', '"'), ("%s(", ")")),
    *(("__END__", ""), ("\n__END__\n", ""), ("/[", "/]/"), ("/\\/", "/"), ("<<A\r\n", "\r\nA\r\n")),
    *((":/ ", ""), (":[] ", ""), (":a=", " "), ("{", "}"), ("$", ""), ('$"', ""), ("&:", " ")),
]
INSIDE = [
    *(
        "evil",
        " evil ",
        "\nevil\n",
        '"',
        "'",
        "/",
        "`",
        "#",
        "#{evil}",
        "\\",
        "\n",
        "A",
        "\nA\n",
        " ",
    ),
    *("%", "?", "x", "1", ";", "}", "]", ")", "(", "[", "{", "|", "$", "@", ":", "=", "\\\n", "é"),
    *("\n=end\n", "=begin", "<<A", '\\"', "\\'", "\\/", "\\#{evil}", "#\n", '""', "//", "{}"),
]
AFTER = [
    *("", " ", "\n", "\nend", "}", ")", "]", ".to_s", "; evil", "\nevil\n", " evil", " if x"),
    *(
        " / evil /",
        " : evil",
        '" evil "',
        "' evil '",
        "/",
        " #/",
        '"',
        "'",
        "/;evil",
        "\nA\n",
        "#'",
    ),
    *(".to_s { evil }", " do evil end", " => x", ", 1", "\n.to_s evil"),
]
PROGRAMS = 8_000


def compose(rng: random.Random) -> str:
    code = rng.choice(STARTS)
    for _ in range(rng.choice([1, 1, 2, 2, 3])):
        start, end = rng.choice(TEXTS)
        inside = "".join(rng.choices(INSIDE, k=rng.randint(0, 3)))
        code += rng.choice(BEFORE) + start + inside + end + rng.choice(AFTER)
    return code


def called_by_ruby(programs: list[str]) -> list[list[str] | None]:
    """What Ruby would call, by program; None where it cannot read it."""
    script = Path(__file__).parent / "calls.rb"
    done = subprocess.run(
        ["ruby", "-W0", str(script)],
        input=json.dumps(programs),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_what_ruby_calls_the_guard_has_read() -> None:
    rng = random.Random(4)
    programs = [compose(rng) for _ in range(PROGRAMS)]
    lists = names().list_functions
    called = called_by_ruby(["\n" + preparsed(code, lists) for code in programs])
    readable = [
        (code, each) for code, each in zip(programs, called, strict=True) if each is not None
    ]
    assert len(readable) > PROGRAMS // 20
    for code, calls in readable:
        if any("evil" in name.lower() or name == "`" for name in calls):
            assert findings(code), code


def test_ruby_and_the_parser_read_calls_of_an_honest_program() -> None:
    """That the comparison above compares something."""
    assert called_by_ruby(["evil 1; x = Evil.new; `ls`", "'evil'", "play ("]) == [
        ["Evil", "`", "evil", "new"],
        [],
        None,
    ]
