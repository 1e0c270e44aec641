"""Plain text: paragraphs between blank lines, lists, quotes, and headings where they are unmistakable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from seealso.model import LinkTarget, Passage, PassageKind, Segmentation
from seealso.text import markers
from seealso.text.base import Format
from seealso.text.language import guess_language
from seealso.text.licence import is_licence
from seealso.text.lines import LineTable
from seealso.text.outline import Outline
from seealso.text.pieces import MAX_LIST_WEIGHT, Piece, pieces, weight
from seealso.text.prose import collapse, is_prose, join_items

MAX_TITLE = 100
"""Characters of a line that may be a heading."""

_BLANKS = b" \t\r\n\f\v"
_MARKER = re.compile(
    rb"(?:[-*+]|o(?=[ \t]{2})|\xe2\x80[\xa2\xa3]|\xe2\x96\xaa|\d{1,4}[.)]|\((?:\d{1,4}|[a-z])\)|[a-z]\))(?:[ \t]|\Z)"
)
_ITEM_INSIDE = re.compile(rb"[\r\n][ \t]*+(?:[-*+o(]|\xe2|\d{1,4}[.)]|[a-z]\))")
"""What every line that is an item matches, and few others do."""
_BLOCK = re.compile(rb"\S[^\r\n]*+(?>(?:(?:\r\n?|\n)[ \t\f\v]*+[^\s][^\r\n]*+)*)")
_NOT_LETTERS = bytes(range(0x41)) + b"[\\]^_`{|}~\x7f"
_QUOTED = re.compile(r"^[ \t]*>(?:[ \t]*>)*[ \t]?", re.MULTILINE)
_BULLET = re.compile(r"\s*(?:[-*+•‣▪]|o(?=[ \t]{2})|\d{1,4}[.)]|\((?:\d{1,4}|[a-z])\)|[a-z]\))(?:\s+|\Z)")
_RULE = re.compile(rb"([=\-~^*#_+])(?>\1{2,})(?=\s|\Z)")
_RULE_INSIDE = re.compile(rb"([=\-~^*#_+])(?>\1{2,})[ \t]*+(?:[\r\n]|\Z)")
_MAX_INDENT = 200
_NUMBERED = re.compile(r"((?:\d{1,3}\.)*\d{1,3})\.?[ \t]+\S")
_SENTENCE = (".", ",", ";", ":", "?", "!", "。", "，", "、", "；", "：")
_URL = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]}]")
_COMMENT = re.compile(r"[^\w\n]*seealso-ignore(?:-file)?[^\w\n]*")
_LETTERS = re.compile(r"[^\W\d_]")
_MIN_LETTER_SHARE = 0.4
"""Tables of numbers, rulers and drawings have fewer letters among their characters."""


class Line(NamedTuple):
    start: int
    """Byte of the first character that is not white space."""
    content: bytes
    """Without white space at its ends."""
    indent: int

    @property
    def end(self) -> int:
        return self.start + len(self.content)


class Block:
    """A run of lines that are not blank."""

    __slots__ = ("indent", "is_item", "raw", "start")

    def __init__(self, start: int, raw: bytes, indent: int) -> None:
        self.start = start
        self.raw = raw
        """Without white space at its ends."""
        self.indent = indent
        self.is_item = _is_item(raw)

    @property
    def text(self) -> str:
        return self.raw.decode("utf-8", "replace")

    @property
    def is_drawing(self) -> bool:
        """Whether too few of its characters are letters for prose."""
        if self.raw.isascii():
            letters, shown = len(self.raw.translate(None, _NOT_LETTERS)), len(self.raw.translate(None, _BLANKS))
        else:
            letters, shown = len(_LETTERS.findall(self.text)), len("".join(self.text.split()))
        return letters < _MIN_LETTER_SHARE * shown

    @property
    def is_line(self) -> bool:
        return b"\n" not in self.raw and b"\r" not in self.raw

    @property
    def may_be_title(self) -> bool:
        return self.is_line or _RULE_INSIDE.search(self.raw) is not None

    def lines(self) -> list[Line]:
        made: list[Line] = []
        at = self.start
        for line in self.raw.splitlines(keepends=True):
            content = line.strip(_BLANKS)
            lead = line[: line.find(content)]
            made.append(Line(at + len(lead), content, len(lead.expandtabs(8)) if made else self.indent))
            at += len(line)
        return made

    def continues(self, first: Block) -> bool:
        """Tell whether the block belongs to the list that starts with another."""
        return self.indent > first.indent or (self.indent == first.indent and self.is_item)

    def after(self, lines: list[Line], count: int) -> Block | None:
        """Return what is left of the block after a number of its lines."""
        if count >= len(lines):
            return None
        line = lines[count]
        return Block(line.start, self.raw[line.start - self.start :], line.indent)


class PlainSegmenter:
    """Read the versions of one document; each is read afresh, which takes milliseconds."""

    __slots__ = ()

    def segment(self, source: bytes) -> Segmentation:
        """Return the passages and headings of a document given as UTF-8."""
        return _Reader(source).read()


class _Reader:
    __slots__ = ("ignore_file", "ignore_next", "outline", "passages", "source", "styles", "table")

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.table = LineTable(source)
        self.outline = Outline()
        self.passages: list[Passage] = []
        self.styles: list[str] = []
        """Styles of headings in order of appearance: their rank is the level."""
        self.ignore_next = self.ignore_file = False

    def read(self) -> Segmentation:
        blocks = list(_blocks(self.source))
        self.ignore_file = b"seealso-ignore-file" in self.source and any(
            _COMMENT.fullmatch(block.text) and markers.ignores_file(block.text) for block in blocks
        )
        at = 0
        while at < len(blocks):
            block = blocks[at]
            at += 1
            following = blocks[at] if at < len(blocks) else None
            if block.is_item and not self._numbered_title(block, following):
                # A list goes on over blank lines as long as items or their indented text follow.
                items = block.lines()
                while at < len(blocks) and blocks[at].continues(block):
                    items += blocks[at].lines()
                    at += 1
                self._list(items)
            elif not block.is_item:
                rest = self._heading(block, following) if block.may_be_title else block
                if rest is not None:
                    self._block(rest)
        return Segmentation(tuple(self.passages), tuple(self.outline.headings))

    def _heading(self, block: Block, following: Block | None) -> Block | None:
        """Enter the heading that a block is, or starts with, and return the rest of the block, if any."""
        lines = block.lines()
        first = lines[0]
        if len(lines) > 2 and _is_rule(first) and _is_rule(lines[2]) and first.content[:1] == lines[2].content[:1]:
            if self._enter(lines[1], 2 * chr(first.content[0])):
                return block.after(lines, 3)
        elif len(lines) > 1 and _is_rule(lines[1], len(first.content.decode("utf-8", "replace"))):
            if self._enter(first, chr(lines[1].content[0])):
                return block.after(lines, 2)
        elif len(lines) == 1 and first.indent < 4 and self._lone_title(block.text, first, following):
            return None
        return block

    def _lone_title(self, title: str, line: Line, following: Block | None) -> bool:
        """Enter the heading that a line between blank lines is: in capitals, or numbered."""
        if title.isupper() and len(_LETTERS.findall(title)) >= max(3, 0.6 * len(title.replace(" ", ""))):
            return self._enter(line, "CAPITALS")
        number = _NUMBERED.match(title)
        if number and "." in number[1] and line.indent == 0 and following is not None:
            return self._enter(line, f"NUMBER {number[1].count('.')}")
        return False

    def _numbered_title(self, block: Block, following: Block | None) -> bool:
        """Enter the heading that a line like an item is, if the text below is indented otherwise than an item's."""
        number = _NUMBERED.match(block.text)
        if number is None or not block.is_line or block.indent or following is None or following.is_item:
            return False
        if following.indent < 2 or following.indent == number.end() - 1:
            return False
        return self._enter(block.lines()[0], "NUMBER 0")

    def _enter(self, line: Line, style: str) -> bool:
        title = collapse(line.content.decode("utf-8", "replace"))
        if len(title) > MAX_TITLE or title.endswith(_SENTENCE) or not is_prose(title):
            return False
        if style not in self.styles:
            self.styles.append(style)
        self.outline.enter(title, self.styles.index(style) + 1, self.table.line_of(line.start))
        return True

    def _block(self, block: Block) -> None:
        if _COMMENT.fullmatch(block.text):
            self.ignore_next |= markers.ignores_next(block.text)
            return
        if block.is_drawing:
            return
        quoted = block.raw.startswith(b">") and all(line.content.startswith(b">") for line in block.lines())
        kind = PassageKind.QUOTE if quoted else PassageKind.PARAGRAPH
        self._add(pieces(block.raw, block.start, _clean_quote if quoted else _clean), kind)

    def _list(self, lines: list[Line]) -> None:
        """Add a list as one passage, or one for each of its outermost items."""
        outermost = min(line.indent for line in lines if _is_item(line.content))
        items: list[list[Line]] = []
        for line in lines:
            if not items or (_is_item(line.content) and line.indent <= outermost):
                items.append([])
            items[-1].append(line)
        start, end = lines[0].start, lines[-1].end
        text, links = _clean_list(self.source[start:end].decode("utf-8", "replace"))
        if weight(text) <= MAX_LIST_WEIGHT:
            self._add([Piece(start, end, text, links)] if is_prose(text) else [], PassageKind.LIST)
            return
        made: list[Piece] = []
        for item in items:
            start, end = item[0].start, item[-1].end
            made += pieces(self.source[start:end], start, _clean_list)
        self._add(made, PassageKind.LIST)

    def _add(self, made: list[Piece], kind: PassageKind) -> None:
        for start, end, text, links in made:
            if not self.passages and is_licence(text):
                continue
            self.passages.append(
                Passage(
                    start,
                    end,
                    self.table.line_of(start),
                    self.table.line_of(end - 1),
                    kind,
                    text,
                    self.outline.path,
                    guess_language(text),
                    links,
                    self.ignore_file or self.ignore_next or markers.names_its_source(kind, text, links),
                )
            )
        self.ignore_next &= not made


