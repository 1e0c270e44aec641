"""Plain text: paragraphs between blank lines, lists, quotes, and headings where they are unmistakable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from seealso.model import LinkTarget, Passage, PassageKind, Segmentation
from seealso.text import markers
from seealso.text.base import Format
from seealso.text.language import guess_language
from seealso.text.licence import is_licence
from seealso.text.lines import LineTable
from seealso.text.outline import Outline
from seealso.text.prose import MAX_LIST_WEIGHT, Piece, collapse, is_prose, join_items, pieces, weight

MAX_TITLE = 100
"""Characters of a line that may be a heading."""

_BLANKS = b" \t\r\n\f\v"
_MARKER = re.compile(
    rb"(?:[-*+]|o(?=[ \t]{2})|\xe2\x80[\xa2\xa3]|\xe2\x96\xaa|\d{1,4}[.)]|\((?:\d{1,4}|[a-z])\)|[a-z]\))(?:[ \t]|\Z)"
)
_QUOTED = re.compile(r"^[ \t]*>(?:[ \t]*>)*[ \t]?", re.MULTILINE)
_BULLET = re.compile(r"\s*(?:[-*+•‣▪]|o(?=[ \t]{2})|\d{1,4}[.)]|\((?:\d{1,4}|[a-z])\)|[a-z]\))(?:\s+|\Z)")
_RULE = re.compile(rb"([=\-~^*#_+])\1{2,}")
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
            len(block) == 1 and _COMMENT.fullmatch(_text(block)) and markers.ignores_file(_text(block))
            for block in blocks
        )
        at = 0
        while at < len(blocks):
            block = blocks[at]
            at += 1
            following = blocks[at] if at < len(blocks) else None
            if _is_item(block[0]):
                # A list goes on over blank lines as long as items or their indented text follow.
                items = [block]
                while at < len(blocks) and _continues_list(block[0], blocks[at][0]):
                    items.append(blocks[at])
                    at += 1
                self._list([line for part in items for line in part])
            else:
                rest = self._heading(block, following)
                if rest:
                    self._block(rest)
        return Segmentation(tuple(self.passages), tuple(self.outline.headings))

    def _heading(self, block: list[Line], following: list[Line] | None) -> list[Line]:
        """Enter the heading that a block is, or starts with, and return the rest of the block."""
        first = block[0]
        if (
            len(block) > 2
            and _is_rule(first, 0)
            and _is_rule(block[2], 0)
            and first.content[:1] == block[2].content[:1]
        ):
            if self._enter(block[1], f"{chr(first.content[0])}{chr(first.content[0])}"):
                return block[3:]
        elif len(block) > 1 and _is_rule(block[1], len(_text(block[:1]))):
            if self._enter(first, chr(block[1].content[0])):
                return block[2:]
        elif len(block) == 1 and first.indent < 4:
            title = _text(block)
            if title.isupper() and len(_LETTERS.findall(title)) >= max(3, 0.6 * len(title.replace(" ", ""))):
                return [] if self._enter(first, "CAPITALS") else block
            number = _NUMBERED.match(title)
            # A number alone may be the last item of a list, unless the text below is indented, as in a memo or RFC.
            if number and first.indent == 0 and following and not _is_item(following[0]):
                depth = number[1].count(".")
                if depth or following[0].indent >= 2:
                    return [] if self._enter(first, f"NUMBER {depth}") else block
        return block

    def _enter(self, line: Line, style: str) -> bool:
        title = collapse(line.content.decode("utf-8", "replace"))
        if len(title) > MAX_TITLE or title.endswith(_SENTENCE) or not is_prose(title):
            return False
        if style not in self.styles:
            self.styles.append(style)
        self.outline.enter(title, self.styles.index(style) + 1, self.table.line_of(line.start))
        return True

    def _block(self, lines: list[Line]) -> None:
        text = _text(lines)
        if len(lines) == 1 and _COMMENT.fullmatch(text):
            self.ignore_next |= markers.ignores_next(text)
            return
        quoted = all(line.content.startswith(b">") for line in lines)
        letters = len(_LETTERS.findall(text))
        if letters < _MIN_LETTER_SHARE * len("".join(text.split())):
            return
        start, end = lines[0].start, lines[-1].end
        kind = PassageKind.QUOTE if quoted else PassageKind.PARAGRAPH
        self._add(pieces(self.source[start:end], start, _clean_quote if quoted else _clean), kind)

    def _list(self, lines: list[Line]) -> None:
        """Add a list as one passage, or one for each of its outermost items."""
        outermost = min(line.indent for line in lines if _is_item(line))
        items: list[list[Line]] = []
        for line in lines:
            if not items or (_is_item(line) and line.indent <= outermost):
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
                    self.ignore_file or self.ignore_next,
                )
            )
        self.ignore_next &= not made


def _blocks(source: bytes) -> Iterator[list[Line]]:
    """Yield the runs of lines between blank lines."""
    block: list[Line] = []
    at = 3 if source.startswith(b"\xef\xbb\xbf") else 0
    for line in source[at:].splitlines(keepends=True):
        content = line.strip(_BLANKS)
        if content:
            lead = line[: line.find(content)]
            block.append(Line(at + len(lead), content, len(lead.expandtabs(8))))
        elif block:
            yield from _without_list(block)
            block = []
        at += len(line)
    if block:
        yield from _without_list(block)


def _without_list(block: list[Line]) -> Iterator[list[Line]]:
    """Yield a block, divided before a list that follows a line of prose without a blank line."""
    first = next((at for at, line in enumerate(block) if at and _is_item(line)), 0)
    # A single line of a paragraph may happen to start like an item.
    if (
        not first
        or _is_item(block[0])
        or not (block[first - 1].content.endswith(b":") or sum(map(_is_item, block[first:])) > 1)
    ):
        yield block
    else:
        yield block[:first]
        yield block[first:]


def _text(lines: Iterable[Line]) -> str:
    return b"\n".join(line.content for line in lines).decode("utf-8", "replace")


def _is_item(line: Line) -> bool:
    return _MARKER.match(line.content) is not None and not _RULE.fullmatch(line.content)


def _is_rule(line: Line, length: int) -> bool:
    """Tell whether a line is a rule, about as long as the title above it."""
    return _RULE.fullmatch(line.content) is not None and (not length or -2 <= len(line.content) - length <= 8)


def _continues_list(first: Line, line: Line) -> bool:
    return line.indent > first.indent or (line.indent == first.indent and _is_item(line))


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
    return "\n".join([*(f"> {line}".rstrip() for line in text.splitlines()), f"-- {source}"])


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
