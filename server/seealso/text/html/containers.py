"""Lists, tables and quotations of HTML: what of them makes one passage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from seealso.model import PassageKind
from seealso.text.pieces import MAX_LIST_WEIGHT, MAX_OVERLAP_WEIGHT, MAX_PASSAGE_WEIGHT, Piece, is_light, packed, weight
from seealso.text.prose import join_cells, join_items

CONTAINERS = {
    b"blockquote": PassageKind.QUOTE,
    b"dl": PassageKind.LIST,
    b"menu": PassageKind.LIST,
    b"ol": PassageKind.LIST,
    b"table": PassageKind.TABLE,
    b"ul": PassageKind.LIST,
}

_ITEMS = {PassageKind.LIST: {b"li", b"dt"}, PassageKind.TABLE: {b"tr", b"caption"}, PassageKind.QUOTE: set[bytes]()}
"""What begins an item or a row."""
_PARTS = frozenset({b"li", b"dt", b"td", b"th"})
_ENDS = (":", ".", "?", "!", ",", ";")


class Leaf(NamedTuple):
    """A run of text inside a container."""

    start: int
    end: int
    text: str
    links: tuple[str, ...]
    item: int
    """Number of the item or row it stands in."""
    part: int
    """Number of the cell, or of the item of whatever level."""
    is_term: bool
    says: bool
    """Not all of it is a link."""


class Unit(NamedTuple):
    """An item of a list, a row of a table, or a whole quotation."""

    text: str
    leaves: Sequence[Leaf]


class Container:
    """A list, table or quotation with all that is in it, whatever that is made of."""

    __slots__ = ("_counts", "_item", "_leaves", "_open", "_part", "_term", "kind", "laid_out")

    def __init__(self, name: bytes) -> None:
        self.kind = CONTAINERS[name]
        self.laid_out = False
        """It only lays out the page: what is in it stands for itself."""
        self._open = [name]
        self._counts = Counter(self._open)
        self._leaves: list[Leaf] = []
        self._item = self._part = 0
        self._term = False

    @property
    def is_table(self) -> bool:
        """Whether the innermost container that is open is a table."""
        return self._open[-1] == b"table"

    def open(self, name: bytes) -> None:
        """Note a block element that begins."""
        if name in CONTAINERS:
            self._open.append(name)
            self._counts[name] += 1
        elif name == b"dt" and self._leaves and self._leaves[-1].is_term:
            pass  # another term of the same definition
        else:
            self._item += len(self._open) == 1 and name in _ITEMS[self.kind]
            self._part += name in _PARTS
        self._term = name == b"dt"

    def close(self, name: bytes) -> bool:
        """Note a block element that ends; return whether all is closed with it."""
        self._term = False
        if self._counts[name]:
            # What was left open inside of it ends with it.
            while (last := self._open.pop()) != name:
                self._counts[last] -= 1
            self._counts[name] -= 1
        return not self._open

    def add(self, start: int, end: int, text: str, links: tuple[str, ...], *, says: bool) -> None:
        """Take in a run of text, and whether it says anything outside of links."""
        self._leaves.append(Leaf(start, end, text, links, self._item, self._part, self._term, says))

    def lay_out(self) -> list[Leaf]:
        """Return what was taken in so far; the rest stands for itself."""
        self.laid_out = True
        leaves, self._leaves = self._leaves, []
        return leaves

    def pieces(self, cut: Callable[[Leaf], list[Piece]]) -> list[Piece]:
        """Return what makes one passage each; `cut` divides a run that is too long for one. A menu makes none."""
        if not any(leaf.says for leaf in self._leaves):
            return []
        units = [self._unit(list(leaves)) for _, leaves in groupby(self._leaves, key=lambda leaf: leaf.item)]
        header, limit = "", MAX_PASSAGE_WEIGHT
        if self.kind is PassageKind.TABLE and units and weight(units[0].text) <= MAX_OVERLAP_WEIGHT:
            header = units[0].text
            limit -= weight(header)
        elif self.kind is PassageKind.LIST:
            limit = MAX_LIST_WEIGHT if sum(weight(unit.text) + 2 for unit in units) <= MAX_LIST_WEIGHT else 0
        made: list[Piece] = []
        for group in packed(units, limit):
            if len(group) == 1 and not is_light(group[0].text):
                made += self._divided(group[0].leaves, cut)
            else:
                leaves = [leaf for unit in group for leaf in unit.leaves]
                lead = [header] if made else []
                made.append(_piece(leaves, join_items([*lead, *(unit.text for unit in group)])))
        return made

    def _unit(self, leaves: list[Leaf]) -> Unit:
        return Unit(self._joined(leaves), leaves)

    def _divided(self, leaves: Sequence[Leaf], cut: Callable[[Leaf], list[Piece]]) -> list[Piece]:
        made: list[Piece] = []
        for group in packed(leaves, MAX_PASSAGE_WEIGHT):
            made += cut(group[0]) if len(group) == 1 else [_piece(group, self._joined(group))]
        return made

    def _joined(self, leaves: Iterable[Leaf]) -> str:
        parts = [_together(list(part)) for _, part in groupby(leaves, key=lambda leaf: leaf.part)]
        if self.kind is PassageKind.TABLE:
            return join_cells(parts)
        return join_items(parts) if self.kind is PassageKind.LIST else " ".join(parts)


def _together(leaves: list[Leaf]) -> str:
    """Return the text of an item; the terms of a definition open it."""
    terms = [leaf.text for leaf in leaves if leaf.is_term]
    body = " ".join(leaf.text for leaf in leaves if not leaf.is_term)
    term = ", ".join(terms)
    if not term or not body:
        return term or body
    return f"{term} {body}" if term.endswith(_ENDS) else f"{term}: {body}"


def _piece(leaves: Sequence[Leaf], text: str) -> Piece:
    links = tuple(dict.fromkeys(link for leaf in leaves for link in leaf.links))
    return Piece(leaves[0].start, leaves[-1].end, text, links)