def _blocks(source: bytes) -> Iterator[Block]:
    """Yield the runs of lines between blank lines, lists apart from the prose before them."""
    before = 3 if source.startswith(b"\xef\xbb\xbf") else 0
    for match in _BLOCK.finditer(source, before):
        start = match.start()
        lead = source[max(before, start - _MAX_INDENT) : start]
        lead = lead[max(lead.rfind(b"\n"), lead.rfind(b"\r")) + 1 :]
        before = match.end()
        yield from _without_list(Block(start, match[0].rstrip(_BLANKS), len(lead.expandtabs(8))))


def _without_list(block: Block) -> Iterator[Block]:
    """Yield a block, divided before a list that follows a line of prose without a blank line."""
    if block.is_item or not _ITEM_INSIDE.search(block.raw):
        yield block
        return
    lines = block.lines()
    first = next((at for at, line in enumerate(lines) if at and _is_item(line.content)), 0)
    # A single line of a paragraph may happen to start like an item.
    if first and (lines[first - 1].content.endswith(b":") or sum(_is_item(line.content) for line in lines[first:]) > 1):
        cut = lines[first].start - block.start
        yield Block(block.start, block.raw[:cut].rstrip(_BLANKS), block.indent)
        yield Block(block.start + cut, block.raw[cut:], lines[first].indent)
    else:
        yield block


