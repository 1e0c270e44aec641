"""From an Org document to its passages, line by line."""

from __future__ import annotations

import re
from itertools import accumulate

from seealso.model import PassageKind, Segmentation
from seealso.text.assembly import Assembly, Run
from seealso.text.org.inline import Inline, clean
from seealso.text.prose import Slugs, join_cells, slugify

_HEADLINE = re.compile(rb"(\*{1,40})[ \t]+(\S.*)\Z")
_TODO = re.compile(r"\A(?:TODO|DONE|NEXT|WAITING|HOLD|CANCELL?ED|STARTED|SOMEDAY)(?:[ ]+|\Z)")
_PRIORITY = re.compile(r"\A\[#[A-Z0-9]\][ ]*")
_COOKIE = re.compile(r"[ ]?\[\d{0,4}(?:%|/\d{0,4})\]")
_TAGS = re.compile(r"[ \t]+:[\w@#%:]{1,200}:\Z")
_KEYWORD = re.compile(rb"#\+(\w[\w-]{0,60})(?:\[[^\[\]]{0,200}\])?:[ \t]*(.*)\Z", re.IGNORECASE)
_BEGIN = re.compile(rb"#\+begin[_:][ \t]*(\S{1,60})", re.IGNORECASE)
_END = re.compile(rb"#\+end(?:[_:]|\Z)", re.IGNORECASE)
_DRAWER = re.compile(rb":([\w-]{1,60}):\Z")
_PROPERTY_ID = re.compile(rb":CUSTOM_ID:[ \t]+(\S.*)\Z", re.IGNORECASE)
_PLANNING = re.compile(rb"(?:CLOSED|DEADLINE|SCHEDULED|CLOCK):[ \t]")
_RULE = re.compile(rb"-{5,}\Z")
_TABLE_RULE = re.compile(rb"\|[-+|]*\Z")
_CELL_WIDTH = re.compile(r"\s*<[lrc]?\d*>\s*|\s*[/!#*$^_]?\s*")
_ITEM = re.compile(rb"(?:[-+*]|\d{1,9}[.)])(?:[ \t]+|\Z)(?:\[@\d{1,9}\][ \t]+)?(?:\[[ xX-]\](?:[ \t]+|\Z))?")
_TERM = re.compile(rb"[ \t]::(?=[ \t]|\Z)")
_FOOTNOTE = re.compile(rb"\[fn:[\w-]{1,60}\][ \t]*")
_FOOTNOTE_LABEL = re.compile(r"\A\[fn:[\w-]{1,60}\]")
_LATEX = re.compile(rb"\\begin\{(\w{1,40}\*?)\}")

_PROSE_BLOCKS = frozenset(b"abstract center important note quote tip verse warning".split())
"""Blocks whose content is prose; that of others (`src`, `example`, `comment`) is not."""


class OrgSegmenter:
    """Read the versions of one document; each is read afresh, which takes milliseconds."""

    __slots__ = ()

    def segment(self, source: bytes) -> Segmentation:
        """Return the passages and headings of a document given as UTF-8."""
        return _Reader(source).read()


