"""Block structure of reStructuredText: lines and indentation to paragraphs, lists, tables and titles."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import accumulate

from seealso.model import PassageKind
from seealso.text.pieces import MAX_PASSAGE_WEIGHT, pieces, weight
from seealso.text.rst import directives, explicit, lists, tables
from seealso.text.rst.columns import one_a_column
from seealso.text.rst.inline import Inline, Targets, clean, paragraph
from seealso.text.rst.nodes import BLANK, Block, Node, Sign, Title, make_item

MAX_DEPTH = 48
"""Deeper nesting is read as plain paragraphs, so that no input exhausts the stack."""

_ADORNMENT = frozenset(b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_MIN_ADORNMENT = 4
"""A shorter line of punctuation is a title's only when it is as long as the title."""

_DOCTEST = re.compile(rb">>>(?:[ \t]|\Z)")
_LINE_BLOCK = re.compile(rb"\|(?:[ \t]+|\Z)")
_LITERAL_AFTER = re.compile(rb"(?<!\\)(?:\\\\)*::\Z")
_ATTRIBUTION = re.compile(rb"(?:---?(?!-)|\xe2\x80\x94)[ \t]*\S")


class BlockReader:
    """Read one stretch of a document: a top-level block, or several that belong together.

    Regions are given as first line, line after the last, and column where their text stands. A handler reads one
    construct, appends what it found, and returns the line after it, or 0 when the construct is another one.
    """

    __slots__ = ("depth", "ignore_file", "indents", "lines", "offsets", "open_literal", "source", "starts", "targets")

    def __init__(self, source: bytes, targets: Targets, depth: int = 0) -> None:
        raw = source.splitlines(keepends=True)
        self.source = source
        self.targets = targets
        self.starts = [0, *accumulate(map(len, raw))]
        """Byte at which each line starts."""
        self.lines = lines = [line.rstrip() for line in raw]
        self.offsets = [len(line) - len(line.lstrip()) for line in lines]
        """Bytes before the text of each line; moved on when a marker is read."""
        self.indents = [offset if line else BLANK for offset, line in zip(self.offsets, lines, strict=True)]
        """Column of the text of each line."""
        if b"\t" in source:
            for at, offset in enumerate(self.offsets):
                if offset and b"\t" in lines[at][:offset]:
                    self.indents[at] = len(lines[at][:offset].expandtabs(8))
        self.depth = depth
        self.ignore_file = False
        self.open_literal = False
        """The stretch ended where a literal block was announced and has not begun."""

    def read(self, first: int, stop: int, base: int) -> list[Node]:
        """Read a region."""
        nodes: list[Node] = []
        if self.depth >= MAX_DEPTH:
            self._flat(first, stop, nodes)
            return nodes
        self.depth += 1
        lines, indents, offsets = self.lines, self.indents, self.offsets
        at = first
        while at < stop:
            indent = indents[at]
            if indent == BLANK:
                at += 1
            elif indent > base:
                at = self._quote(at, stop, base, nodes)
            else:
                handler = _HANDLERS.get(lines[at][offsets[at]])
                at = (handler and handler(self, at, stop, base, nodes)) or self._text(at, stop, base, nodes)
        self.depth -= 1
        return nodes

    def inside(self, source: bytes) -> list[Node]:
        """Read a stretch that was cut out of this one; its offsets mean nothing here."""
        inner = BlockReader(source, self.targets, self.depth)
        return inner.read(0, len(inner.lines), 0)

    def body(self, at: int, stop: int, base: int, offset: int) -> list[Node]:
        """Read what is indented under a marker; its first line starts behind the marker if there is text."""
        margin = self.margin(at + 1, stop)
        if offset >= len(self.lines[at]):
            return self.read(at + 1, stop, margin) if margin != BLANK else []
        margin = base + 1 if margin == BLANK else margin
        self.begin(at, offset, margin)
        return self.read(at, stop, margin)

    def end(self, at: int, stop: int, base: int) -> int:
        """Return the line after the indented block that starts at a line, blank lines at its end left out."""
        indents, first = self.indents, at
        while at < stop and indents[at] > base:
            at += 1
        while at > first and indents[at - 1] == BLANK:
            at -= 1
        return at

    def margin(self, first: int, stop: int) -> int:
        """Return the column at which an indented block stands, `BLANK` if it is empty."""
        return min(self.indents[first:stop], default=BLANK)

    def begin(self, at: int, offset: int, column: int) -> None:
        """Let the text of a line start behind its marker."""
        self.offsets[at] = offset
        self.indents[at] = column

    def line(self, at: int) -> bytes:
        """Return the text of a line without its indentation."""
        return self.lines[at][self.offsets[at] :]

    def span(self, first: int, stop: int) -> tuple[int, int]:
        """Return the bytes from the text of a line to the end of the one before `stop`."""
        return self.starts[first] + self.offsets[first], self.starts[stop - 1] + len(self.lines[stop - 1])

    def raw(self, start: int, end: int) -> str:
        """Return bytes of the stretch as text."""
        return self.source[start:end].decode("utf-8", "replace")

    def clean(self, start: int, end: int) -> Inline:
        """Return bytes of the stretch without inline markup."""
        return clean(self.raw(start, end), self.targets)

    def prose(self, kind: PassageKind, start: int, end: int) -> list[Block]:
        """Return a stretch of inline markup as blocks, more than one when it is long."""
        text, links = paragraph(self.raw(start, end), self.targets)
        if weight(text) <= MAX_PASSAGE_WEIGHT:
            return [Block(kind, start, end, text, links)] if text else []
        read = partial(paragraph, targets=self.targets)
        return [Block(kind, *piece) for piece in pieces(self.source[start:end], start, read)]

    def skip_quoted(self, at: int, stop: int) -> int:
        """Skip the lines of a quoted literal block, each of which starts with the same punctuation character."""
        lines, offsets, quote = self.lines, self.offsets, self.lines[at][self.offsets[at]]
        if quote in _ADORNMENT:
            while at < stop and self.indents[at] != BLANK and lines[at][offsets[at]] == quote:
                at += 1
        return at

    def _text(self, at: int, stop: int, base: int, nodes: list[Node]) -> int:
        indents, lines = self.indents, self.lines
        after = at + 1
        if after < stop:
            indent = indents[after]
            if base < indent < BLANK and not self._forgot_blank(at, stop, base):
                return self._definition(at, stop, base, nodes)
            if indent == base and self.underlines(at, after):
                start, end = self.span(at, after)
                nodes.append(Title(self.clean(start, end).text, chr(lines[after][-1]), start))
                return after + 1
        while after < stop and indents[after] <= base:
            after += 1
        nodes += self.prose(PassageKind.PARAGRAPH, *self.span(at, after))
        return self._literal(after, stop, base, nodes) if _LITERAL_AFTER.search(lines[after - 1]) else after

    def _forgot_blank(self, at: int, stop: int, base: int) -> bool:
        """Tell whether a line that seems to be a term announces code, with the blank line between them forgotten."""
        return self.lines[at].endswith(b"::") and directives.is_code(self, at + 1, self.end(at + 1, stop, base))

    def _literal(self, at: int, stop: int, base: int, nodes: list[Node]) -> int:
        """Skip the literal block after `::`, indented or quoted."""
        while at < stop and self.indents[at] == BLANK:
            at += 1
        nodes.append(Sign.BREAK)
        if at == stop:
            self.open_literal = self.depth == 1
            return at
        return self.end(at, stop, base) if self.indents[at] > base else self.skip_quoted(at, stop)

    def _definition(self, at: int, stop: int, base: int, nodes: list[Node]) -> int:
        end = self.end(at + 1, stop, base)
        head = self.prose(PassageKind.LIST, *self.span(at, at + 1))
        start, last = self.span(at, end)
        body = self.read(at + 1, end, self.margin(at + 1, end))
        nodes.append(make_item("definition", start, last, head[0] if head else None, [*head[1:], *body]))
        return end

    def _quote(self, at: int, stop: int, base: int, nodes: list[Node]) -> int:
        end = self.end(at, stop, base)
        quoted: list[Node] = []
        for node in self.read(at, end, self.margin(at, end)):
            if isinstance(node, Block) and node.kind is PassageKind.PARAGRAPH:
                if quoted and isinstance(before := quoted[-1], Block) and _ATTRIBUTION.match(self.source, node.start):
                    # Who said it belongs to what was said.
                    quoted[-1:] = self.prose(PassageKind.QUOTE, before.start, node.end)
                else:
                    quoted.append(replace(node, kind=PassageKind.QUOTE))
            elif not isinstance(node, Title):
                quoted.append(node)
        nodes += quoted
        nodes.append(Sign.BREAK)
        return end

    def _flat(self, at: int, stop: int, nodes: list[Node]) -> None:
        indents = self.indents
        while at < stop:
            first = at
            while at < stop and indents[at] != BLANK:
                at += 1
            if at > first:
                nodes += self.prose(PassageKind.PARAGRAPH, *self.span(first, at))
            at += 1

    def underlines(self, at: int, under: int) -> bool:
        """Tell whether a line is a line of punctuation that makes the text of another one a title."""
        line = self.line(under)
        if line[0] not in _ADORNMENT or line.count(line[:1]) != len(line):
            return False
        return len(line) >= _MIN_ADORNMENT or len(one_a_column(self.raw(*self.span(at, at + 1)))) <= len(line)


