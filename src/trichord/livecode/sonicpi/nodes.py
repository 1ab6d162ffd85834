"""Which node lies in which group, as scsynth keeps it: a tree with group 0 at its root."""

from __future__ import annotations

from collections.abc import Iterator

ROOT = 0
_INSIDE = (0, 1)  # place: head or tail of the target; other places are beside it


class Groups:
    """The tree of nodes; it does not matter here which of two neighbours comes first."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}
        self._children: dict[int, dict[int, None]] = {}

    def add(self, node: int, place: int, target: int) -> None:
        """Puts a node, new or not, into a group, or beside another node."""
        parent = target if place in _INSIDE else self._parents.get(target, ROOT)
        if parent in self.within(node):
            return  # scsynth, too, leaves a node where it is that would have to be its own parent
        self._unhook(node)
        self._parents[node] = parent
        self._children.setdefault(parent, {})[node] = None

    def children(self, group: int) -> list[int]:
        """What lies right in a group, in the order in which it came there."""
        return list(self._children.get(group, ()))

    def within(self, node: int) -> Iterator[int]:
        """A node and everything below it."""
        waiting = [node]
        while waiting:
            found = waiting.pop()
            yield found
            waiting += reversed(self.children(found))

    def remove(self, node: int) -> None:
        """Takes a node away with everything below it."""
        self._unhook(node)
        for found in list(self.within(node)):
            self._parents.pop(found, None)
            self._children.pop(found, None)

    def _unhook(self, node: int) -> None:
        parent = self._parents.pop(node, None)
        if parent is not None:
            self._children.get(parent, {}).pop(node, None)
