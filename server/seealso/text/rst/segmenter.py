"""From a reStructuredText document to its passages, and again after each edit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seealso.model import Passage, PassageKind, Segmentation
from seealso.text.decode import readable
from seealso.text.language import guess_language
from seealso.text.licence import is_licence
from seealso.text.lines import LineTable
from seealso.text.markers import names_its_source
from seealso.text.outline import Outline
from seealso.text.pieces import MAX_LIST_WEIGHT
from seealso.text.prose import is_prose, join_items
from seealso.text.rst import tables
from seealso.text.rst.anchors import Identifiers
from seealso.text.rst.blocks import BlockReader
from seealso.text.rst.inline import find_targets
from seealso.text.rst.lists import FIELD
from seealso.text.rst.nodes import Block, Item, Label, Node, Sign, Title

# A blank line before text in the first column: a new block starts there, whatever came before.
_BOUNDARY = re.compile(rb"(?:\r\n?+|\n)[ \t\v\f]*+(?:\r\n?+|\n)(?=[^\s])")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A top-level block (or a few that cannot be told apart by blank lines), read."""

    nodes: tuple[Node, ...]
    open_literal: bool
    ignore_file: bool


class RstSegmenter:
    """Read the versions of one reStructuredText document, one after another."""

    __slots__ = ("_languages", "_stretches", "_targets")

    def __init__(self) -> None:
        self._targets: dict[str, str] = {}
        self._languages: dict[str, str] = {}
        """Languages of the last version's passages, by their text."""
        self._stretches: dict[tuple[bytes, bool], Stretch] = {}
        """What the last version's stretches said, by source and whether a literal block was announced before."""

    def segment(self, source: bytes) -> Segmentation:
        """Return the passages and headings of a document given as UTF-8."""
        text = readable(source)
        targets = find_targets(text)
        if targets != self._targets:
            self._targets, self._stretches = targets, {}
        before, self._stretches = self._stretches, {}
        stretches: list[tuple[int, Stretch]] = []
        open_literal = False
        for start, end in _split(text):
            key = (text[start:end], open_literal)
            stretch = before.get(key) or self._stretches.get(key) or _read(key[0], open_literal, targets)
            self._stretches[key] = stretch
            open_literal = stretch.open_literal
            stretches.append((start, stretch))
        ignore_file = any(stretch.ignore_file for _, stretch in stretches)
        assembly = _Assembly(LineTable(source), self._languages, ignore_file=ignore_file)
        for start, stretch in stretches:
            for node in stretch.nodes:
                assembly.add(start, node)
        assembly.close_list()
        self._languages = {passage.text: passage.language for passage in assembly.passages}
        return Segmentation(tuple(assembly.passages), tuple(assembly.outline.headings))


def _split(source: bytes) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a document as byte ranges."""
    start, table_end = 0, tables.simple_table_end(source, 0)
    for match in _BOUNDARY.finditer(source):
        end = match.end()
        # A simple table is the one block that may hold blank lines before text in the first column.
        if end >= table_end:
            yield start, end
            start, table_end = end, tables.simple_table_end(source, end)
    if start < len(source):
        yield start, len(source)


def _read(source: bytes, open_literal: bool, targets: dict[str, str]) -> Stretch:
    reader = BlockReader(source, targets)
    first = reader.skip_quoted(0, len(reader.lines)) if open_literal else 0
    nodes = reader.read(first, len(reader.lines), 0)
    return Stretch(tuple(nodes), reader.open_literal, reader.ignore_file)


class _Assembly:
    """Put what the stretches say into sections, lists and passages."""

    __slots__ = (
        "_front",
        "_identifiers",
        "_ignore_file",
        "_ignoring",
        "_labels",
        "_languages",
        "_lines",
        "_list",
        "_styles",
        "outline",
        "passages",
    )

    def __init__(self, lines: LineTable, languages: Mapping[str, str], *, ignore_file: bool) -> None:
        self.outline = Outline()
        self.passages: list[Passage] = []
        self._lines = lines
        self._languages = languages
        self._identifiers = Identifiers()
        self._styles: dict[str, int] = {}
        self._labels: list[str] = []
        self._list: list[tuple[int, Item]] = []
        self._ignore_file = ignore_file
        self._ignoring = False
        self._front = True
        """Nothing but titles and what is invisible so far: a field list here describes the document."""

    def add(self, at: int, node: Node) -> None:
        """Add a node of the stretch that starts at a byte."""
        if isinstance(node, Item):
            if self._list and self._list[0][1].key != node.key:
                self.close_list()
            self._list.append((at, node))
            return
        self.close_list()
        if isinstance(node, Block):
            self._add_passage(at + node.start, at + node.end, node.kind, node.text, node.links)
            self._end_block()
        elif isinstance(node, Title):
            self._enter(at, node)
        elif isinstance(node, Label):
            self._identifiers.reserve(node.name)
            if node.names_next:
                self._labels.append(node.name)
        elif node is Sign.IGNORE_NEXT:
            self._ignoring = True
        elif node is Sign.BREAK:
            self._labels.clear()

    def close_list(self) -> None:
        """Add the list that was open: as one passage if it is light, else one or more for each item."""
        if not self._list:
            return
        items, self._list = self._list, []
        if self._front and items[0][1].key == FIELD:
            self._front = False
            return
        blocks = [(at, block) for at, item in items for block in item.blocks]
        ignored = any(item.ignored for _, item in items)
        if blocks and sum(item.weight for _, item in items) <= MAX_LIST_WEIGHT:
            text = join_items(block.text for _, block in blocks)
            links = tuple(link for _, block in blocks for link in block.links)
            start, end = blocks[0][0] + blocks[0][1].start, blocks[-1][0] + blocks[-1][1].end
            self._add_passage(start, end, PassageKind.LIST, text, links, ignored=ignored)
        else:
            for at, item in items:
                for block in item.blocks:
                    self._add_passage(
                        at + block.start, at + block.end, block.kind, block.text, block.links, ignored=item.ignored
                    )
        self._end_block()

    def _end_block(self) -> None:
        self._front = self._ignoring = False
        self._labels.clear()

    def _enter(self, at: int, title: Title) -> None:
        level = self._styles.setdefault(title.style, len(self._styles) + 1)
        anchor = self._identifiers.of_title(title.text, self._labels)
        label = self._labels[-1] if self._labels else ""
        self.outline.enter(title.text, level, self._lines.line_of(at + title.start), anchor=anchor, label=label)
        self._labels.clear()

    def _add_passage(
        self, start: int, end: int, kind: PassageKind, text: str, links: tuple[str, ...], *, ignored: bool = False
    ) -> None:
        if not is_prose(text) or (not self.passages and is_licence(text)):
            return
        line_of = self._lines.line_of
        self.passages.append(
            Passage(
                start,
                end,
                line_of(start),
                line_of(end - 1),
                kind,
                text,
                self.outline.path,
                self._languages.get(text) or guess_language(text),
                links,
                ignored or self._ignoring or self._ignore_file or names_its_source(kind, text, links),
            )
        )