def _adornment(reader: BlockReader, at: int, stop: int, _base: int, nodes: list[Node]) -> int:
    """Read a line of one punctuation character: a transition, or the line above a title."""
    line = reader.line(at)
    if line.count(line[:1]) != len(line) or line == b"::":
        return 0
    after = at + 1
    if after >= stop or reader.indents[after] == BLANK:
        if len(line) < _MIN_ADORNMENT:
            return 0
        nodes.append(Sign.BREAK)
        return after
    below = after + 1
    if below < stop and reader.line(below)[:1] == line[:1] and reader.underlines(after, below):
        start, end = reader.span(after, below)
        nodes.append(Title(reader.clean(start, end).text, chr(line[0]) * 2, start))
        return below + 1
    return after if len(line) >= _MIN_ADORNMENT else 0


def _doctest(reader: BlockReader, at: int, stop: int, _base: int, nodes: list[Node]) -> int:
    if not _DOCTEST.match(reader.lines[at], reader.offsets[at]):
        return 0
    while at < stop and reader.indents[at] != BLANK:
        at += 1
    nodes.append(Sign.BREAK)
    return at


def _line_block(reader: BlockReader, at: int, stop: int, base: int, nodes: list[Node]) -> int:
    lines, offsets = reader.lines, reader.offsets
    if not _LINE_BLOCK.match(lines[at], offsets[at]):
        return 0
    after = at
    text: list[str] = []
    links: list[str] = []
    while after < stop and reader.indents[after] != BLANK:
        match = _LINE_BLOCK.match(lines[after], offsets[after])
        if not match and reader.indents[after] <= base:
            break
        start = reader.starts[after]
        inline = reader.clean(start + (match.end() if match else offsets[after]), start + len(lines[after]))
        text.append(inline.text)
        links += inline.links
        after += 1
    start, end = reader.span(at, after)
    joined = " ".join(line for line in text if line)
    if weight(joined) > MAX_PASSAGE_WEIGHT:
        nodes += reader.prose(PassageKind.PARAGRAPH, start, end)
    elif joined:
        nodes.append(Block(PassageKind.PARAGRAPH, start, end, joined, tuple(links)))
    return after


