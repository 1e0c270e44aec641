"""From an AsciiDoc document to its passages, line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate

from seealso.model import PassageKind, Segmentation
from seealso.text.asciidoc import inline
from seealso.text.asciidoc.above import Above, Identifiers
from seealso.text.asciidoc.lists import Marker, marker
from seealso.text.asciidoc.tables import read_table
from seealso.text.assembly import Assembly

_LEVELS = {0x3D: 1, 0x2D: 2, 0x7E: 3, 0x5E: 4, 0x2B: 5}
"""Levels of titles by the sign that underlines them."""

_ENTRY = re.compile(rb":(?P<unset>!?)(?P<name>\w[\w-]*)!?:(?:[ \t]+(?P<value>.*))?\Z")
_DIRECTIVE = re.compile(rb"(?:ifn?def|ifeval|endif|include)::\S*\[.*\]\Z")
_MACRO = re.compile(rb"[a-zA-Z][\w-]{0,40}::(?:[^\s\[]\S*)?\[.*\]\Z")
_ATTRIBUTES = re.compile(rb"\[(?:|[\w.#%{,\"'!].*|\[(?:|[^\[\]]{1,300})\])\]\Z")
_BLOCK_TITLE = re.compile(rb"\.\.?[^ \t.].*\Z")
_TITLE = re.compile(rb"(={1,6}|#{1,6})[ \t]+(\S.*)\Z")
_DELIMITER = re.compile(rb"(?P<sign>[-=*_+./])(?>(?P=sign){3,})\Z|--\Z|```\w*\Z|[|,:!]={3,}\Z")
_BREAK = re.compile(rb"'{3,}\Z|<{3,}\Z|(?P<sign>[-*_])(?:[ ]?(?P=sign)){2}\Z")
_TITLE_ID = re.compile(r"\[\[([^\[\],]{1,200})(?:,[^\[\]]{0,200})?\]\]")
_ADMONITION = re.compile(r"\A(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION):\s+")
_QUOTED = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
_ARMOUR = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,200}-----BEGIN PGP ")
"""A key, signature or message of PGP, which have the extension `.asc` too: none of it may be kept."""
_IGNORES = re.compile(rb"seealso-ignore", re.IGNORECASE)
_WORD = re.compile(rb"\w|[\x80-\xff]")

_PROSE_STYLES = frozenset(
    b"abstract caution example important note open partintro preface quote sidebar tip verse warning".split()
)
"""Styles under which a block is prose; under any other (`source`, `plantuml`) it is not."""

_BRACKET, _COLON, _EQUALS, _SLASH, _STOP, _UNDERSCORE = b"[:=/._"

_CLOSED = frozenset(b"-.+/`")
"""Signs that delimit what is no prose: listings, literals, passthroughs, comments, code."""


@dataclass(slots=True)
class _Frame:
    """A delimited block that is open, or the document."""

    end: bytes
    """The line that ends it."""
    owns: PassageKind | None = None
    """The list in it, or the quotation that it is, is what is being collected."""
    markers: list[bytes] = field(default_factory=list)
    """The lists that are open, outermost first."""
    apart: bool = False
    """A blank line came after the last text of the item."""
    attached: bool = False
    """A `+` attaches the next block to the item."""
    bare: bool = False
    """The open item has a term and no text yet."""


class AsciiDocSegmenter:
    """Read the versions of one document; each is read afresh, which takes milliseconds."""

    __slots__ = ()

    def segment(self, source: bytes) -> Segmentation:
        """Return the passages and headings of a document given as UTF-8."""
        return Segmentation((), ()) if _ARMOUR.match(source) else _Reader(source).read()


class _Reader:
    def __init__(self, source: bytes) -> None:
        self.assembly = Assembly(source)
        raw = self.assembly.source.splitlines(keepends=True)
        self.starts = [0, *accumulate(map(len, raw))]
        """Byte at which each line starts."""
        self.lines = [line.rstrip() for line in raw]
        self.attributes: dict[str, str] = {}
        self.identifiers = Identifiers(self.attributes)
        self.frames = [_Frame(b"")]
        self.ends: set[bytes] = set()
        """The lines that end what is open."""
        self.above = Above()

    def read(self) -> Segmentation:
        at = self._header()
        while at < len(self.lines):
            at = self._step(at)
        return self.assembly.segmentation()

    def clean(self, raw: str) -> inline.Inline:
        return inline.clean(_ADMONITION.sub("", raw), self.attributes)

    def _clean_quoted(self, raw: str) -> inline.Inline:
        return self.clean(_QUOTED.sub("", raw))

    def _header(self) -> int:
        """Read the title of the document, with its authors and attributes, and return the line after them."""
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if line and (after := self._title_at(at, line)):
                if self.assembly.outline.headings[-1:] and self.assembly.outline.headings[0].level == 1:
                    while after < len(self.lines) and (line := self.lines[after]):
                        after = self._invisible(after, line) or after + 1
                return after
            invisible = self._invisible(at, line) if line else at + 1
            if not invisible:
                return at
            at = invisible
        return at

    def _step(self, at: int) -> int:
        """Read what begins at a line, and return the line after it."""
        line, frame = self.lines[at], self.frames[-1]
        if not line:
            frame.apart = True
            return at + 1
        if line in self.ends:
            self._leave(line)
            return at + 1
        if after := self._invisible(at, line) or self._title_at(at, line):
            return after
        if _DELIMITER.match(line):
            return self._delimited(at, line)
        if line == b"+" and frame.markers:
            frame.attached = True
            return at + 1
        if _BREAK.match(line):
            self._end_list()
            return at + 1
        return self._prose(at, line)

    def _invisible(self, at: int, line: bytes) -> int:
        """Read what is about other blocks, and return the line after it, or 0 if there is none."""
        sign, frame = line[0], self.frames[-1]
        if sign == _SLASH and line[:2] == b"//":
            if line[2:3] == b"/":
                return self._skipped(at, line) if _DELIMITER.match(line) else 0
            self.assembly.comment(line.decode("utf-8", "replace"))
            return at + 1
        if sign == _COLON and (entry := _ENTRY.match(line)):
            return self._entry(at, entry)
        attributes = sign == _BRACKET and _ATTRIBUTES.match(line)
        if attributes or (sign == _STOP and _BLOCK_TITLE.match(line)):
            if frame.apart and not frame.attached:
                self._end_list()
            if attributes:
                self.above.read(line)
            else:
                self.above.caption = (self.starts[at] + 1, self._end(at + 1))
            return at + 1
        return at + 1 if _DIRECTIVE.match(line) or _MACRO.match(line) else 0

    def _entry(self, at: int, entry: re.Match[bytes]) -> int:
        """Read the value of an attribute, which goes on after a backslash."""
        value = entry["value"] or b""
        while value.endswith(b"\\") and at + 1 < len(self.lines):
            at += 1
            value = value[:-1].rstrip(b" +") + b" " + self.lines[at].strip()
            if len(value) > inline.MAX_VALUE:
                break
        name = entry["name"].decode("utf-8", "replace").lower()
        if entry["unset"]:
            self.attributes.pop(name, None)
        elif len(text := inline.expand(value.decode("utf-8", "replace"), self.attributes)) <= inline.MAX_VALUE:
            self.attributes[name] = text
        return at + 1

    def _title_at(self, at: int, line: bytes) -> int:
        """Read a title, and return the line after it, or 0 if there is none."""
        if title := _TITLE.match(line):
            return self._title(at + 1, len(title[1]), self.starts[at], title[2].removesuffix(title[1]))
        under = self.lines[at + 1] if at + 1 < len(self.lines) else b""
        if len(under) < 2 or (level := _LEVELS.get(under[0])) is None or under in self.ends:
            return 0
        fits = under.count(under[:1]) == len(under) and abs(len(line.decode("utf-8", "replace")) - len(under)) < 2
        if not fits or not _WORD.search(line) or line[:1] in (b" ", b"\t"):
            return 0
        return self._title(at + 2, level, self.starts[at], line)

    def _title(self, after: int, level: int, start: int, raw: bytes) -> int:
        text = raw.decode("utf-8", "replace")
        if found := _TITLE_ID.search(text):
            self.above.anchor = self.above.anchor or found[1]
        title, _ = inline.clean(text, self.attributes)
        self._end_list()
        if title and self.assembly.collecting is None:
            self.assembly.enter(title, level, start, self.identifiers.of(title, self.above.anchor))
        self.above = Above()
        return after

    def _delimited(self, at: int, line: bytes) -> int:
        sign, style = line[0], self.above.style
        self._begin_block()
        if line[1:2] == b"=" and sign != _EQUALS:
            return self._table(at, line)
        if (sign in _CLOSED and line != b"--") or (line == b"--" and style and style not in _PROSE_STYLES):
            return self._skipped(at, line)
        frame = _Frame(line)
        quoted = sign == _UNDERSCORE or style in (b"quote", b"verse")
        if quoted and self.assembly.collecting is None:
            self.assembly.open(PassageKind.QUOTE)
            frame.owns = PassageKind.QUOTE
        self.frames.append(frame)
        self.ends.add(line)
        self.above = Above()
        return at + 1

    def _body(self, at: int, line: bytes) -> int:
        """Return the line that ends the block that a line begins, or the number of lines."""
        end = b"```" if line[:1] == b"`" else line
        lines, ends = self.lines, self.ends
        after = at + 1
        while after < len(lines) and lines[after] != end and lines[after] not in ends:
            after += 1
        return after

    def _after_body(self, after: int) -> int:
        frame = self.frames[-1]
        frame.apart, frame.bare = True, False
        self.above = Above()
        ended = after < len(self.lines) and self.lines[after] not in self.ends
        return after + ended

    def _skipped(self, at: int, line: bytes) -> int:
        """Skip a block that is no prose; a comment is taken note of."""
        after = self._body(at, line)
        if line[0] == _SLASH:
            self.assembly.comment(b"\n".join(self.lines[at + 1 : after]).decode("utf-8", "replace"))
            return after + (after < len(self.lines) and self.lines[after] not in self.ends)
        after = self._after_body(after)
        self.assembly.cover(self._end(after))
        return after

    def _table(self, at: int, line: bytes) -> int:
        after = self._body(at, line)
        rows = read_table(
            self.assembly.source, self.starts[at + 1], self.starts[after], line, self.above.options, self.clean
        )
        if rows and self.above.caption is not None:
            start, end = self.above.caption
            text, links = self.clean(self.assembly.source[start:end].decode("utf-8", "replace"))
            first = rows[0]
            rows[0] = first._replace(start=start - 1, text=f"{text}: {first.text}", links=links + first.links)
        self.assembly.table(rows)
        return self._after_body(after)

    def _prose(self, at: int, line: bytes) -> int:
        frame = self.frames[-1]
        indent = len(line) - len(line.lstrip())
        if found := marker(line[indent:]):
            return self._item(at, indent, found)
        after = self._after_paragraph(at)
        style, self.above = self.above.style, Above()
        if indent and not frame.bare:
            return after  # a literal paragraph; after a blank line it belongs to an item as well
        self._begin_block()
        frame.apart = frame.bare = False
        if style and style not in _PROSE_STYLES:
            return after
        marked = line[indent : indent + 2] == b"> "
        kind = PassageKind.QUOTE if marked or style in (b"quote", b"verse") else PassageKind.PARAGRAPH
        # How a command is written is no prose: the section of a manual page that must be there.
        if style != b"verse" or [title.title.upper() for title in self.assembly.outline.path[-1:]] != ["SYNOPSIS"]:
            clean = self._clean_quoted if marked else self.clean
            self.assembly.prose(kind, self.starts[at] + indent, self._end(after), clean)
        return after

    def _item(self, at: int, indent: int, found: Marker) -> int:
        frame, start = self.frames[-1], self.starts[at] + indent
        self.above = Above()
        another = frame.bare and frame.markers[-1] == found.key
        if found.key in frame.markers:
            del frame.markers[frame.markers.index(found.key) + 1 :]
        else:
            frame.markers.append(found.key)
        if self.assembly.collecting is None:
            self.assembly.open(PassageKind.LIST)
            frame.owns = PassageKind.LIST
        if not another:
            outermost = frame.owns is PassageKind.LIST and len(frame.markers) == 1
            self.assembly.item(start, outermost=outermost)
        frame.apart = frame.attached = False
        text = start + found.text
        if found.term:
            self.assembly.term(start, start + found.term, self.clean)
            frame.bare = text >= self._end(at + 1)
            if frame.bare:
                return at + 1
        after = self._after_paragraph(at)
        self.assembly.prose(PassageKind.LIST, text, self._end(after), self.clean)
        return after

    def _begin_block(self) -> None:
        """Begin a block that is no item: it belongs to the open item, or ends the list."""
        frame = self.frames[-1]
        if frame.apart and not frame.attached and not frame.bare:
            self._end_list()
        frame.attached = False

    def _end_list(self) -> None:
        frame = self.frames[-1]
        frame.markers.clear()
        frame.apart = frame.attached = frame.bare = False
        if frame.owns is PassageKind.LIST:
            self.assembly.close()
            frame.owns = None

    def _leave(self, line: bytes) -> None:
        """Leave the block that a line ends, and all that are open in it."""
        while True:
            frame = self.frames.pop()
            self.ends.discard(frame.end)
            if frame.owns is not None:
                self.assembly.close()
            if frame.end == line:
                break
        self.frames[-1].apart, self.frames[-1].bare = True, False
        self.above = Above()

    def _end(self, after: int) -> int:
        """Return the byte after the text of the line before one."""
        return self.starts[after - 1] + len(self.lines[after - 1])

    def _after_paragraph(self, at: int) -> int:
        lines, in_list = self.lines, bool(self.frames[-1].markers)
        after = at + 1
        while after < len(lines) and (line := lines[after]):
            sign = line[0]
            if line in self.ends or (sign == _BRACKET and _ATTRIBUTES.match(line)) or _DELIMITER.match(line):
                break
            if in_list and (line == b"+" or marker(line.lstrip())):
                break
            if sign == _SLASH and line[:2] == b"//" and _IGNORES.search(line):
                break  # it is about what follows
            after += 1
        return after
