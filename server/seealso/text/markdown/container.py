"""Read lists and block quotes, however deep they nest."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from seealso.model import PassageKind
from seealso.text import markers
from seealso.text.markdown import html
from seealso.text.markdown.draft import Block, Draft, drafts, merged_links
from seealso.text.markdown.grammar import kinds
from seealso.text.markdown.inline import Definitions, clean, specials
from seealso.text.markdown.paragraph import divide, is_divided
from seealso.text.markdown.table import rows
from seealso.text.markdown.title import read_title
from seealso.text.pieces import MAX_LIST_WEIGHT, MAX_PASSAGE_WEIGHT, is_light, packed, weight
from seealso.text.prose import is_prose, join_items

if TYPE_CHECKING:
    from tree_sitter import Node, TreeCursor

_BLANKS = b" \t\r\n"


class Leaf(NamedTuple):
    """A run of prose inside a container."""

    begin: int
    """Like `start`, but with the list markers before it."""
    start: int
    raw: bytes
    """Its source from `start` on, with the markers of quotes blanked out byte for byte."""
    text: str
    links: tuple[str, ...]
    top: int
    """Number of the top-level item it stands in, or -1."""
    fresh: bool
    """The first prose of an item."""
    ignored: bool

    @property
    def end(self) -> int:
        return self.start + len(self.raw)


def read_container(node: Node, raw: bytes, definitions: Definitions) -> Block:
    """Return a list or a block quote as passages; `raw` is the source of the node.

    A light list is one passage, of a heavier one each top-level item is. A quote is one passage. What is too heavy is
    cut between its own blocks, then at sentence ends.
    """
    reader = _Reader(raw, node.start_byte, definitions)
    reader.walk(node)
    leaves = reader.leaves
    quote = node.kind_id == kinds().quote
    kind = PassageKind.QUOTE if quote else PassageKind.LIST
    if quote or _fit(leaves, MAX_LIST_WEIGHT):
        made = _passages(leaves, kind, definitions)
    else:
        items = [list(item) for _, item in groupby(leaves, key=lambda leaf: leaf.top)]
        made = [draft for item in items for draft in _passages(item, kind, definitions)]
    return Block(tuple(made), None, reader.ignored, reader.ignores_file)


def _fit(leaves: list[Leaf], limit: int) -> bool:
    """Tell whether leaves and what separates them weigh at most `limit` together."""
    length = sum([len(leaf.text) + 2 for leaf in leaves])
    # What the characters weigh matters only between one and three times the length.
    return 3 * length <= limit or (length <= limit and sum([weight(leaf.text) + 2 for leaf in leaves]) <= limit)


def _passages(leaves: list[Leaf], kind: PassageKind, definitions: Definitions) -> list[Draft]:
    """Return leaves as one passage, or as several that are light enough."""
    if not leaves:
        return []
    if _fit(leaves, MAX_PASSAGE_WEIGHT):
        return [_together(leaves, kind)]
    made: list[Draft] = []
    for group in packed(leaves, MAX_PASSAGE_WEIGHT):
        first = group[0]
        if len(group) == 1 and not is_light(first.text):
            read = partial(clean, definitions=definitions)
            cut = drafts(first.raw, first.start, kind, read, ignored=first.ignored)
            # The first piece takes the list marker with it.
            made += [draft._replace(start=first.begin) for draft in cut[:1]]
            made += cut[1:]
        else:
            made.append(_together(group, kind))
    return made


def _together(leaves: list[Leaf], kind: PassageKind) -> Draft:
    first = leaves[0]
    if len(leaves) == 1:
        return Draft(first.begin, first.end, kind, first.text, first.links, first.ignored)
    links = merged_links(leaf.links for leaf in leaves)
    return Draft(first.begin, leaves[-1].end, kind, _joined(leaves), links, any(leaf.ignored for leaf in leaves))


def _joined(leaves: Iterable[Leaf]) -> str:
    """Return the text of leaves: those of one item as they are, items separated."""
    items: list[list[str]] = []
    for leaf in leaves:
        if leaf.fresh or not items:
            items.append([leaf.text])
        else:
            items[-1].append(leaf.text)
    return join_items(" ".join(item) for item in items)


class _Reader:
    """Collect the leaves of one container in a single walk without recursion."""

    __slots__ = ("begin", "definitions", "fresh", "ignored", "ignores_file", "leaves", "offset", "quotes", "raw", "top")

    def __init__(self, raw: bytes, offset: int, definitions: Definitions) -> None:
        self.raw = raw
        self.offset = offset
        self.definitions = definitions
        self.leaves: list[Leaf] = []
        self.begin = -1
        """Where the list marker stands that the next leaf belongs to, or -1."""
        self.fresh = False
        self.top = -1
        self.quotes = 0
        self.ignored = False
        self.ignores_file = False

    def walk(self, node: Node) -> None:
        known = kinds()
        if node.kind_id == known.quote:
            self.begin = len(self.raw) - len(self.raw.lstrip(_BLANKS))
        containers = (known.item, known.bullets, known.section, known.quote)
        others = (known.atx_heading, known.setext_heading, known.table, known.html, known.error)
        cursor = node.walk()
        path: list[int] = []
        while True:
            here = cursor.node
            assert here is not None
            kind = here.kind_id
            if kind == known.paragraph:
                self._paragraph(*self._source(here))
            elif kind in containers:
                if kind == known.item:
                    self._enter_item(here, top=len(path) == 1)
                if cursor.goto_first_child():
                    self.quotes += kind == known.quote
                    path.append(kind)
                    continue
            elif kind in others:
                self._other(here, kind)
            if not self._advance(cursor, path):
                return

    def _advance(self, cursor: TreeCursor, path: list[int]) -> bool:
        while path:
            if cursor.goto_next_sibling():
                return True
            cursor.goto_parent()
            self.quotes -= path.pop() == kinds().quote
        return False

    def _enter_item(self, node: Node, *, top: bool) -> None:
        self.top += top
        self.fresh = True
        if self.begin < 0 or top:
            start = node.start_byte - self.offset
            while self.raw[start : start + 1] in (b" ", b"\t"):
                start += 1
            self.begin = start

    def _other(self, node: Node, kind: int) -> None:
        known = kinds()
        if kind in (known.atx_heading, known.setext_heading):
            start, raw = self._source(node)
            self._add(start, raw, read_title(raw, kind == known.atx_heading, self.definitions).text, ())
        elif kind == known.table:
            start, raw = self._source(node)
            for row in rows(raw, self.definitions):
                self._add(start + row.start, raw[row.start : row.end], row.text, row.links, fresh=True)
        elif kind == known.html:
            start, raw = self._source(node)
            block = html.read(raw)
            self.ignored |= block.ignores_next
            self.ignores_file |= block.ignores_file
            self._add(
                start + block.start, block.prose, *clean(block.prose.decode("utf-8", "replace"), self.definitions)
            )
        else:
            start, raw = self._source(node)
            self._add(start, raw, *clean(raw.decode("utf-8", "replace"), self.definitions))

    def _paragraph(self, start: int, raw: bytes) -> None:
        if not is_divided(raw, specials(raw)):
            self._add(start, raw, *clean(raw.decode("utf-8", "replace"), self.definitions))
            return
        division = divide(raw)
        self.ignores_file |= division.ignores_file
        for part in division.parts:
            if part.comment is not None:
                self.ignored |= markers.ignores_next(part.comment)
            else:
                run = raw[part.start : part.end]
                self._add(start + part.start, run, *clean(run.decode("utf-8", "replace"), self.definitions))

    def _add(self, start: int, raw: bytes, text: str, links: tuple[str, ...], *, fresh: bool = False) -> None:
        if not is_prose(text):
            return
        begin = self.begin if self.begin >= 0 else start
        self.leaves.append(Leaf(begin, start, raw, text, links, self.top, fresh or self.fresh, self.ignored))
        self.begin = -1
        self.fresh = self.ignored = False

    def _source(self, node: Node) -> tuple[int, bytes]:
        """Return where a leaf starts and its source, both without white space and without markers of quotes."""
        start = node.start_byte - self.offset
        raw = self.raw[start : node.end_byte - self.offset]
        if self.quotes and (b"\n" in raw or b"\r" in raw):
            raw = _without_quote_markers(node, raw)
        content = raw.strip(_BLANKS)
        return start + raw.find(content), content


def _without_quote_markers(node: Node, raw: bytes) -> bytes:
    """Blank out the prefixes of continued lines, which the grammar keeps one or two levels below a leaf."""
    continuation, start = kinds().continuation, node.start_byte
    masked = bytearray(raw)
    for child in node.children:
        for prefix in (child, *child.children):
            if prefix.kind_id == continuation:
                masked[prefix.start_byte - start : prefix.end_byte - start] = b" " * (
                    prefix.end_byte - prefix.start_byte
                )
    return bytes(masked)
