r"""The only place that knows what a position is.

Four ways to count meet here: LSP characters (UTF-8, UTF-16 or UTF-32 code units, as negotiated), Python's code points,
UTF-8 bytes (what passages carry), and lines, which end at `\r\n`, `\n` or a lone `\r` and nowhere else.
"""

from __future__ import annotations

import io
import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from lsprotocol.types import Position, Range

if TYPE_CHECKING:
    from collections.abc import Iterable

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_SURROGATE = re.compile("[\ud800-\udfff]")

CHUNK = 256
"""Code points between two known offsets of a line, so that one long line is not measured from its start each time."""


def split_lines(text: str) -> list[str]:
    """Return the lines of a text with their line ends; the last one has none and may be empty."""
    lines = list(io.StringIO(text, newline=""))
    if not lines or lines[-1][-1] in "\r\n":
        lines.append("")
    return lines


def well_formed(text: str) -> str:
    """Return a text that UTF-8 can write: half a surrogate pair becomes U+FFFD, which is as long in every encoding."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def units(text: str, encoding: Encoding) -> int:
    """Return the length of a well-formed text in code units."""
    if encoding == "utf-32" or text.isascii():
        return len(text)
    if encoding == "utf-16":
        return len(text.encode("utf-16-le")) // 2
    return len(text.encode("utf-8"))


def _width(char: str, encoding: Encoding) -> int:
    if encoding == "utf-16":
        return 2 if char > "\uffff" else 1
    if encoding == "utf-8":
        return 1 if char < "\x80" else 2 if char < "\u0800" else 3 if char <= "\uffff" else 4
    return 1


class Text:
    """One version of a document, never changed: an edit makes the next one."""

    def __init__(self, lines: list[str], encoding: Encoding) -> None:
        self.lines = lines
        """With their line ends; at least one."""
        self.encoding: Encoding = encoding
        """What the client counts characters in."""
        self._tables: dict[tuple[int, Encoding], list[int]] = {}

    @classmethod
    def of(cls, text: str, encoding: Encoding) -> Text:
        """Return the first version of a document."""
        return cls(split_lines(well_formed(text)), encoding)

    @cached_property
    def source(self) -> str:
        """The whole text."""
        return "".join(self.lines)

    @cached_property
    def _line_bytes(self) -> list[int]:
        lengths: Iterable[int] = (units(line, "utf-8") for line in self.lines)
        return [0, *accumulate(lengths)]

    def edited(self, where: Range, new: str) -> Text:
        """Return the version in which a range is replaced; positions outside the text mean its nearest place."""
        (first, start), (last, end) = sorted((self.place(where.start), self.place(where.end)))
        before, after = self.lines[first][:start], self.lines[last][end:]
        if first > 0 and self.lines[first - 1].endswith("\r"):
            # A lone carriage return and a line feed that comes to stand after it become one line end.
            first -= 1
            before = self.lines[first] + before
        middle = split_lines(before + well_formed(new) + after)
        if last + 1 < len(self.lines):
            middle.pop()  # the empty line after a final line end is the line that follows anyway
        return Text([*self.lines[:first], *middle, *self.lines[last + 1 :]], self.encoding)

    def content(self, line: int) -> str:
        """Return a line without its line end; empty beyond the last line."""
        return self.lines[line].rstrip("\r\n") if line < len(self.lines) else ""

    def place(self, position: Position) -> tuple[int, int]:
        """Return (line, code points from its start); inside a character means before it, beyond a line its end."""
        line = position.line
        if line >= len(self.lines):
            return len(self.lines) - 1, len(self.lines[-1])
        return line, min(self._index(line, position.character, self.encoding), len(self.content(line)))

    def prefix(self, position: Position) -> str:
        """Return what stands before a position in its line."""
        line, index = self.place(position)
        return self.lines[line][:index]

    def suffix(self, position: Position) -> str:
        """Return what stands after a position in its line, without the line end."""
        line, index = self.place(position)
        return self.content(line)[index:]

    def position(self, line: int, index: int) -> Position:
        """Return the position of a code point in a line."""
        text = self.lines[line]
        if len(text) <= CHUNK or text.isascii():
            return Position(line, units(text[:index], self.encoding))
        chunk = index // CHUNK
        known = self._table(line, self.encoding)[chunk]
        return Position(line, known + units(text[chunk * CHUNK : index], self.encoding))

    def position_of_byte(self, byte: int) -> Position:
        """Return the position of a UTF-8 byte offset; inside a character means before it, beyond the end the end."""
        return self.position(*self._place_of_byte(byte))

    def byte_of(self, position: Position) -> int:
        """Return the UTF-8 byte offset of a position."""
        line, index = self.place(position)
        return self._line_bytes[line] + units(self.lines[line][:index], "utf-8")

    def range_of_bytes(self, start: int, end: int) -> Range:
        """Return the range of a slice of the UTF-8 form, without the white space at its end."""
        first = self._place_of_byte(start)
        line, index = self._place_of_byte(end)
        while (line, index) > first:
            kept = self.lines[line][:index].rstrip()
            if kept or line == first[0]:
                index = max(len(kept), first[1] if line == first[0] else 0)
                break
            line -= 1
            index = len(self.lines[line])
        return Range(self.position(*first), self.position(line, index))

    def _place_of_byte(self, byte: int) -> tuple[int, int]:
        byte = max(0, min(byte, self._line_bytes[-1]))
        # The last line may be empty and start where the text ends: it is found before its own end is.
        line = min(bisect_right(self._line_bytes, byte) - 1, len(self.lines) - 1)
        return line, self._index(line, byte - self._line_bytes[line], "utf-8")

    def _index(self, line: int, offset: int, encoding: Encoding) -> int:
        text = self.lines[line]
        if encoding == "utf-32" or text.isascii():
            return min(offset, len(text))
        start, known = 0, 0
        if len(text) > CHUNK:
            table = self._table(line, encoding)
            chunk = bisect_right(table, offset) - 1
            start, known = chunk * CHUNK, table[chunk]
        for index in range(start, len(text)):
            known += _width(text[index], encoding)
            if known > offset:
                return index
        return len(text)

    def _table(self, line: int, encoding: Encoding) -> list[int]:
        """Return the code units before every `CHUNK`th code point of a long line."""
        key = line, encoding
        if key not in self._tables:
            text = self.lines[line]
            widths = (units(text[start : start + CHUNK], encoding) for start in range(0, len(text), CHUNK))
            self._tables[key] = [0, *accumulate(widths)]
        return self._tables[key]
