"""The comments of a source file: blocks of lines, what they document, and what scope they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from seealso.text.lines import LineTable
from seealso.text.source.languages import Language

_MAX_INDENT = 200
"""Columns before a comment; what is farther to the right stands in no line that a person wrote."""

_ATTRIBUTES = re.compile(rb"(?>(?:[ \t\r]++|\n(?![ \t\r]*+\n)|[@#][^\n]*+|export\b|default\b)*)")
"""What may stand between a comment and the declaration that it documents: decorators, attributes, no blank line."""

_STAR = re.compile(rb"[ \t]*+\*(?!/)[ \t]?")
_BLANK = re.compile(rb"[ \t]*+")
_QUOTES = re.compile(rb"[rRuU]{0,2}(\"\"\"|'''|\"|')")
_MAX_SIGNATURE = 10_000


class Name(NamedTuple):
    """A declaration that is open where something stands in it."""

    column: int
    title: str
    line: int
    """0-based."""


@dataclass(slots=True)
class Comment:
    """A comment, or neighbouring comments of one line each."""

    line: int
    """First line, 0-based."""
    column: int
    mark: bytes
    """What it begins with."""
    ranges: list[tuple[int, int]]
    """Of what it says, a line each, with the line ends."""
    last: int
    """Last line."""
    end: int
    """The byte after it."""
    names: list[Name]
    """The declarations it stands in, outermost first, with the one that it documents."""
    documents: bool
    """It is a docstring, or has the form that documents something."""


def comments(source: bytes, language: Language) -> Iterator[Comment]:
    """Yield the comments that have lines of their own, and the docstrings, in order."""
    return _Scanner(source, language).scan()


class _Scanner:
    __slots__ = ("_comment", "_language", "_lines", "_names", "_source", "_undocumented")

    def __init__(self, source: bytes, language: Language) -> None:
        self._source = source
        self._language = language
        self._lines = LineTable(source)
        self._names: list[Name] = []
        self._comment: Comment | None = None
        """The last one: the next line may belong to it, and the next declaration may be what it is about."""
        self._undocumented = 0 if language.has_docstrings else -1
        """Where the head of a declaration begins that may have a docstring; -1 if there is none."""

    def scan(self) -> Iterator[Comment]:
        for token in self._language.token.finditer(self._source):
            kind = token.lastgroup
            if kind == "string":
                yield from self._string(token.start(), token.end())
            elif kind == "name":
                yield from self._declaration(token)
            elif kind == "close":
                self._names = self._around(len(token["close"].expandtabs(4)))
            else:
                yield from self._found(token.start(), token.end(), is_line=kind == "line")
        yield from self._done()

    def _done(self) -> Iterator[Comment]:
        if (comment := self._comment) is not None:
            self._comment = None
            yield comment

    def _around(self, column: int) -> list[Name]:
        return [name for name in self._names if name.column < column]

    def _column(self, at: int, line: int) -> int | None:
        """Return the column of an offset if it is the first in its line; None otherwise."""
        start = self._lines.starts[line]
        if at - start > _MAX_INDENT or self._source[start:at].strip():
            return None
        return len(self._source[start:at].expandtabs(4))

    def _declaration(self, token: re.Match[bytes]) -> Iterator[Comment]:
        column = len(token["indent"].expandtabs(4))
        line = self._lines.line_of(token.start("name"))
        self._names = self._around(column)
        name = Name(column, token["name"].decode("ascii", "replace"), line)
        comment = self._comment
        if comment is not None and comment.column == column and not self._language.has_docstrings:
            after = _ATTRIBUTES.match(self._source, comment.end, token.start("name"))
            if after is not None and after.end() >= token.start() + len(token["indent"]):
                comment.names = [*self._names, name._replace(line=comment.line)]
                name = comment.names[-1]
        yield from self._done()
        self._names.append(name)
        if self._language.has_docstrings:
            self._undocumented = token.end()

    def _found(self, start: int, end: int, *, is_line: bool) -> Iterator[Comment]:
        line = self._lines.line_of(start)
        column = self._column(start, line)
        if column is None:
            return
        if is_line:
            mark = self._mark(start)
            ranges = [(start + len(mark), self._lines.start(line + 1))]
            comment = self._comment
            if comment is not None and (comment.mark, comment.column, comment.last) == (mark, column, line - 1):
                comment.ranges += ranges
                comment.last, comment.end = line, end
                return
        else:
            mark = self._source[start : start + 4]
            ranges = self._inside(start, end, column)
        yield from self._done()
        documents = self._language.documents.match(mark) is not None
        last = self._lines.line_of(end)
        self._comment = Comment(line, column, mark, ranges, last, end, self._around(column), documents)

    def _mark(self, start: int) -> bytes:
        mark = self._language.mark.encode()
        more = self._source[start + len(mark) : start + len(mark) + 1]
        return mark + more if more in (b"/", b"!") else mark

    def _inside(self, start: int, end: int, column: int) -> list[tuple[int, int]]:
        """Return what a block comment says, line by line, without the stars at their beginnings."""
        source = self._source
        at = start + 2
        while source[at : at + 1] in (b"*", b"!") and at < end - 2:
            at += 1
        if source.endswith(b"*/", at, end):
            end -= 2
        while end > at and source[end - 1 : end] == b"*":
            end -= 1
        return self._by_line(at, end, column + 3, starred=True)

    def _by_line(self, at: int, end: int, margin: int, *, starred: bool = False) -> list[tuple[int, int]]:
        ranges = []
        first = True
        while at < end:
            stop = min(self._lines.start(self._lines.line_of(at) + 1), end)
            if not first:
                star = _STAR.match(self._source, at, stop) if starred else None
                if star is not None:
                    at = star.end()
                else:
                    blank = _BLANK.match(self._source, at, stop)
                    at = min(at + margin, blank.end() if blank else at)
            ranges.append((at, stop))
            at, first = stop, False
        return ranges

    def _string(self, start: int, end: int) -> Iterator[Comment]:
        """Take a string for a docstring if it is the first thing in a declaration, or in the file."""
        if self._undocumented < 0:
            return
        line = self._lines.line_of(start)
        column = self._column(start, line)
        quotes = _QUOTES.match(self._source, start, end)
        if column is None or quotes is None:
            if not self._names:
                self._undocumented = -1
            return
        head = self._source[self._undocumented : start]
        self._undocumented = -1
        if not _is_whole_head(head, begun=bool(self._names)):
            return
        yield from self._done()
        inner = end - len(quotes[1]) if self._source.endswith(quotes[1], quotes.end(), end) else end
        ranges = self._by_line(quotes.end(), inner, 0)
        margin = min((self._indent(*one) for one in ranges[1:] if self._source[one[0] : one[1]].strip()), default=0)
        margins = [_MAX_INDENT, *(margin for _ in ranges[1:])]
        ranges = [
            (at + min(most, self._indent(at, stop)), stop) for most, (at, stop) in zip(margins, ranges, strict=False)
        ]
        last = self._lines.line_of(end)
        yield Comment(line, column, quotes[1], ranges, last, end, self._around(column), documents=True)

    def _indent(self, at: int, stop: int) -> int:
        blank = _BLANK.match(self._source, at, stop)
        return blank.end() - at if blank else 0


def _is_whole_head(head: bytes, *, begun: bool) -> bool:
    """Tell whether nothing but the rest of a declaration's first line (or nothing at all) stands before a docstring."""
    if len(head) > _MAX_SIGNATURE:
        return False
    depth = 0
    for line in head.splitlines():
        code = line.partition(b"#")[0].strip()
        if not begun and code:
            return False
        depth += sum(map(code.count, (b"(", b"[", b"{"))) - sum(map(code.count, (b")", b"]", b"}")))
        if begun and depth <= 0 and code.endswith(b":"):
            begun = False
    return not begun
