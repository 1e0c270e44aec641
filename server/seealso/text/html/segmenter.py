"""From an HTML page to its passages."""

from __future__ import annotations

import re

from seealso.model import Passage, PassageKind, Segmentation
from seealso.text.html.containers import CONTAINERS, Container, Leaf
from seealso.text.html.inline import clean, clean_title, identifier
from seealso.text.html.masking import TAG, mask
from seealso.text.language import guess_language
from seealso.text.licence import is_licence
from seealso.text.lines import LineTable
from seealso.text.markers import names_its_source
from seealso.text.outline import Outline
from seealso.text.pieces import Piece, pieces
from seealso.text.prose import is_prose

_BLOCKS = frozenset(
    {
        *(b"address", b"article", b"blockquote", b"body", b"caption", b"center", b"dd", b"details", b"dialog", b"dir"),
        *(b"div", b"dl", b"dt", b"fieldset", b"figcaption", b"figure", b"form", b"frameset", b"h1", b"h2", b"h3"),
        *(b"h4", b"h5", b"h6", b"head", b"header", b"hgroup", b"hr", b"html", b"legend", b"li", b"main", b"menu"),
        *(b"ol", b"optgroup", b"option", b"p", b"search", b"section", b"summary", b"table", b"tbody", b"td", b"tfoot"),
        *(b"th", b"thead", b"tr", b"ul"),
    }
)
"""Tags that end a run of text; any other stands inside one."""

_INSIDE_TITLES = frozenset({b"div"})
_VOID = frozenset({b"br", b"img", b"wbr", b"input", b"embed"})
_H1 = re.compile(rb"<h1(?=[\s>])", re.IGNORECASE)
_BLANKS = b" \t\r\n\f"
_BOM = b"\xef\xbb\xbf"

MAX_TITLE = 300
"""Characters of a title; a heading element with more is a paragraph that wants to be large."""


class HtmlSegmenter:
    """Read the versions of one page; each is read afresh, which takes milliseconds."""

    __slots__ = ()

    def segment(self, source: bytes) -> Segmentation:
        """Return the passages and headings of a page given as UTF-8."""
        return _Reader(source).read()


