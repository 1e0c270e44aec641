"""The markers of AsciiDoc's lists."""

from __future__ import annotations

import re
from typing import NamedTuple

_ITEM = re.compile(
    rb"(?P<bullet>\*{1,6}|-|\xe2\x80\xa2)[ \t]+(?:\[[ xX*]\][ \t]+)?(?=\S)"
    rb"|(?P<ordinal>\.{1,6}|\d{1,9}\.|[a-zA-Z]\.|[ivxIVX]{1,12}\)|<(?:\d{1,4}|\.)>)[ \t]+(?=\S)"
)
_TERM_END = re.compile(rb"(?P<sign>(?<!:):{2,4}|;;)(?=[ \t]|\Z)")


class Marker(NamedTuple):
    """What makes a line an item of a list."""

    key: bytes
    """The same for all items of one list."""
    text: int
    """Byte of the line at which the text of the item begins."""
    term: int = 0
    """Byte of the line after the term, or 0 where the item is none of a list of descriptions."""


def marker(line: bytes) -> Marker | None:
    """Return the marker of a line without indentation and trailing white space, or None."""
    if item := _ITEM.match(line):
        ordinal = item["ordinal"]
        if ordinal is None:
            return Marker(item["bullet"], item.end())
        return Marker(ordinal if ordinal[:1] == b"." else _kind(ordinal), item.end())
    if b"::" in line or b";;" in line:
        end = _TERM_END.search(line)
        if end and end.start() and line[:2] != b"//":
            rest = line[end.end() :]
            return Marker(end["sign"], len(line) - len(rest.lstrip(b" \t")), end.start())
    return None


def _kind(ordinal: bytes) -> bytes:
    if ordinal[:1] == b"<":
        return b"<>"
    if ordinal[:1].isdigit():
        return b"1."
    return (b"i" if ordinal[-1:] == b")" else b"a") + ordinal[-1:] if ordinal.islower() else b"A" + ordinal[-1:]