_Handler = Callable[[BlockReader, int, int, int, list[Node]], int]


def _first_of(*handlers: _Handler) -> _Handler:
    def read(reader: BlockReader, at: int, stop: int, base: int, nodes: list[Node]) -> int:
        for handler in handlers:
            if after := handler(reader, at, stop, base, nodes):
                return after
        return 0

    return read


# By the first byte of a line; what no handler wants is text.
_HANDLERS: dict[int, _Handler] = {
    **dict.fromkeys(_ADORNMENT, _adornment),
    **dict.fromkeys(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", lists.enumerated),
    **dict.fromkeys(b"(#", _first_of(lists.enumerated, _adornment)),
    b"*"[0]: _first_of(lists.bullet, _adornment),
    b"-"[0]: _first_of(lists.bullet, lists.option, _adornment),
    b"+"[0]: _first_of(lists.bullet, lists.option, tables.grid, _adornment),
    b"/"[0]: _first_of(lists.option, _adornment),
    b":"[0]: _first_of(lists.field, _adornment),
    b"\xe2"[0]: lists.bullet,
    b">"[0]: _first_of(_doctest, _adornment),
    b"|"[0]: _first_of(_line_block, _adornment),
    b"="[0]: _first_of(tables.simple, _adornment),
    b"."[0]: _first_of(explicit.explicit, _adornment),
    b"_"[0]: _first_of(explicit.anonymous, _adornment),
}