class _Reader:
    def __init__(self, source: bytes) -> None:
        self.assembly = Assembly(source)
        raw = self.assembly.source.splitlines(keepends=True)
        self.starts = [0, *accumulate(map(len, raw))]
        """Byte at which each line starts."""
        whole = [line.rstrip() for line in raw]
        self.lines = [line.lstrip() for line in whole]
        self.indents = [len(line) - len(body) for line, body in zip(whole, self.lines, strict=True)]
        self.abbreviations: dict[str, str] = {}
        self.slugs = Slugs()
        self.titled = False
        """A `#+TITLE:` stands above the first headline, which is one level below it then."""
        self.items: list[int] = []
        """Indentations of the items that are open, outermost first."""
        self.quotes: list[bytes] = []
        """Names of the prose blocks that are open."""
        self.blanks = 0
        self.caption: tuple[int, int] | None = None

    def read(self) -> Segmentation:
        at = 0
        while at < len(self.lines):
            at = self._step(at)
        return self.assembly.segmentation()

    def clean(self, raw: str) -> Inline:
        return clean(raw, self.abbreviations)

    def _step(self, at: int) -> int:
        """Read what begins at a line, and return the line after it."""
        line, indent = self.lines[at], self.indents[at]
        if not line:
            self.blanks += 1
            if self.blanks > 1:
                self._end_list()  # two blank lines end a list
            return at + 1
        self.blanks = 0
        if not indent and (headline := _HEADLINE.match(line)):
            return self._headline(at, headline)
        item = _ITEM.match(line) if indent or line[:1] != b"*" else None
        if self.items and indent <= self.items[-1] and not item:
            self._close_items(indent)
        if line[:1] == b"#" and (after := self._hash(at, line)):
            return after
        if _DRAWER.match(line) or line[:2] == b": " or line == b":":
            return self._drawer_or_fixed(at, line)
        if _PLANNING.match(line) or _RULE.match(line):
            return at + 1
        if environment := _LATEX.match(line):
            return self._until(at, b"\\end{" + environment[1].lower() + b"}")
        if line[:1] == b"|":
            return self._table(at)
        if not indent and _FOOTNOTE.match(line):
            self._end_list()
            after = self._after_paragraph(at)
            self.assembly.prose(PassageKind.FOOTNOTE, self.starts[at], self._end(after), self._clean_footnote)
            return after
        if item:
            return self._item(at, item.end())
        after = self._after_paragraph(at)
        self.assembly.prose(PassageKind.PARAGRAPH, self.starts[at] + indent, self._end(after), self.clean)
        return after

    def _clean_footnote(self, raw: str) -> Inline:
        return self.clean(_FOOTNOTE_LABEL.sub("", raw))

    def _headline(self, at: int, headline: re.Match[bytes]) -> int:
        self._end_list()
        self._end_quotes()
        text = _TAGS.sub("", headline[2].decode("utf-8", "replace"))
        text = _COOKIE.sub("", _PRIORITY.sub("", _TODO.sub("", text)))
        title, _ = self.clean(text.removeprefix("COMMENT "))
        after, identifier = self._properties(at + 1)
        if title:
            level = len(headline[1]) + self.titled
            anchor = self.slugs.unique(identifier or slugify(title))
            self.assembly.enter(title, level, self.starts[at], anchor, identifier)
        return after

    def _properties(self, at: int) -> tuple[int, str]:
        """Skip the planning and the properties below a headline; return the line after them and its CUSTOM_ID."""
        while at < len(self.lines) and _PLANNING.match(self.lines[at]):
            at += 1
        identifier = ""
        if at < len(self.lines) and self.lines[at].upper() == b":PROPERTIES:":
            first, at = at, self._until(at, b":end:")
            for line in self.lines[first:at]:
                if found := _PROPERTY_ID.match(line):
                    identifier = found[1].decode("utf-8", "replace")
        return at, identifier

    def _hash(self, at: int, line: bytes) -> int:
        """Read a comment, a keyword or a block, and return the line after it, or 0 if there is none."""
        if line == b"#" or line[:2] == b"# ":
            self.assembly.comment(line.decode("utf-8", "replace"))
            return at + 1
        if begin := _BEGIN.match(line):
            name = begin[1].lower()
            if name not in _PROSE_BLOCKS:
                return self._skipped(at, b"#+end:" if line[7:8] == b":" else b"#+end_" + name)
            if name in (b"quote", b"verse") and self.assembly.collecting is None:
                self.assembly.open(PassageKind.QUOTE)
            self.quotes.append(name)
            return at + 1
        if _END.match(line):
            if self.quotes:
                self.quotes.pop()
            if not self.quotes:
                self._end_quotes()
            return at + 1
        if keyword := _KEYWORD.match(line):
            self._keyword(at, keyword[1].lower(), keyword[2])
            return at + 1
        return 0

    def _keyword(self, at: int, name: bytes, value: bytes) -> None:
        if name == b"title" and value and not self.assembly.outline.headings:
            title, _ = self.clean(value.decode("utf-8", "replace"))
            self._end_list()
            self.assembly.enter(title, 1, self.starts[at], "")
            self.titled = bool(title)
        elif name == b"caption":
            self.caption = (self._end(at + 1) - len(value), self._end(at + 1))
        elif name == b"link":
            word, _, url = value.decode("utf-8", "replace").partition(" ")
            if len(url) < 200:
                self.abbreviations[word] = url.strip()

    def _skipped(self, at: int, end: bytes) -> int:
        """Skip a block that is no prose: it belongs to the item it stands in."""
        after = self._until(at, end)
        if end == b"#+end_comment":
            self.assembly.comment(b"\n".join(self.lines[at:after]).decode("utf-8", "replace"))
        elif self.items:
            self.assembly.cover(self._end(after))
        self.caption = None
        return after

    def _until(self, at: int, end: bytes) -> int:
        """Return the line after the next one that ends a block; without one, the next line."""
        after = at + 1
        while after < len(self.lines):
            if self.lines[after].lower() == end:
                return after + 1
            if not self.indents[after] and _HEADLINE.match(self.lines[after]):
                break
            after += 1
        # Nobody ends it: what is being written is still code.
        return after

    def _drawer_or_fixed(self, at: int, line: bytes) -> int:
        if line[:2] == b": " or line == b":":
            after = at + 1
            while after < len(self.lines) and self.lines[after][:1] == b":" and self.lines[after][1:2] in (b" ", b""):
                after += 1
            if self.items:
                self.assembly.cover(self._end(after))
            return after
        return self._until(at, b":end:") if self._has_end(at) else at + 1

    def _has_end(self, at: int) -> bool:
        """Tell whether a drawer that begins at a line has an end soon."""
        return any(line.lower() == b":end:" for line in self.lines[at + 1 : at + 200])

    def _table(self, at: int) -> int:
        rows: list[Run] = []
        after = at
        while after < len(self.lines) and self.lines[after][:1] == b"|":
            line, start = self.lines[after], self.starts[after] + self.indents[after]
            if not _TABLE_RULE.match(line):
                rows.append(self._row(start, line))
            after += 1
        while after < len(self.lines) and self.lines[after][:8].lower() == b"#+tblfm:":
            after += 1
        rows = [row for row in rows if row.text]
        if rows and self.caption is not None:
            text, links = self.clean(self.assembly.source[slice(*self.caption)].decode("utf-8", "replace"))
            rows[0] = rows[0]._replace(
                text=f"{text}: {rows[0].text}" if text else rows[0].text, links=links + rows[0].links
            )
        self.caption = None
        self.assembly.table(rows)
        return after

    def _row(self, start: int, line: bytes) -> Run:
        cells = line.decode("utf-8", "replace").strip("|").split("|")
        read = [self.clean(cell) for cell in cells if not _CELL_WIDTH.fullmatch(cell)]
        links = tuple(dict.fromkeys(link for _, links in read for link in links))
        return Run(start, start + len(line), join_cells(text for text, _ in read), links, self._clean_row)

    def _clean_row(self, raw: str) -> Inline:
        return self.clean(raw.replace("|", " "))

    def _item(self, at: int, offset: int) -> int:
        indent, line = self.indents[at], self.lines[at]
        while self.items and self.items[-1] >= indent:
            self.items.pop()
        self.items.append(indent)
        if self.assembly.collecting is None:
            self.assembly.open(PassageKind.LIST)
        start = self.starts[at] + indent
        self.assembly.item(start, outermost=len(self.items) == 1)
        if line[:1] in b"-+*" and (term := _TERM.search(line, max(0, offset - 1))):
            self.assembly.term(start + offset, start + term.start(), self.clean)
            offset = term.end()
        after = self._after_paragraph(at)
        self.assembly.prose(PassageKind.LIST, start + offset, self._end(after), self.clean)
        return after

    def _close_items(self, indent: int) -> None:
        """Leave the items that text with an indentation does not belong to."""
        while self.items and self.items[-1] >= indent:
            self.items.pop()
        if not self.items:
            self._end_list()

    def _end_list(self) -> None:
        self.items.clear()
        if self.assembly.collecting is PassageKind.LIST:
            self.assembly.close()

    def _end_quotes(self) -> None:
        self.quotes.clear()
        if self.assembly.collecting is PassageKind.QUOTE:
            self.assembly.close()

    def _end(self, after: int) -> int:
        """Return the byte after the text of the line before one."""
        return self.starts[after - 1] + self.indents[after - 1] + len(self.lines[after - 1])

    def _after_paragraph(self, at: int) -> int:
        after = at + 1
        while after < len(self.lines):
            line, indent = self.lines[after], self.indents[after]
            outside = bool(self.items) and indent <= self.items[-1]
            if not line or outside or self._begins_block(line, indent):
                break
            after += 1
        return after

    def _begins_block(self, line: bytes, indent: int) -> bool:
        sign = line[:1]
        if sign == b"#":
            return line == b"#" or line[1:2] in (b" ", b"+")
        if sign == b"|" or (sign == b":" and (line[1:2] in (b" ", b"") or _DRAWER.match(line))):
            return True
        if sign == b"*" and not indent:
            return _HEADLINE.match(line) is not None
        if _ITEM.match(line):
            return True
        return (sign == b"[" and not indent and _FOOTNOTE.match(line) is not None) or _RULE.match(line) is not None