class _Reader:
    """One pass over the tags of one page."""

    def __init__(self, source: bytes) -> None:
        self.page = source
        self.masked = mask(source)
        self.source = self.masked.source
        self.lines = LineTable(source)
        self.outline = Outline()
        self.passages: list[Passage] = []
        self.ignores = self.masked.ignores[::-1]
        self.page_title = ""
        """What stands for a heading of the first level that the page does not have."""
        self.anchors = {""}
        self.anchor = ""
        """Identifier of an element that has begun, with no text in it so far."""
        self.heading: tuple[int, str] | None = None
        """Level and identifier of the heading element that is open."""
        self.headers = 0
        """Open `header` elements: of their text, titles alone count."""
        self.container: Container | None = None
        """The outermost list, table or quotation that is open."""
        self.start = self.end = -1
        """The run of text so far: it begins with the tags before its first word."""
        self.opened = 0
        """Tags inside of it that are not closed yet."""
        self.in_link = False
        self.says = False
        """Whether any of its words stands outside of links: what is nothing but links leads elsewhere."""

    def read(self) -> Segmentation:
        self._title()
        at = len(_BOM) if self.source.startswith(_BOM) else 0
        for tag in TAG.finditer(self.source, at):
            self._text(at, tag.start())
            at = tag.end()
            name = tag[2].lower()
            if name in _BLOCKS:
                self._block(name, closing=bool(tag[1]), attributes=tag[3])
            elif name not in _VOID:
                self._inline(tag)
        self._text(at, len(self.source))
        self._flush()
        self._close()
        return Segmentation(tuple(self.passages), tuple(self.outline.headings))

    def _title(self) -> None:
        """Enter the title of a page that has no heading of the first level."""
        if self.masked.title is None or _H1.search(self.source):
            return
        start, end = self.masked.title
        title = clean_title(self.page[start:end].rpartition(b"</")[0].decode("utf-8", "replace"))
        if is_prose(title):
            self.page_title = title
            self.outline.enter(title[:MAX_TITLE], 1, self.lines.line_of(start), anchor="")

    def _text(self, start: int, end: int) -> None:
        text = self.source[start:end]
        words = text.strip(_BLANKS)
        if not words:
            return
        first = start + text.find(words[:1])
        if self.start < 0:
            self.start = first
        self.end = first + len(words)
        self.says = self.says or (not self.in_link and is_prose(words.decode("utf-8", "replace")))

    def _inline(self, tag: re.Match[bytes]) -> None:
        if tag[2].lower() == b"a":
            self.in_link = not tag[1] and b"href" in tag[3].lower()
        if not tag[1]:
            self.opened += 1
            if self.start < 0:
                self.start = tag.start()
            if self.end < 0:
                self._note(tag[3])
        elif self.opened:
            self.opened -= 1
            if self.end >= 0:
                self.end = tag.end()

    def _block(self, name: bytes, *, closing: bool, attributes: bytes) -> None:
        if self.heading is not None and name in _INSIDE_TITLES:
            return
        self._flush()
        if name == b"header":
            self.headers = max(0, self.headers - 1) if closing else self.headers + 1
        elif len(name) == 2 and name[:1] == b"h" and name[1:].isdigit():
            if not closing:
                self._lay_out()
                self.heading = int(name[1:]), identifier(attributes)
        elif name in CONTAINERS or self.container is not None:
            self._contain(name, closing=closing)
        if not closing:
            self._note(attributes)

    def _note(self, attributes: bytes) -> None:
        if attributes and (anchor := identifier(attributes)):
            self.anchor = anchor

    def _contain(self, name: bytes, *, closing: bool) -> None:
        container = self.container
        if container is None:
            if not closing:
                self.container = Container(name)
        elif closing:
            if container.close(name):
                self._close()
        elif name == b"table" and container.is_table:
            # Tables in a table lay out a page.
            self._lay_out()
            container.open(name)
        else:
            container.open(name)

    def _flush(self) -> None:
        """Close the run of text."""
        start, end, heading, says = self.start, self.end, self.heading, self.says
        self.start = self.end = -1
        self.opened = 0
        self.heading = None
        self.in_link = self.says = False
        if end < 0:
            return
        raw = self.source[start:end]
        if heading is not None:
            title = clean_title(raw.decode("utf-8", "replace"))
            if len(title) <= MAX_TITLE:
                if is_prose(title):
                    self._enter(title, *heading, start=start, raw=raw)
                return
        if self.headers:
            return
        text, links = clean(raw.decode("utf-8", "replace"))
        if not is_prose(text):
            return
        self.anchor = ""
        if self.container is not None and not self.container.laid_out:
            self.container.add(start, end, text, links, says=says)
        elif says:
            self._add(pieces(raw, start, clean), PassageKind.PARAGRAPH)

    def _enter(self, title: str, level: int, anchor: str, *, start: int, raw: bytes) -> None:
        inner = next((found for tag in TAG.finditer(raw) if (found := identifier(tag[3]))), "")
        anchor = anchor or inner or self.anchor
        if not self.passages and len(self.outline.headings) == 1 and self.page_title.startswith(title):
            self.outline = Outline()  # it was the same, perhaps with the name of the site
        if anchor in self.anchors:
            anchor = ""  # it leads to the first element that has it
        self.anchors.add(anchor)
        self.anchor = ""
        self.outline.enter(title, level, self.lines.line_of(start), anchor=anchor)

    def _lay_out(self) -> None:
        """Take the open container for a way to lay out the page, as a heading in it says."""
        if self.container is not None and not self.container.laid_out:
            for leaf in self.container.lay_out():
                self._add(self._pieces(leaf), PassageKind.PARAGRAPH)

    def _close(self) -> None:
        container, self.container = self.container, None
        if container is not None:
            self._add(container.pieces(self._pieces), container.kind)

    def _pieces(self, leaf: Leaf) -> list[Piece]:
        return pieces(self.source[leaf.start : leaf.end], leaf.start, clean)

    def _add(self, made: list[Piece], kind: PassageKind) -> None:
        if not made:
            return
        ignored = self.masked.ignores_file
        while self.ignores and self.ignores[-1] < made[0].start:
            ignored |= not self.passages or self.passages[-1].end_byte <= self.ignores[-1]
            self.ignores.pop()
        for start, end, text, links in made:
            if self.passages or not is_licence(text):
                self.passages.append(
                    Passage(
                        start,
                        end,
                        self.lines.line_of(start),
                        self.lines.line_of(end - 1),
                        kind,
                        text,
                        self.outline.path,
                        guess_language(text),
                        links,
                        ignored or names_its_source(kind, text, links),
                    )
                )
