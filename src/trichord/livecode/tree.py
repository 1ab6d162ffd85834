"""Programs as parse trees: what the guard, the templates and the edits look at and rewrite.

tree-sitter reads the Ruby that Sonic Pi programs are written in. It never fails: where the text is
no Ruby it leaves errors in the tree, which `faults` lists with line and column. Nothing here
recurses, since a hostile program may nest a hundred thousand brackets. Spans are in bytes of the
UTF-8 text; lines and columns count characters from 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from typing import TYPE_CHECKING

from trichord.errors import InputError, MissingProgramError
from trichord.livecode.calls import Call, take_apart
from trichord.livecode.literals import text

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

Span = tuple[int, int]
"""First byte, and the byte after the last."""

BLOCKS = ("do_block", "block")

BINDERS = (
    "block_parameters",
    "lambda_parameters",
    "method_parameters",
    "destructured_parameter",
    "splat_parameter",
    "hash_splat_parameter",
    "block_parameter",
    "left_assignment_list",
)
"""Nodes whose identifiers are names being bound, no calls."""

FIELDS_OF_NAMES = {
    "assignment": "left",
    "operator_assignment": "left",
    "optional_parameter": "name",
    "keyword_parameter": "name",
    "for": "pattern",
}
"""Nodes of which one field is a name being bound."""


MOST_FAULTS = 20
"""Rubbish holds as many faults as characters; nobody reads them all."""


@dataclass(frozen=True)
class Fault:
    """A place where the text is no Ruby."""

    line: int
    column: int
    found: str
    """The first characters that do not fit, or what is missing."""

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.found}"


class Tree:
    """A parsed program. Nodes are tree-sitter's own, valid as long as the tree lives."""

    def __init__(self, code: str) -> None:
        """Parses `code`.

        Raises:
            InputError: the text holds what no program's file can (a lone surrogate, a NUL).
            MissingProgramError: the parser is not installed.
        """
        try:
            self.source = code.encode()
        except UnicodeEncodeError as error:
            at = code.count("\n", 0, error.start) + 1
            raise InputError(f"line {at}: a character that is no Unicode; save as UTF-8") from None
        if b"\0" in self.source:
            at = self.source.count(b"\n", 0, self.source.index(b"\0")) + 1
            raise InputError(f"line {at}: a NUL byte; a program is plain text")
        # Kept, since the nodes point into it.
        self._tree = _parser().parse(self.source)
        self.root = self._tree.root_node

    @property
    def code(self) -> str:
        """The program as it was given."""
        return self.source.decode()

    def position(self, node: Node) -> tuple[int, int]:
        """Line and column of the first character of `node`."""
        row, column = node.start_point
        before = self.source[node.start_byte - column : node.start_byte]
        return row + 1, len(before.decode(errors="replace")) + 1

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every named node, parents before children, in the order of the text."""
        return tuple(node for node, _ in self._pairs)

    @cached_property
    def _pairs(self) -> list[tuple[Node, Node | None]]:
        return [(node, above) for node, above in walk(self.root) if node.is_named]

    @cached_property
    def _parents(self) -> dict[int, Node | None]:
        # Asked for a parent, tree-sitter walks down from the root each time.
        return {node.id: above for node, above in self._pairs}

    def parent(self, node: Node) -> Node | None:
        """The node around a named `node`; None for the program."""
        return self._parents[node.id]

    def ancestors(self, node: Node) -> Iterator[Node]:
        """The nodes around a named `node`, innermost first, the program last."""
        above = self.parent(node)
        while above is not None:
            yield above
            above = self.parent(above)

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """The first places where the text is no Ruby; empty for a program that parses."""
        if not self.root.has_error:
            return ()
        faults = (self._fault(node) for node, _ in walk(self.root) if _is_fault(node))
        return tuple(islice(faults, MOST_FAULTS))

    def _fault(self, node: Node) -> Fault:
        if node.is_missing:
            return Fault(*self.position(node), f"`{node.type}` is missing")
        start = self.source[node.start_byte : node.end_byte][:200].decode(errors="replace")
        return Fault(*self.position(node), f"cannot read `{start.split(chr(10))[0].strip()[:40]}`")

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call that is written as one: with arguments, a block or a receiver."""
        return tuple(take_apart(node) for node in self.nodes if node.type == "call")

    @cached_property
    def _calls(self) -> dict[int, Call]:
        return {call.node.id: call for call in self.calls}

    def call(self, node: Node) -> Call:
        """The `call` node taken apart."""
        return self._calls[node.id]

    @cached_property
    def bare_calls(self) -> tuple[Node, ...]:
        """Identifiers that are calls without arguments (`stop`, `tick`), as far as names tell.

        A name that the program binds anywhere (assigns, takes as a parameter) is not listed.
        """
        names = [node for node in self.nodes if node.type == "identifier"]
        bound = {text(node) for node in names if self._binds(node)}
        return tuple(n for n in names if text(n) not in bound and not self._is_name_of_call(n))

    def uses(self, name: str) -> list[Node]:
        """The places where a variable is read."""
        return self._uses.get(name, [])

    @cached_property
    def _uses(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.type == "identifier" and not (self._binds(node) or self._is_name_of_call(node)):
                found.setdefault(text(node), []).append(node)
        return found

    def _binds(self, node: Node) -> bool:
        above = self.parent(node)
        if above is None:
            return False
        field = FIELDS_OF_NAMES.get(above.type)
        return above.type in BINDERS or (field is not None and _is_field(above, field, node))

    def _is_name_of_call(self, node: Node) -> bool:
        above = self.parent(node)
        return above is not None and (
            _is_field(above, "method", node) or _is_field(above, "name", node)
        )

    def enclosing_calls(self, node: Node) -> Iterator[Call]:
        """The calls that `node` stands in (as argument or inside the block), innermost first."""
        return (self.call(above) for above in self.ancestors(node) if above.type == "call")

    def enclosing_blocks(self, node: Node) -> Iterator[Call]:
        """The calls whose block holds `node` (`with_fx`, `live_loop` …), innermost first."""
        below = node
        for above in self.ancestors(node):
            if above.type == "call" and below.type in BLOCKS:
                yield self.call(above)
            below = above

    def replace(self, spans: Iterable[tuple[Span, str]]) -> str:
        """The program with several spans replaced at once; no spans, no change.

        Spans are those of the original text, in any order; an empty span inserts.

        Raises:
            ValueError: two spans overlap, or one lies outside of the text.
        """
        parts: list[bytes] = []
        at = 0
        for (start, end), new in sorted(spans, key=lambda pair: pair[0]):
            if not at <= start <= end <= len(self.source):
                raise ValueError(f"span {start}..{end} overlaps another or leaves the text")
            parts += [self.source[at:start], new.encode()]
            at = end
        return b"".join([*parts, self.source[at:]]).decode()


def parse(code: str) -> Tree:
    """The parse tree of a program; `tree.faults` says where it is no Ruby."""
    return Tree(code)


def parse_valid(code: str) -> Tree:
    """As `parse`, for those who need a program that reads without fault.

    Raises:
        InputError: names line and column of the first fault.
    """
    tree = Tree(code)
    if tree.faults:
        raise InputError(f"{tree.faults[0]}; mend the syntax")
    return tree


def walk(root: Node) -> Iterator[tuple[Node, Node | None]]:
    """Every node from `root` down, parents first, each with its parent; tokens (`do`) included."""
    cursor = root.walk()
    above: list[Node] = []
    while True:
        node = cursor.node
        assert node is not None
        yield node, above[-1] if above else None
        if cursor.goto_first_child():
            above.append(node)
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            above.pop()


def span(node: Node) -> Span:
    """First byte of `node`, and the byte after its last."""
    return node.start_byte, node.end_byte


def _is_fault(node: Node) -> bool:
    return node.is_error or node.is_missing


def _is_field(above: Node, field: str, node: Node) -> bool:
    found = above.child_by_field_name(field)
    return found is not None and found.id == node.id


@cache
def _parser() -> Parser:
    try:
        import tree_sitter_ruby
        from tree_sitter import Language, Parser
    except ImportError:
        raise MissingProgramError(
            "reading programs needs tree-sitter: pip install 'trichord[livecode]'"
        ) from None
    return Parser(Language(tree_sitter_ruby.language()))