def _is_item(content: bytes) -> bool:
    return _MARKER.match(content) is not None and not _RULE.match(content)


def _is_rule(line: Line, length: int = 0) -> bool:
    """Tell whether a line is a rule, about as long as the title above it."""
    return _RULE.fullmatch(line.content) is not None and (not length or -2 <= len(line.content) - length <= 8)


def _clean(raw: str) -> tuple[str, tuple[str, ...]]:
    links = tuple(dict.fromkeys(_URL.findall(raw))) if "://" in raw else ()
    return collapse(raw), links


def _clean_quote(raw: str) -> tuple[str, tuple[str, ...]]:
    return _clean(_QUOTED.sub("", raw))


def _clean_list(raw: str) -> tuple[str, tuple[str, ...]]:
    """Return the items of a list, or the part of one, without their markers."""
    items: list[list[str]] = []
    for line in raw.splitlines():
        marker = _BULLET.match(line)
        if marker or not items:
            items.append([line[marker.end() :] if marker else line])
        else:
            items[-1].append(line)
    return join_items(collapse("\n".join(item)) for item in items), _clean(raw)[1]


def link(target: LinkTarget) -> str:
    """Write the title of a place and where it is."""
    return f"{target.title} ({target.path})"


def quote(text: str, source: str) -> str:
    """Write a quotation as in mail, with its source below."""
    lines = [*text.splitlines(), "", f"-- {source}"]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def comment(text: str) -> str:
    """Write a line that seealso takes for a comment: plain text has none."""
    return f"[{text}]"


FORMAT = Format(
    name="plain",
    extensions=frozenset({".txt", ".text"}),
    language_ids=frozenset({"plaintext", "text"}),
    segmenter=PlainSegmenter,
    link=link,
    quote=quote,
    comment=comment,
)
