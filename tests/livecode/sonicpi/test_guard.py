"""The guard lets music through and names what it does not let through."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichord.livecode.sonicpi import install
from trichord.livecode.sonicpi.guard import RefusedProgram, check, findings
from trichord.livecode.sonicpi.guard.names import names, words
from trichord.livecode.sonicpi.guard.text import MAX_BYTES, MAX_DEPTH, preparsed

# What people write: every one of these must pass.
IDIOMS = {
    "lists": """
        notes = (scale :e3, :minor_pentatonic, num_octaves: 2).shuffle.take(3).mirror
        live_loop :a do
          play notes.tick, release: [0.1, 0.2, 0.3].choose if (spread 5, 8).look
          sleep 0.25
        end
    """,
    "ruby lists": """
        xs = [1, 2, 3].map { |x| x * 2 }.select(&:even?).inject(:+)
        ys = (1..8).each_slice(2).to_a.transpose.flatten.zip([0.5] * 8)
        ys.each_with_index { |(n, d), i| play 50 + n, amp: d if i % 3 == 0 }
        h = { a: 1, "b" => 2 }.map { |k, v| [k.to_sym, v] }.to_h
        h.each { |k, v| puts "#{k}: #{v.round(2)}" }
        [3, 1].sort_by { |x| -x }.reduce(0) { |a, b| a + b }
    """,
    "functions": """
        define :bass do |root, len = 1, *rest, amp: 1, &blk|
          use_synth :fm
          play root, release: len, amp: amp
          yield if block_given?
          blk.call if blk
          return root
        end
        def arp(c) = c.each { |n| play n; sleep 0.1 }
        bass :c2, 2, amp: 0.5
        arp(chord(:e3, :m7))
        bass(50) { sleep 1 }
        self.bass 40
    """,
    "lambdas": """
        env = ->(t) { Math.sin(t * Math::PI / 8) ** 2 }
        f = lambda { |x| x.clamp(0, 1) }
        g = proc do |x| x + 1 end
        play 60, amp: f.(env.call(3)), pan: g[0.5] - 1
        [1, 2].each(&g)
    """,
    "state and sync": """
        set :root, :e2
        live_loop :met do
          cue :tick, 1
          sleep 1
        end
        live_loop :b, sync: :met, delay: 0.5 do |n|
          n1, = sync "/cue/tick"
          play get[:root], cutoff: rrand(60, 110)
          n + 1
        end
        $count = 0
        @own = [1, 2]
    """,
    "control flow": """
        x = 3
        case x
        when 1, 2 then play 50
        when 3..5
          play 60
        when Integer, Float
          play 70
        else sleep 1
        end
        until x <= 0
          x -= 1
          next if x == 2
          break unless one_in(3)
        end
        loop do
          if x > 3 && !tick.zero? then stop else sleep 1 end
          begin
            play :no_such_note
          rescue => e
            puts e.message
          ensure
            sleep 0.1
          end
        end
    """,
    "effects": """
        with_fx :reverb, mix: 0.4, room: 0.8 do |r|
          with_fx(:echo, phase: 0.25, decay: 4) { play 60 }
          control r, mix: 0.9, mix_slide: 4
          s = synth :prophet, note: :c4, sustain: 4, cutoff: 60, cutoff_slide: 4
          s.control cutoff: 120
          at [1, 2.5, 3], [:c, :e, :g] do |n| play n end
          density(2) { sample :bd_haus, rate: -1, start: 0.2, finish: 0.5 }
          time_warp 0.5 do sample :loop_amen, beat_stretch: 2, onset: pick end
          kill s
        end
    """,
    "samples": """
        use_sample_bpm :loop_amen
        sample :loop_amen, slice: rand_i(8), rate: [1, -1].choose
        sample "tabla_", 2, amp: 0.5
        sample sample_names(:ambi).choose, sustain: sample_duration(:ambi_piano)
        name = "bd_#{%w(haus tek).tick}".to_sym
        sample name, lpf: 90 unless name.nil?
    """,
    "text": """
        pattern = "x--x-x-x".chars.ring
        live_loop(:d) { sample :drum_bass_hard if pattern.tick == "x"; sleep 0.125 }
        puts "bar %d" % (tick / 4), format("%.2f", 0.5), 'done'.upcase
        "4-5 7".scan(/\\d/).map(&:to_i).each { |d| play degree(d, :c, :major); sleep 1 / 4.0 }
    """,
    "words that Ruby knows": """
        method = :saw
        open = 0.5
        test = [1, 2]
        system = :kick
        puts method, open, test, system
        define :test_one do play 60 end
        define :format do |x| x end
    """,
    "one line each": "play 60;sleep 1;play 62,amp:0.5;sleep 0.5 if true;puts (ring 1,2)[3]",
    "remarks between quotes": '"""\nplay :c4\n"""\nputs "a" "b"',
    "arguments on the next line": "notes = (ring\n  :e3, :g3,\n  :b3)\nplay notes.tick",
    "windows": "play 60\r\nsleep 1\r\n",
    "chained with dots first": "(chord :c, :major)\n  .shuffle\n  .tick\n  .then { |n| play n }",
    "own constants": "TEMPO = 120\nuse_bpm TEMPO\nplay 60, amp: Float::INFINITY.clamp(0, 1)",
    "umlauts": "# Über den Wölken ♪\nplay 60 # très fort\nputs '日本'",
    "pattern matching": "case [1, {n: 60}]\nin [Integer => a, {n:}] if a > 0\n  play n + a\nend",
    "nothing": "",
}

# Program, the line and a word of the refusal.
REFUSALS = [
    ("play 60\nx = `ls`", 2, "`ls`"),
    ("%x(ls)", 1, "starts and stops no other programs"),
    ("system 'ls'", 1, "system"),
    ("[1].each(&:system)", 1, "system"),
    ("[self, 'x'].inject(:instance_eval)", 1, "inject"),
    ("n = :instance_eval\n[self].each_with_object('1', &n)", 2, "&n"),
    ("f = -> { }\nf = :eval\n[self].each(&f)", 3, "&f"),
    ("x = 1\nx.send(:system, 'ls')", 2, ".send"),
    ("class Foo\nend", 1, "changes no classes"),
    ("def self.play(*) = nil", 1, "changes no classes"),
    ("def play(*) = nil", 1, "exists already"),
    ("define :sleep do end", 1, "exists already"),
    ("define(rand > 0 ? :a : :b) { }", 1, "write the name of the function out"),
    ("Kernel.exit", 1, "Kernel"),
    ("::File.read 'x'", 1, "File"),
    ("Math::File", 1, "Math::File"),
    ("5.class.new", 1, "5.class.new"),
    ("@mod_sound_studio", 1, "machinery"),
    ("@@random_numbers", 1, "classes"),
    ("$LOAD_PATH << 'x'", 1, "$LOAD_PATH"),
    ("__system_thread_locals", 1, "machinery"),
    ("BEGIN { play 60 }", 1, "BEGIN"),
    ("END { play 60 }", 1, "END"),
    ("play 60\n__END__\nsystem", 2, "__END__"),
    ("alias play sleep", 1, "alias"),
    ("sample '/etc/passwd'", 1, "without folders"),
    ("sample '../../x'", 1, "without folders"),
    ("d = '~/music'\nsample d, 1", 2, "without folders"),
    ('sample "\\x2fetc"', 1, "without folders"),
    ("{fork:}", 1, "fork"),
    ("if false\n  binding = 1\nend\nx = binding", 2, "binding"),
    ("Time.at(0)", 1, "Time.now"),
    ("use_random_source :pink", 1, "newer Sonic Pi"),
    ("plya 60", 1, "did you mean play"),
    ("play 60\nplay (", 2, "mend the syntax"),
    ("mc_message 'hi'", 1, "Minecraft"),
    ("# coding: shift_jis\nplay 60", 1, "UTF-8"),
    ("play 60\x00", 1, "control character"),
    ("# hidden\rsystem 'ls'", 1, "control character"),
    ("x = 1\ndef rand(*) = x", 2, "exists already"),
    ("rand = 1\nrand /1; x#/", 2, "text or a division"),
    ("x = <<A\n`ls`\nA", 1, "plain"),
    ("x = <<`A`\nls\nA", 1, "plain"),
    ("x = %  ls ", 1, "plain"),
    ("tick%w(binding:)", 1, "text or a division"),
    ("puts 'a' %[binding]", 1, "plain"),
    ('# (ring\nx = "\n`ls`\n#"', 2, "ls"),
]


@pytest.mark.parametrize("name", IDIOMS)
def test_what_people_write_passes(name):
    assert findings(IDIOMS[name]) == []


@pytest.mark.parametrize("path", install.find().examples(), ids=lambda path: path.stem)
def test_installed_examples_pass(path):
    assert findings(path.read_text()) == []


@pytest.mark.parametrize(("code", "line", "word"), REFUSALS, ids=[r[0][:30] for r in REFUSALS])
def test_refuses_with_line_and_reason(code, line, word):
    with pytest.raises(RefusedProgram) as caught:
        check(code)
    first = caught.value.refusals[0]
    assert first.line == line
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_what_is_no_ruby_is_told_apart():
    assert [each.kind for each in findings("play (")] == ["syntax"]
    assert [each.kind for each in findings("system 'x'")] == ["refused"]


def test_every_place_is_named_in_order():
    found = findings("play 60\nsystem 'a'\nsleep 1\n  eval 'b'")
    assert [(each.line, each.column, each.what) for each in found] == [
        (2, 1, "system"),
        (4, 3, "eval"),
    ]


def test_preparser_moves_the_ends_of_texts():
    """Sonic Pi rewrites the text before Ruby reads it; the guard reads what Ruby will."""
    assert preparsed("x = (ring 1, 2)", ["ring"]) == "x =  ring(1, 2)"
    assert preparsed("# (ring\ny", ["ring"]) == "#  ring(y"
    assert preparsed("play :ab:cd", []) == "play :ab:cd"
    assert preparsed("play :ab:cd", ["ring"]) == "play ::SonicPi::SPSym.new('ab : cd')"


def test_every_documented_function_is_known_or_refused_with_a_reason():
    folder = install.find().root / "lib" / "sonicpi" / "lang"
    # Sonic Pi 3.2 documents what is in these, but does not load them.
    loaded = (path for path in folder.glob("*.rb") if path.stem not in ("pattern", "maths"))
    text = "".join(path.read_text() for path in loaded)
    documented = set(re.findall(r"^ *doc name: *:([a-z_]\w*[?!]?)", text, re.MULTILINE))
    assert len(documented) > 200
    for name in documented:
        known = name in names().functions
        assert known != (name in words().reasons or name.startswith("mc_")), name


HOSTILE = {
    "a megabyte": "play 60\n" * 125_000,
    "brackets": "[" * 30_000,
    "blocks": "loop do\n" * 8_000,
    "closed blocks": "loop do\n" * 4_000 + "end\n" * 4_000,
    "sums": "1+" * 30_000 + "1",
    "chain": "a" + ".b" * 30_000,
    "negations": "!" * 30_000 + "1",
    "assignments": "a=" * 20_000 + "1",
    "interpolations": '"#{' * 10_000,
    "rubbish": "".join(chr(33 + i * 7919 % 90) for i in range(30_000)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_without_overflow(name):
    found = findings(HOSTILE[name])
    assert found
    assert all(len(str(each)) < 250 for each in found)


def test_a_huge_symbol_is_only_a_symbol():
    assert findings("play :" + "a" * (MAX_BYTES - 100)) == []


def test_depth_is_counted():
    assert findings("(" * 20 + "1" + ")" * 20) == []
    (found,) = findings("[" * (MAX_DEPTH + 1))
    assert (found.line, found.column) == (1, MAX_DEPTH + 1)


@given(st.text(max_size=80))
def test_any_text_gives_an_answer(text):
    for found in findings(text):
        assert found.line >= 1
        assert found.column >= 1
        assert "\n" not in str(found)
