"""Where a large Markdown document can be cut into parts that read the same alone.

The parser holds the interpreter as long as it works: 1.6 s for 8 MB, and as long again for each edit. Parts are read
one by one, and those that were not edited are not read again.
"""

from __future__ import annotations

import re

from tree_sitter import Parser, Tree

PART = 1 << 16
"""Bytes of a part at least: some 20 ms. What cannot be cut is handed to the parser in pieces of this size, between
which others get their turn; then they wait for 0.3 s at most."""
LARGE = 4 * PART
"""Documents up to this size are read as a whole."""

_START = re.compile(rb"\n[ \t]*\r?\n(?=[#A-Za-z\xc3-\xf4])")
"""A block after an empty line that begins without indentation and without a mark: it ends all lists, quotes, tables."""

_OPENER = re.compile(
    rb"^ {0,3}(?:(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})|"
    rb"<(?P<html>!--|\?|!\[CDATA\[|![A-Z]|(?:pre|script|style|textarea)\b))",
    re.MULTILINE | re.IGNORECASE,
)
"""What goes on over empty lines: fenced code, and HTML of the kinds that have an end of their own."""

_HTML_END = {b"!--": b"-->", b"?": rb"\?>", b"![cdata[": rb"\]\]>"}


def parse(parser: Parser, source: bytes) -> Tree:
    """Read a part."""
    if len(source) <= LARGE:
        return parser.parse(source)
    return parser.parse(lambda at, _point: source[at : at + PART])


def cuts(source: bytes) -> list[int]:
    """Return the offsets at which the parts of a document begin, but for the first."""
    found: list[int] = []
    closed, search = 0, PART
    while (start := _START.search(source, search)) is not None:
        at = start.end()
        end = _end_of_open(source, closed, at)
        if end is None:
            break  # a fence that nobody closes: the rest is code
        if end > at:
            closed = search = end
        else:
            found.append(at)
            closed, search = at, at + PART
    return found


def _end_of_open(source: bytes, closed: int, at: int) -> int | None:
    """Return where what is open at an offset ends, the offset itself when nothing is, or None when it never does.

    Nothing is open at `closed`, before it.
    """
    while (opener := _OPENER.search(source, closed, at)) is not None:
        end = re.compile(_end_of(opener), re.MULTILINE | re.IGNORECASE).search(source, opener.end())
        if end is None:
            return None
        closed = end.end()
    return max(closed, at)


def _end_of(opener: re.Match[bytes]) -> bytes:
    if (fence := opener["fence"]) is not None:
        return rb"^ {0,3}" + fence[:1] + rb"{%d,}[ \t]*$" % len(fence)
    name = opener["html"].lower()
    return _HTML_END.get(name, rb">" if name.startswith(b"!") else rb"</" + name + rb">")
